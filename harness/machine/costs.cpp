// Measuring in short batches.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/costs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/numbers/clock.hpp"
#include "harness/numbers/quantiles.hpp"

namespace interleave {
namespace {

constexpr std::size_t kLeastBatches = 3, kMostBatches = 51;

double time_of_one(const CostProbe::Batch& batch, std::uint32_t operations) {
  const std::int64_t before = now_ns();
  batch(operations);
  return static_cast<double>(now_ns() - before) / operations;
}

double ranked(const std::vector<double>& ascending, double quantile) {
  return ascending[nearest_rank(quantile, ascending.size()) - 1];
}

}  // namespace

MachineCost cost_of(const CostProbe& probe, std::chrono::nanoseconds time) {
  MachineCost cost;
  try {
    const CostProbe::Batch batch = probe.prepare();
    time_of_one(batch, probe.operations);
    const std::int64_t end = now_ns() + time.count();
    while (cost.ns.size() < kLeastBatches || (cost.ns.size() < kMostBatches && now_ns() < end))
      cost.ns.push_back(time_of_one(batch, probe.operations));
    std::sort(cost.ns.begin(), cost.ns.end());
  } catch (const std::runtime_error& error) {
    cost = {.ns = {}, .why_not = error.what()};
  } catch (const std::bad_alloc&) {
    cost = {.ns = {}, .why_not = "not enough memory"};
  }
  return cost;
}

nlohmann::json json_of(const CostProbe& probe, const MachineCost& cost) {
  nlohmann::json told{{"name", probe.name},
                      {"said", probe.said},
                      {"family", probe.family},
                      {"batches", cost.ns.size()},
                      {"operations", probe.operations},
                      {"median_ns", nullptr},
                      {"low_ns", nullptr},
                      {"high_ns", nullptr},
                      {"why_not", cost.why_not}};
  if (cost.ns.empty()) return told;
  told["median_ns"] = ranked(cost.ns, 0.5);
  told["low_ns"] = ranked(cost.ns, 0.25);
  told["high_ns"] = ranked(cost.ns, 0.75);
  return told;
}

}  // namespace interleave
