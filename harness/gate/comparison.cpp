// Matching cells and judging their ratios.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/machine/same_machine.hpp"
#include "harness/plan/ranked_quantity.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

bool has_values(const StoredCell& cell) { return cell.status == "valid" || cell.status == "too_slow"; }

const Point* point_of(const Plan& plan, const std::string& id) {
  const auto at =
      std::find_if(plan.points.begin(), plan.points.end(), [&](const Point& each) { return each.id == id; });
  return at == plan.points.end() ? nullptr : &*at;
}

class Comparer {
 public:
  Comparer(const StoredRun& base, const StoredRun& fresh, double margin)
      : base_(base), fresh_(fresh), of_base_(cells_of(base)), of_fresh_(cells_of(fresh)) {
    result_.margin = margin;
  }

  Comparison compare() && {
    for (const Point& point : base_.plan.points) compare_point(point);
    for (const Point& point : fresh_.plan.points) {
      if (point_of(base_.plan, point.id) == nullptr) gap(point, "", "only in NEW: a new load");
    }
    judge();
    result_.differences = differences();
    return std::move(result_);
  }

 private:
  struct Pending {
    ComparedCell cell;
    std::vector<double> base, fresh;
  };

  void gap(const Point& point, const std::string& model, std::string what) {
    result_.gaps.push_back({.point = point.id, .load = point.label, .model = model, .what = std::move(what)});
  }

  void compare_point(const Point& point) {
    const Point* const there = point_of(fresh_.plan, point.id);
    if (there == nullptr) return gap(point, "", "not in NEW");
    if (work_of(point) != work_of(*there)) return gap(point, "", "has another load under the same id in NEW");
    std::set<std::string> models;
    for (const auto* cells : {&of_base_, &of_fresh_}) {
      for (const auto& [key, cell] : *cells) {
        if (key.first == point.id) models.insert(key.second);
      }
    }
    std::vector<std::string> in_both;
    for (const std::string& model : models) {
      if (compare_cell(point, model)) in_both.push_back(model);
    }
    compare_server(point, in_both);
  }

  // Whether both have valid rounds.
  bool compare_cell(const Point& point, const std::string& model) {
    const auto base = of_base_.find({point.id, model}), fresh = of_fresh_.find({point.id, model});
    if (fresh == of_fresh_.end()) {
      if (has_values(base->second)) gap(point, model, "not in NEW");
      return false;
    }
    if (base == of_base_.end()) {
      if (has_values(fresh->second)) gap(point, model, "only in NEW: a new cell");
      return false;
    }
    const StoredCell &was = base->second, &is = fresh->second;
    if (!has_values(was) && !has_values(is)) {
      result_.left_out.push_back(fmt::format("{}, {}: {}", point.label, model, is.reason));
      return false;
    }
    if (!has_values(is)) return gap(point, model, fmt::format("{} in NEW: {}", is.status, is.reason)), false;
    if (!has_values(was)) return gap(point, model, fmt::format("{} in BASE: {}", was.status, was.reason)), false;
    return compare_values(point, model, was, is);
  }

  // Too slow for the profile is a result: the slowest there is.
  bool compare_values(const Point& point, const std::string& model, const StoredCell& was, const StoredCell& is) {
    const bool slow_then = was.status == "too_slow", slow_now = is.status == "too_slow";
    if (slow_then && slow_now) {
      result_.left_out.push_back(fmt::format("{}, {}: too slow in both: {}", point.label, model, is.reason));
      return false;
    }
    ComparedCell cell{
        .point = point.id, .load = point.label, .model = model, .quantity = ranked_quantity(point.ranks_by).compared};
    if (slow_then || slow_now) {
      cell.verdict = slow_now ? CellVerdict::slower : CellVerdict::faster;
      cell.ratio.ratio = slow_now ? kInfinite : 0;
      cell.note = fmt::format("too slow in {}: {}", slow_now ? "NEW" : "BASE", (slow_now ? is : was).reason);
      result_.cells.push_back(std::move(cell));
      pending_.emplace_back();
      return false;
    }
    add({std::move(cell), was.values, is.values});
    return true;
  }

