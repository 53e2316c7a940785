// Figures of every cell, and how much worse each family's bearer is than the best of them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/families.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "harness/plan/ranked_quantity.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct Quantity {
  const char* name;
  const char* path;  // in a trial
};
constexpr Quantity quantity_of(const RankedQuantity& ranked) { return {ranked.key, ranked.key}; }
constexpr Quantity kCpu = quantity_of(kRankedCpu), kMakespan = quantity_of(kRankedMakespan),
                   kLatency = quantity_of(kRankedLatency), kEfficiency{"efficiency", "efficiency"},
                   kMemory{"bytes_per_item", "memory/per_item_bytes"},
                   kLag{"wake_up_lag_p99_ns", "tape/wake_up_lag_ns/p99"},
                   kLoopLag{"loop_lag_p99_ns", "worker/loop_lag_ns/p99"};

using Rounds = std::map<std::uint32_t, double>;  // a valid trial's value

// The valid trials of one point.
class AtPoint {
 public:
  AtPoint(const Point& point, const std::vector<json>& trials) {
    for (const json& trial : trials) {
      if (trial.at("point") == point.id && trial.at("verdict") == "valid")
        by_model_[trial.at("model")].push_back(&trial);
    }
  }
  Rounds rounds(const std::string& model, const Quantity& quantity) const {
    Rounds rounds;
    const auto found = by_model_.find(model);
    if (found == by_model_.end()) return rounds;
    const json::json_pointer at(std::string("/") + quantity.path);
    for (const json* trial : found->second) {
      if (!trial->contains(at)) continue;
      const json& value = trial->at(at);
      if (value.is_number() && value.get<double>() >= 0) rounds[trial->at("round")] = value;
    }
    return rounds;
  }

 private:
  std::map<std::string, std::vector<const json*>> by_model_;
};

std::vector<double> values_of(const Rounds& rounds) {
  std::vector<double> values;
  for (const auto& [round, value] : rounds) values.push_back(value);
  return values;
}

json figure_of(const Rounds& rounds) {
  const std::vector<double> values = values_of(rounds);
  if (values.empty()) return nullptr;
  const auto interval = median_interval(values, kCellError);
  return {{"median", median_of(values)},
          {"low", interval ? json(interval->low) : json(nullptr)},
          {"high", interval ? json(interval->high) : json(nullptr)}};
}

// How many of a figure make up `whole`: more of what is better the less it is.
json share_of(double whole, const json& figure) {
  if (figure.is_null() || figure.at("median") <= 0) return nullptr;
  const auto share = [&](const char* which) {
    const json& value = figure.at(which);
    return value.is_null() || value <= 0 ? json(nullptr) : json(whole / value.get<double>());
  };
  return {{"median", share("median")}, {"low", share("high")}, {"high", share("low")}};
}

// yes, no, unclear where the interval holds both; null where there is no ideal to keep up with.
json keeps_up(const json& efficiency) {
  if (efficiency.is_null()) return nullptr;
  const double median = efficiency.at("median");
  const double low = efficiency.at("low").is_null() ? median : efficiency.at("low").get<double>();
  const double high = efficiency.at("high").is_null() ? median : efficiency.at("high").get<double>();
  if (low >= kKeepsUp) return "yes";
  return high < kKeepsUp ? "no" : "unclear";
}

// How many times worse one is than another, over the rounds that both were in.
struct Ratio {
  double median = 1;
  std::optional<Interval> interval;
  bool told_apart() const { return interval && (interval->low > 1 || interval->high < 1); }
};
std::vector<double> log_ratios(const Rounds& worse, const Rounds& better) {
  std::vector<double> logs;
  for (const auto& [round, value] : worse) {
    const auto other = better.find(round);
    if (other != better.end() && other->second > 0 && value > 0) logs.push_back(std::log(value / other->second));
  }
  return logs;
}

