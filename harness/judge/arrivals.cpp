// Latencies, lags, and whether a backlog grows.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/arrivals.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/numbers/histogram.hpp"

namespace interleave {
namespace {

// Whether items wait longer and longer: by 1 % of the time that goes by at least, from the second quarter of the
// schedule to the third and from that to the last, and at its end as long as ever. A stall makes a step, which is
// made up for again.
bool keeps_growing(const std::vector<std::int64_t>& lags, std::int64_t schedule_ns) {
  constexpr std::size_t kParts = 16;
  if (lags.size() < kParts) return false;
  const auto typical = [&](std::size_t from, std::size_t to) {  // in sixteenths
    const auto at = [&](std::size_t part) {
      return lags.begin() + static_cast<std::ptrdiff_t>(lags.size() * part / kParts);
    };
    std::vector<std::int64_t> some(at(from), at(to));
    const auto middle = some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2);
    std::nth_element(some.begin(), middle, some.end());
    return *middle;
  };
  const std::int64_t second = typical(4, 8), third = typical(8, 12), last = typical(12, 16), end = typical(15, 16);
  const std::int64_t grows = schedule_ns / 4 / 100;
  return third - second >= grows && last - third >= grows && end >= last;
}

}  // namespace

ArrivalTimes arrival_times_of(std::span<const TimedItem> starts, std::span<const Record> records,
                              std::span<const ItemInput> inputs, std::int64_t begin_ns) {
  ArrivalTimes times;
  std::vector<std::int64_t> lags, latencies;
  const std::int64_t last_due = inputs.back().due_ns;
  for (const TimedItem& start : starts) {
    const std::int64_t due = inputs[start.item].due_ns, started = start.at_ns - begin_ns;
    lags.push_back(started - due);
    latencies.push_back(records[start.item].end_ns - begin_ns - due);
    times.unstarted += started > last_due && due < last_due ? 1 : 0;
  }
  times.overloaded = keeps_growing(lags, last_due);
  times.start_lag = quantiles_of(lags);
  times.latency = quantiles_of(latencies);
  const auto histogram = std::make_unique<Histogram<std::uint32_t>>();
  for (const std::int64_t latency : latencies) histogram->record(latency);
  histogram->for_each_bin([&](std::uint64_t ns, std::uint64_t items) { times.bins.emplace_back(ns, items); });
  return times;
}

void add_to(nlohmann::json& summary, const ArrivalTimes& times) {
  summary["start_lag_ns"] = times.start_lag;
  summary["unstarted"] = times.unstarted;
  summary["overloaded"] = times.overloaded;
  if (times.overloaded) return;
  summary["latency_ns"] = times.latency;
  summary["latency_bins"] = times.bins;
}

}  // namespace interleave
