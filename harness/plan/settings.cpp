// --set, parsed and applied.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "harness/load/offload_policy.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/text/joined.hpp"
#include "harness/text/parameters.hpp"

namespace interleave {
namespace {

using std::chrono::microseconds;

std::string keys_of_loads(bool connect) {
  const auto name_of = [](const Setting& setting) { return setting.name; };
  const std::string keys = joined(kLoadSettings, ", ", name_of);
  return connect ? keys + ", " + joined(kRequestSettings, ", ", name_of) : keys;
}

std::uint32_t whole(const std::string& key, const std::string& text, Range range) {
  return static_cast<std::uint32_t>(whole_number(key, text, range));
}

std::pair<std::string, std::string> range_of(const std::string& text) {
  const std::size_t dots = text.find("..");
  return dots == std::string::npos ? std::pair(text, text) : std::pair(text.substr(0, dots), text.substr(dots + 2));
}

Delay delay_of(const std::string& text) {
  const auto [low, high] = range_of(text);
  const Delay delay{.kind = low == high ? DelayKind::fixed : DelayKind::uniform,
                    .low = time_span({{"delay", low}}, "delay", {}),
                    .high = time_span({{"delay", high}}, "delay", {})};
  if (delay.low > delay.high) throw std::invalid_argument("delay=" + text + ": the low end exceeds the high one");
  if (delay.high > std::chrono::seconds(300)) throw std::invalid_argument("delay=" + text + " is above 300s");
  return delay.high.count() == 0 ? Delay{} : delay;
}

bool connects(const GridLine& series) { return series.workload->about.connects; }

// Sets a parameter of every workload in the grid that has it.
bool set_parameter(std::vector<GridLine>& grid, const std::string& key, const std::string& value) {
  bool any = false;
  for (GridLine& series : grid) {
    for (const ParameterAbout& parameter : series.workload->about.parameters) {
      if (parameter.name != key) continue;
      series.parameters[key] = value;
      any = true;
    }
  }
  return any;
}

template <class Change>
void change(std::vector<GridLine>& grid, const std::string& key, bool only_connecting, Change how) {
  bool any = false;
  for (GridLine& series : grid) {
    if (only_connecting && !connects(series)) continue;
    how(series);
    any = true;
  }
  if (!any) throw std::invalid_argument("--set " + key + ": no chosen workload connects, so it would change nothing");
}

bool is_offload(const std::string& key) {
  return std::any_of(std::begin(kOffloadSettings), std::end(kOffloadSettings),
                     [&](const Setting& each) { return each.name == key; });
}

bool has_policy(const std::vector<PlannedModel>& models, std::string_view key) {
  return std::any_of(models.begin(), models.end(), [&](const PlannedModel& model) {
    return std::find(model.policies.begin(), model.policies.end(), key) != model.policies.end();
  });
}

// Sets a policy that a model has, where it can matter: offload only where a workload hands work over.
bool set_policy(std::vector<GridLine>& grid, const std::string& key, const std::string& value,
                const std::vector<PlannedModel>& models) {
  if (!has_policy(models, key)) return false;
  bool any = false;
  for (GridLine& series : grid) {
    if (is_offload(key) && !series.workload->about.offloads) continue;
    series.policies[key] = value;
    any = true;
  }
  return any;
}

// The keys that would change something in this grid.
std::string known_to(const std::vector<GridLine>& grid, const std::vector<PlannedModel>& models) {
  const auto any = [&](auto what) {
    return std::any_of(grid.begin(), grid.end(), [&](const GridLine& series) { return what(series.workload->about); });
  };
  std::string known = keys_of_loads(any([](const WorkloadAbout& workload) { return workload.connects; }));
  for (const Workload& each : known_workloads()) {
    const WorkloadAbout& workload = each.about;
    if (!any([&](const WorkloadAbout& chosen) { return chosen.name == workload.name; })) continue;
    for (const ParameterAbout& parameter : workload.parameters)
      known += fmt::format(", {} ({})", parameter.name, workload.name);
  }
  const bool offloads = any([](const WorkloadAbout& workload) { return workload.offloads; });
  for (const Setting& policy : kOffloadSettings) {
    if (offloads && has_policy(models, policy.name)) known += fmt::format(", {} (policy)", policy.name);
  }
  return known;
}

void apply(std::vector<GridLine>& grid, const std::string& key, const std::string& value,
           const std::vector<PlannedModel>& models, bool limit_asked) {
  if (key == "items") {
    const std::uint32_t items = whole(key, value, {1, 100'000'000});
    change(grid, key, false, [&](GridLine& series) {
      series.items_per_lane = 0;
      series.least_items = items;
    });
  } else if (key == "timeout") {
    const microseconds limit = time_span({{key, value}}, key, {});
    change(grid, key, true, [&](GridLine& series) { series.timeout = limit; });
  } else if (key == "delay") {
    const Delay delay = delay_of(value);
    change(grid, key, true, [&](GridLine& series) {
      series.profile.delay = delay;
      const bool has_limit = series.timeout.count() > 0;  // out of reach again, unless it was asked for
      if (has_limit && !limit_asked) series.timeout = std::max(series.timeout, 2 * delay.high);
      if (series.profile.faults.empty()) series.profile.name = delay.kind == DelayKind::none ? "local" : "delay";
    });
  } else if (key == "bytes") {
    const auto [low, high] = range_of(value);
    const std::uint32_t least = whole(key, low, {0, 1 << 30}), most = whole(key, high, {0, 1 << 30});
    if (least > most) throw std::invalid_argument("bytes=" + value + ": the low end exceeds the high one");
    change(grid, key, true, [&](GridLine& series) {
      series.profile.bytes_low = least;
      series.profile.bytes_high = most;
    });
  } else if (!set_parameter(grid, key, value) && !set_policy(grid, key, value, models)) {
    throw std::invalid_argument(
        fmt::format("--set: no chosen workload or model knows '{}'; known: {}", key, known_to(grid, models)));
  }
}

}  // namespace

std::string known_settings() {
  std::string known = keys_of_loads(true);
  for (const Workload& each : known_workloads()) {
    const WorkloadAbout& workload = each.about;
    for (const ParameterAbout& parameter : workload.parameters)
      known += fmt::format(", {} ({})", parameter.name, workload.name);
  }
  for (const Setting& policy : kOffloadSettings) known += fmt::format(", {} (policy)", policy.name);
  return known;
}

void apply_settings(std::vector<GridLine>& grid, const std::vector<std::string>& settings,
                    const std::vector<PlannedModel>& models) {
  const bool limit_asked = std::any_of(settings.begin(), settings.end(),
                                       [](const std::string& text) { return text.rfind("timeout=", 0) == 0; });
  for (const std::string& text : settings) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      throw std::invalid_argument("--set takes key=value, not '" + text + "'");
    }
    apply(grid, text.substr(0, equals), text.substr(equals + 1), models, limit_asked);
  }
}

}  // namespace interleave
