// Sets every item's times as if all had been under way at once and the run had lasted no longer than one of them. The
// bound of the makespan tells, or the overlap. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {
namespace {

struct ShortMakespan : Honest {
  static constexpr const char* kName = "short_makespan";
  static void when_all_are_over(const Load& load) {
    auto* const records = const_cast<Record*>(load.tape->records().data());
    for (std::uint32_t item = 0; item < load.items; ++item) {
      records[item].end_ns -= records[item].start_ns - load.tape->started_ns();
      records[item].start_ns = load.tape->started_ns();
    }
  }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::ShortMakespan>(argc, argv); }
