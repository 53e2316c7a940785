// Calls the others off before anybody has answered. Whoever is left tells.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Hasty : SocketLane {
  using SocketLane::SocketLane;
  template <class Each>
  void fork(std::uint32_t n, const Each& each) {
    SocketLane::fork(n, [&](SubLane& sub, std::uint32_t racer) {
      if (racer + 1 == n) SocketLane::cancel();
      each(sub, racer);
    });
  }
};
struct CancelsTooEarly : Honest {
  static constexpr const char* kName = "cancels_too_early";
  using Lane = Hasty;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::CancelsTooEarly>(argc, argv); }
