// What judging costs: a million records, as a run with a server leaves them.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "harness/judge/judge.hpp"
#include "harness/numbers/mix.hpp"

namespace interleave {
namespace {

void judge_a_million_records(benchmark::State& state) {
  constexpr std::uint32_t kItems = 1'000'000, kInFlight = 1000;
  TapeCopy tape;
  Prepared prepared;
  tape.header.run_starts_ns = 1;
  std::vector<std::int64_t> free_at(kInFlight, 1);
  for (std::uint32_t item = 0; item < kItems; ++item) {
    std::int64_t& lane = free_at[item % kInFlight];
    const auto span = static_cast<std::int64_t>(50'000'000 + mix64(item) % 1'000'000);
    Record record{
        .start_ns = lane, .first_byte_ns = lane + span / 2, .end_ns = lane + span, .server_sent_ns = lane + span / 3};
    record.digest = mix64(item);
    record.finishes = 1;
    lane = record.end_ns;
    tape.records.push_back(record);
    prepared.expected.push_back({.digest = record.digest, .least_ns = 50'000'000});
  }
  for (auto _ : state) {
    const Judgement judgement =
        judge(tape, prepared, kInFlight, nanoseconds(0), IdealKind::none, {.go_ns = 0, .over_ns = INT64_MAX});
    if (!judgement.reasons.empty()) state.SkipWithError(judgement.reasons.front().text.c_str());
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(judge_a_million_records)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace interleave

BENCHMARK_MAIN();
