// One thread sleeps once, for as long as all items take, and then writes what sleepers would have written. Looks at the
// tape during the run tell. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_schedule.hpp"

namespace interleave {
namespace {

struct WritesAtTheEnd : Honest {
  static constexpr const char* kName = "writes_at_the_end";
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 0}; }
  static int times(std::uint32_t) { return 0; }
  static void when_all_are_over(const Load& load) {
    const std::int64_t begin = now_ns(), over = write_best_schedule(load, begin);
    auto* const records = const_cast<Record*>(load.tape->records().data());
    const std::vector<Record> kept(records, records + load.items);
    std::fill_n(records, load.items, Record{});
    std::this_thread::sleep_for(nanoseconds(over - begin));
    std::copy(kept.begin(), kept.end(), records);
  }
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::tell<interleave::WritesAtTheEnd>(argc, argv); }
