// Sleeps half as long as asked. The oracle catches it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct Impatient : SocketLane {
  using SocketLane::SocketLane;
  void sleep(nanoseconds time) { SocketLane::sleep(time / 2); }
};
struct EarlyWaker : Honest {
  static constexpr const char* kName = "early_waker";
  using Lane = Impatient;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::EarlyWaker>(argc, argv); }
