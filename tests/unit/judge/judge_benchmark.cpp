// What judging costs: a million records, as a run with a server leaves them.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <functional>
#include <queue>
#include <vector>

#include "harness/judge/judge.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {
namespace {

void judge_a_million_records(benchmark::State& state) {
  constexpr std::uint32_t kItems = 1'000'000, kInFlight = 1000;
  TapeCopy tape;
  Prepared prepared;
  tape.header.run_starts_ns = 1;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> free_at;  // each lane's time
  for (std::uint32_t lane = 0; lane < kInFlight; ++lane) free_at.push(1 + lane);
  for (std::uint32_t item = 0; item < kItems; ++item) {
    const std::int64_t from = free_at.top();  // the lane that is free first takes up the next item
    const auto span = static_cast<std::int64_t>(50'000'000 + mix64(item) % 1'000'000);
    Record record{
        .start_ns = from, .first_byte_ns = from + span / 2, .end_ns = from + span, .server_sent_ns = from + span / 3};
    record.digest = mix64(item);
    record.finishes = 1;
    free_at.pop();
    free_at.push(record.end_ns);
    tape.records.push_back(record);
    prepared.expected.push_back({.digest = record.digest, .least_ns = 50'000'000});
  }
  std::int64_t over_ns = 0;
  for (const Record& record : tape.records) over_ns = std::max(over_ns, record.end_ns);
  for (auto _ : state) {
    const Judgement judgement =
        judge(tape, prepared, kInFlight, nanoseconds(0), IdealKind::none, {.go_ns = 1, .over_ns = over_ns});
    if (!judgement.reasons.empty()) state.SkipWithError(judgement.reasons.front().text.c_str());
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(judge_a_million_records)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace interleave

BENCHMARK_MAIN();
