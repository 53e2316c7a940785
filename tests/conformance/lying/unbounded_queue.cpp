// Lets producers run ahead of a full queue. Every item comes through, and in order; what was in it at once tells.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_queue.hpp"

namespace interleave {
namespace {

struct UnboundedQueue : Honest {
  static constexpr const char* kName = "unbounded_queue";
  using Lane = QueueLane<UnboundedQueue>;
  static std::size_t room(std::size_t) { return SIZE_MAX; }
  static Parcel take(std::deque<Parcel>& parcels) { return first_of(parcels); }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::UnboundedQueue>(argc, argv); }
