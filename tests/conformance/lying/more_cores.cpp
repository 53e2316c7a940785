// Takes off the affinity that it was given, and computes on all cores. A look at its threads tells.
// SPDX-License-Identifier: Apache-2.0
#include <sched.h>

#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct MoreCores : Honest {
  static constexpr const char* kName = "more_cores";
  static void before_the_run(const Load&) {
    cpu_set_t all;
    CPU_ZERO(&all);
    for (std::size_t core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
    ::sched_setaffinity(0, sizeof all, &all);
  }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::MoreCores>(argc, argv); }
