// What recording costs an item: Tape::start and Tape::finish with the clock reads, against the clock reads alone.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "harness/judge/item_files.hpp"
#include "harness/worker/tape.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kItems = 100'000;  // 6.4 MB of records: more than a second-level cache, as in a long run

void record_one_item(benchmark::State& state) {
  const ItemFiles files(kItems);
  Tape tape(files.tape(), kItems);
  std::uint32_t item = 0;
  for (auto _ : state) {
    tape.start(item);
    tape.finish(
        {.item = item, .status = 200, .outcome = Outcome::ok, .digest = item, .first_byte_ns = 2, .server_sent_ns = 1});
    if (++item == kItems) item = 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(record_one_item);

void read_the_clock_twice(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(now_ns());
    benchmark::DoNotOptimize(now_ns());
  }
}
BENCHMARK(read_the_clock_twice);

}  // namespace
}  // namespace interleave

BENCHMARK_MAIN();