Ratio ratio_of(const Rounds& worse, const Rounds& better) {
  const std::vector<double> logs = log_ratios(worse, better);
  if (logs.empty()) return {};
  Ratio ratio{.median = std::exp(median_of(logs)), .interval = median_interval(logs, kCellError)};
  if (ratio.interval) ratio.interval = Interval{std::exp(ratio.interval->low), std::exp(ratio.interval->high)};
  return ratio;
}

class FamilyRow {
 public:
  FamilyRow(const Plan& plan, const Point& point, const std::vector<json>& trials,
            const std::map<std::string, Cell>& cells)
      : plan_(plan), point_(point), at_(point, trials), cells_(cells) {
    for (const PlannedModel& model : plan.models) look_at(model);
  }

  json as_json(const std::vector<const PlannedModel*>& bearers) const {
    const std::string best = best_of([&](const PlannedModel& model) { return model.bears_family; });
    json cells = json::array();
    for (const PlannedModel* bearer : bearers) cells.push_back(cell_of(*bearer, best));
    return {{"point", point_.id},
            {"said", point_.said},
            {"label", point_.label},
            {"in_flight", point_.load.in_flight},
            {"cores", point_.load.cores},
            {"parameters", point_.load.parameters},
            {"policies", point_.load.policies},
            {"like", like()},
            {"by", by().name},
            {"best", best.empty() ? json(nullptr) : json(best)},
            {"cells", cells},
            {"figures", figures_}};
  }

  // Only a load that deals waits has a pace of its own.
  bool asks_to_keep_up() const { return point_.ranks_by == RanksBy::cpu_keeping_up; }
  const std::string& id() const { return point_.id; }
  std::uint32_t in_flight() const { return point_.load.in_flight; }
  // The load but for how many items it has, and are in flight.
  std::string work_at_any_number() const {
    Load load = point_.load;
    load.in_flight = 1;
    return work_of(std::move(load)).dump();
  }

