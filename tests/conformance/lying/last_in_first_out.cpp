// Hands on a stack for a queue, of the right size. Every item comes through; who was taken before whom tells.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_queue.hpp"

namespace interleave {
namespace {

struct LastInFirstOut : Honest {
  static constexpr const char* kName = "last_in_first_out";
  using Lane = QueueLane<LastInFirstOut>;
  static std::size_t room(std::size_t capacity) { return capacity; }
  static Parcel take(std::deque<Parcel>& parcels) { return last_of(parcels); }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::LastInFirstOut>(argc, argv); }