  void compare_server(const Point& point, const std::vector<std::string>& models) {
    if (models.empty()) return;
    std::vector<double> was = server_cpu_per_request(base_, point.id, models),
                        is = server_cpu_per_request(fresh_, point.id, models);
    if (was.empty() && is.empty()) return;
    if (was.empty() != is.empty())
      return gap(point, kServerCell, was.empty() ? "no figures in BASE" : "no figures in NEW");
    ComparedCell cell{.point = point.id, .load = point.label, .model = kServerCell, .quantity = "CPU a request"};
    add({std::move(cell), std::move(was), std::move(is)});
  }

  void add(Pending pending) {
    result_.cells.push_back(pending.cell);
    pending_.push_back(std::move(pending));
  }

  // When the number of cells is known, and with it the level of each.
  void judge() {
    const double alpha = kComparisonError / static_cast<double>(std::max<std::size_t>(1, result_.cells.size()));
    result_.level_percent = 100 * (1 - alpha);
    result_.rounds_for_interval = rounds_for_interval(alpha);
    for (std::size_t i = 0; i < result_.cells.size(); ++i) {
      const Pending& pending = pending_[i];
      if (pending.base.empty()) continue;
      ComparedCell& cell = result_.cells[i];
      cell.ratio = ratio_of_groups(pending.fresh, pending.base, alpha);
      cell.verdict = verdict_of(cell.ratio.interval, result_.margin);
      cell.may_be_slower = cell.verdict == CellVerdict::unresolved &&
                           (!cell.ratio.interval || cell.ratio.interval->high > 1 + result_.margin);
    }
  }

  std::vector<std::string> differences() const {
    std::vector<std::string> all;
    const auto part = [](const json& environment, const char* key) {
      return environment.is_object() ? environment.value(key, json()) : json();
    };
    for (const char* key : {"machine", "build"}) {
      if (!part(base_.environment, key).is_object() || !part(fresh_.environment, key).is_object())
        all.push_back(fmt::format("the {} is not told by both runs", key));
    }
    for (const std::string& each :
         differences_between(part(base_.environment, "machine"), part(fresh_.environment, "machine")))
      all.push_back("another machine: " + each);
    const json then = part(base_.environment, "build"), now = part(fresh_.environment, "build");
    for (const char* key : {"compiler", "build_type", "flags"}) {
      if (!then.is_object() || !now.is_object()) break;
      if (then.value(key, "") == now.value(key, "")) continue;
      all.push_back(fmt::format("another {}: {} then, {} now", key, then.value(key, "?"), now.value(key, "?")));
    }
    if (base_.plan.seed != fresh_.plan.seed)
      all.push_back(fmt::format("another seed: {} then, {} now: waits are dealt out differently", base_.plan.seed,
                                fresh_.plan.seed));
    return all;
  }

  const StoredRun &base_, &fresh_;
  const StoredCells of_base_, of_fresh_;
  std::vector<Pending> pending_;  // one a cell of the result; empty where the verdict is known
  Comparison result_;
};

}  // namespace

std::string_view name_of(CellVerdict verdict) noexcept {
  constexpr std::array<std::string_view, 4> kNames{"slower", "faster", "same", "unresolved"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::size_t Comparison::count(CellVerdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(cells.begin(), cells.end(), [&](const ComparedCell& cell) { return cell.verdict == verdict; }));
}

CellVerdict verdict_of(const std::optional<Interval>& interval, double margin) {
  const double above = 1 + margin, below = 1 / above;
  if (!interval) return CellVerdict::unresolved;
  if (interval->low >= above) return CellVerdict::slower;
  if (interval->high <= below) return CellVerdict::faster;
  return interval->low >= below && interval->high <= above ? CellVerdict::same : CellVerdict::unresolved;
}

Comparison compare(const StoredRun& base, const StoredRun& fresh, double margin) {
  return Comparer(base, fresh, margin).compare();
}

int status_of(const Comparison& comparison) {
  if (comparison.count(CellVerdict::slower) > 0) return 1;
  if (!comparison.gaps.empty()) return 4;
  const bool open = std::any_of(comparison.cells.begin(), comparison.cells.end(),
                                [](const ComparedCell& cell) { return cell.may_be_slower; });
  return comparison.cells.empty() || open ? 3 : 0;
}

}  // namespace interleave
