// Cutting a run into slices.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/slices.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/numbers/quantiles.hpp"

namespace interleave {
namespace {

constexpr std::size_t kMostSlices = 50, kLeastSlices = 10, kItemsOfASlice = 10;
constexpr std::size_t kMostTimes = 20'000;  // whose medians are taken: a million would cost as much as all other checks

std::int64_t median_in_us(std::vector<std::int64_t>& times_ns) {
  if (times_ns.empty()) return 0;
  const auto middle = times_ns.begin() + static_cast<std::ptrdiff_t>(nearest_rank(0.5, times_ns.size())) - 1;
  std::nth_element(times_ns.begin(), middle, times_ns.end());
  return (*middle + 500) / 1000;
}

}  // namespace

Slices slices_of(std::span<const std::int64_t> ends_ns, std::span<const std::int64_t> times_ns, std::int64_t begin_ns,
                 std::int64_t makespan_ns) {
  const std::size_t count = std::min(kMostSlices, ends_ns.size() / kItemsOfASlice);
  if (count < kLeastSlices || makespan_ns <= 0) return {};
  const std::size_t stride = (ends_ns.size() + kMostTimes - 1) / kMostTimes;
  const double of_the_run = static_cast<double>(count) / static_cast<double>(makespan_ns);
  Slices slices;
  slices.finished.resize(count);
  std::vector<std::vector<std::int64_t>> of(count);
  for (std::size_t i = 0; i < ends_ns.size(); ++i) {
    const auto slice = static_cast<std::size_t>(static_cast<double>(ends_ns[i] - begin_ns) * of_the_run);
    const std::size_t its = std::min(slice, count - 1);  // the last end is the last slice's
    ++slices.finished[its];
    if (i % stride == 0) of[its].push_back(times_ns[i]);
  }
  for (std::vector<std::int64_t>& each : of) {
    slices.median_us.push_back(median_in_us(each));
  }
  return slices;
}

void to_json(nlohmann::json& out, const Slices& slices) {
  out = {{"finished", slices.finished}, {"median_us", slices.median_us}};
}

}  // namespace interleave
