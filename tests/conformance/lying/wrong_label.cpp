// Calls itself a loop on one thread and is a pool of threads. The census catches it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct WrongLabel : Honest {
  static constexpr const char* kName = "wrong_label";
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::WrongLabel>(argc, argv); }
