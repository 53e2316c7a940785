// Computes every item before the run, and only writes records in it. What the items are to do is not known before, so
// the digests tell. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct WorkBeforeTheRun : Honest {
  static constexpr const char* kName = "work_before_the_run";
  static inline std::vector<std::uint64_t> digests;
  static void before_the_run(const Load& load) {
    for (std::uint32_t item = 0; item < load.items; ++item) digests.push_back(add_up_squares(load, item).digest);
  }
  static int times(std::uint32_t) { return 0; }
  static void when_all_are_over(const Load& load) {
    for (std::uint32_t item = 0; item < load.items; ++item) {
      load.tape->start(item);
      load.tape->finish({.item = item, .outcome = Outcome::ok, .digest = digests[item]});
    }
  }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::WorkBeforeTheRun>(argc, argv); }