  // Where a load asks to keep up: in most rounds; and whether that is more than chance. None where no round tells.
  struct Standing {
    bool keeps_up = false, for_sure = false;
  };
  std::optional<Standing> standing_of(const std::string& model) const {
    const auto found = cells_.find(model);
    if (found == cells_.end()) return std::nullopt;
    // Patience ran out.
    if (found->second.rounds_left_out("too_slow") > 0) return Standing{.keeps_up = false, .for_sure = true};
    const std::vector<double>& values = found->second.values;
    const auto lost = static_cast<std::size_t>(std::count(values.begin(), values.end(), kLost));
    const auto kept = static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](double value) { return std::isfinite(value); }));
    if (kept + lost == 0) return std::nullopt;
    const double chance = 2 * binomial_at_most(kept + lost, std::min(kept, lost), 0.5);
    return Standing{.keeps_up = kept > lost, .for_sure = chance <= kCellError};
  }

  // How many times the CPU of the second the first took, in the median of the rounds that both were in: where CPU is
  // asked for, and both keep up.
  std::optional<double> log_cpu_ratio(const std::string& one, const std::string& other) const {
    if (point_.ranks_by == RanksBy::makespan || status_of(one) != "valid" || status_of(other) != "valid")
      return std::nullopt;
    const std::vector<double> logs = log_ratios(at_.rounds(one, kCpu), at_.rounds(other, kCpu));
    return logs.empty() ? std::nullopt : std::optional(median_of(logs));
  }

 private:
  static json work_of(Load load) {
    load.items = load.in_flight;
    load.seed = 1;
    return load;
  }
  // The first point whose load differs from this one's in policies at most.
  std::string like() const {
    const auto without_policies = [](Load load) {
      load.policies.clear();
      return work_of(std::move(load));
    };
    const json own = without_policies(point_.load);
    return std::find_if(plan_.points.begin(), plan_.points.end(),
                        [&](const Point& each) { return without_policies(each.load) == own; })
        ->id;
  }
  Quantity by() const { return quantity_of(ranked_quantity(point_.ranks_by)); }

  void look_at(const PlannedModel& model) {
    json figures;
    for (const Quantity& each : {kCpu, kEfficiency, kMakespan, kLatency, kMemory, kLag, kLoopLag})
      figures[each.name] = figure_of(at_.rounds(model.name, each));
    figures["items_per_core_s"] = share_of(1e9, figures[kCpu.name]);
    figures["in_flight_per_gib"] = share_of(1024.0 * 1024 * 1024, figures[kMemory.name]);
    figures["keeps_up"] = asks_to_keep_up() ? keeps_up(figures[kEfficiency.name]) : json(nullptr);
    figures_[model.name] = std::move(figures);
  }

  std::string status_of(const std::string& model) const {
    const auto found = cells_.find(model);
    if (found == cells_.end()) return "not_run";
    const std::string status = found->second.status();
    // Void for nothing but that: it was there, and did not get as many under way as were asked for.
    const std::uint32_t lost = found->second.rounds_left_out("unsustained");
    if (status == "void" && lost > found->second.rounds_left_out("void")) return "slow";
    if (status == "valid" && figures_.at(model).at("keeps_up") == "no") return "slow";
    return status == "valid" && figures_.at(model).at(by().name).is_null() ? "void" : status;
  }

  // The best by its median of those that keep up; "" if nobody does.
  template <class Predicate>
  std::string best_of(const Predicate& is_asked) const {
    std::string best;
    double least = INFINITY;
    for (const PlannedModel& model : plan_.models) {
      if (!is_asked(model) || status_of(model.name) != "valid") continue;
      const double value = figures_.at(model.name).at(by().name).at("median");
      if (value >= least) continue;
      least = value;
      best = model.name;
    }
    return best;
  }

  json ratio_to(const std::string& model, const std::string& best) const {
    const Ratio ratio = ratio_of(at_.rounds(model, by()), at_.rounds(best, by()));
    return {{"factor", ratio.median},
            {"low", ratio.interval ? json(ratio.interval->low) : json(nullptr)},
            {"high", ratio.interval ? json(ratio.interval->high) : json(nullptr)},
            {"told_apart", ratio.told_apart()}};
  }

  json cell_of(const PlannedModel& bearer, const std::string& best) const {
    json cell{{"family", bearer.family}, {"model", bearer.name}, {"status", status_of(bearer.name)}};
    cell["keeps_up"] = figures_.at(bearer.name).at("keeps_up");
    cell["reason"] = cells_.count(bearer.name) > 0 ? cells_.at(bearer.name).reason().text : std::string();
    if (cell["status"] == "valid") cell.update(ratio_to(bearer.name, best));
    const std::string variant =
        best_of([&](const PlannedModel& model) { return model.family == bearer.family && model.name != bearer.name; });
    cell["variant"] = nullptr;
    if (variant.empty() || best.empty()) return cell;
    cell["variant"] = ratio_to(variant, best);
    cell["variant"]["model"] = variant;
    return cell;
  }

  const Plan& plan_;
  const Point& point_;
  AtPoint at_;
  const std::map<std::string, Cell>& cells_;
  json figures_ = json::object();
};

std::vector<const PlannedModel*> bearers_of(const Plan& plan) {
  std::vector<const PlannedModel*> bearers;
  for (const std::string_view family : kFamilies) {
    for (const PlannedModel& model : plan.models) {
      if (model.bears_family && model.family == family) bearers.push_back(&model);
    }
  }
  return bearers;
}

using Ladder = std::map<std::uint32_t, const FamilyRow*>;  // by in_flight

