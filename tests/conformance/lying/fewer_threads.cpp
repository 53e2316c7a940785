// Claims twice the threads it has. The census catches it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct FewerThreads : Honest {
  static constexpr const char* kName = "fewer_threads";
  static Claims claims(const Load& load) { return {.threads = 2 * load.in_flight + 1, .processes = 1, .loops = 0}; }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::FewerThreads>(argc, argv); }
