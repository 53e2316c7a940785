// Calls nobody off: whoever lost is waited for. Outcomes and contents are right, and nothing is early; the server saw
// nobody go. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Patient : SocketLane {
  using SocketLane::SocketLane;
  void cancel() {}
};
struct WaitsForAll : Honest {
  static constexpr const char* kName = "waits_for_all";
  using Lane = Patient;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::WaitsForAll>(argc, argv); }