// How far up a ladder a model keeps up: the last rung before the first that it does not keep up with in most rounds,
// and between which rungs that is for sure. Rungs that tell nothing are passed over.
json limit_of(const PlannedModel& bearer, const Ladder& ladder) {
  json limit{{"family", bearer.family},
             {"model", bearer.name},
             {"limit", nullptr},
             {"low", nullptr},
             {"first_failed", nullptr}};
  bool holds = true, surely = true;
  for (const auto& [in_flight, row] : ladder) {
    const auto standing = row->standing_of(bearer.name);
    if (!standing) continue;
    holds = holds && standing->keeps_up;
    surely = surely && standing->keeps_up && standing->for_sure;
    if (holds) limit["limit"] = in_flight;
    if (surely) limit["low"] = in_flight;
    if (standing->keeps_up || !standing->for_sure) continue;
    limit["first_failed"] = in_flight;
    break;
  }
  return limit;
}

// Of the loads that differ in how many are in flight and in nothing else.
json limits_of(const std::vector<const PlannedModel*>& bearers, const std::vector<FamilyRow>& rows) {
  std::map<std::string, Ladder> ladders;  // by work
  for (const FamilyRow& row : rows) {
    if (!row.asks_to_keep_up()) continue;
    ladders[row.work_at_any_number()].emplace(row.in_flight(), &row);
  }
  json all = json::array();
  for (const auto& [work, ladder] : ladders) {
    if (ladder.size() < 2) continue;
    json points = json::array(), cells = json::array();
    for (const auto& [in_flight, row] : ladder) points.push_back(row->id());
    for (const PlannedModel* bearer : bearers) cells.push_back(limit_of(*bearer, ladder));
    all.push_back({{"axis", "in_flight"}, {"points", points}, {"cells", cells}});
  }
  return all;
}

// Models that differ in one thing. Of each load that both keep up with, a single figure: rounds would weigh loads by
// how long they raced, and fewer and fewer of them would speak in late rounds. All pairs share one error.
json counterparts_of(const Plan& plan, const std::vector<FamilyRow>& rows) {
  struct Counterparts {
    std::string a, b;
    std::vector<double> logs;  // a load each
  };
  std::vector<Counterparts> pairs;
  for (const PlannedModel& model : plan.models) {
    for (const std::string& other : model.counterparts) {
      Counterparts pair{model.name, other, {}};
      for (const FamilyRow& row : rows) {
        if (const auto log = row.log_cpu_ratio(other, model.name)) pair.logs.push_back(*log);
      }
      if (!pair.logs.empty()) pairs.push_back(std::move(pair));
    }
  }
  json all = json::array();
  for (const Counterparts& pair : pairs) {
    const auto interval = median_interval(pair.logs, kCellError / static_cast<double>(pairs.size()));
    all.push_back({{"a", pair.a},
                   {"b", pair.b},
                   {"loads", pair.logs.size()},
                   {"cpu_ratio", std::exp(median_of(pair.logs))},
                   {"low", interval ? json(std::exp(interval->low)) : json(nullptr)},
                   {"high", interval ? json(std::exp(interval->high)) : json(nullptr)}});
  }
  return all;
}

}  // namespace

json families_of(const Plan& plan, const std::vector<json>& trials, const Cells& cells) {
  const std::vector<const PlannedModel*> bearers = bearers_of(plan);
  json columns = json::array(), rows = json::array();
  for (const PlannedModel* bearer : bearers) columns.push_back({{"family", bearer->family}, {"model", bearer->name}});
  std::vector<FamilyRow> compared;
  for (const Point& point : plan.points) {
    if (point.ranks_by != RanksBy::none) compared.emplace_back(plan, point, trials, cells.at(point.id));
  }
  for (const FamilyRow& row : compared) rows.push_back(row.as_json(bearers));
  return {{"keeps_up_at", kKeepsUp},
          {"level_percent", 100 * (1 - kCellError)},
          {"columns", columns},
          {"rows", rows},
          {"limits", limits_of(bearers, compared)},
          {"counterparts", counterparts_of(plan, compared)}};
}

}  // namespace interleave
