// What recording costs an item: Tape::start and Tape::finish with the clock reads, against the clock reads alone.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "harness/worker/tape.hpp"

namespace interleave {
namespace {

constexpr std::uint32_t kItems = 100'000;  // 4 MB of records: more than a second-level cache, as in a long run

void record_one_item(benchmark::State& state) {
  Tape tape(kItems);
  std::uint32_t item = 0;
  for (auto _ : state) {
    tape.start(item);
    tape.finish({item, 200, Outcome::ok, item, 2, 1});
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
