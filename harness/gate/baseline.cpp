// Measuring one build alone, and reading what another left.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/baseline.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/gate/controls.hpp"
#include "harness/gate/counting.hpp"
#include "harness/gate/gate_trials.hpp"
#include "harness/gate/stored_cells.hpp"
#include "harness/http/fate.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/facts.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/text/joined.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kSchema = 1;
constexpr std::uint32_t kSweepLot = 0x62617365;

using Values = std::map<std::string, std::vector<double>>;

std::map<std::string, double> medians_of(const Values& values) {
  std::map<std::string, double> medians;
  for (const auto& [name, each] : values) medians[name] = median_of(each);
  return medians;
}

std::string level_of_cpu() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  if (__builtin_cpu_supports("x86-64-v2")) return "x86-64-v2";
  return "x86-64";
#else
  return "";
#endif
}

std::string text_of_fact(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// Head's trials, round by round, beside the control kernels.
class HeadAlone {
 public:
  HeadAlone(const GatePlan& plan, const GateSetting& setting, const fs::path& scratch, const Interrupt& interrupt)
      : plan_(plan),
        setting_(setting),
        trials_(model_trials(plan.plans, setting.arms, scratch, interrupt)),
        interrupt_(interrupt),
        cpus_(allowed_cpus()) {
    move_to({cpus_.back()});  // beside the server, as in a run
  }
  ~HeadAlone() { move_to(cpus_); }
  HeadAlone(const HeadAlone&) = delete;
  HeadAlone& operator=(const HeadAlone&) = delete;

  void into(Baseline& baseline) {
    trials_->begin_attempt();
    std::vector<Values> values(plan_.cells.size());
    std::vector<std::string> troubles(plan_.cells.size()), slow(plan_.cells.size());
    Values controls;
    for (std::uint32_t round = 0; round < setting_.rules.rounds; ++round) {
      interrupt_.check();
      for (const auto& [name, ns] : run_controls(setting_.controls, cpus_)) controls[name].push_back(ns);
      for (std::size_t place = 0; place < values.size(); ++place) {
        const std::size_t i = permuted(mix64(setting_.seed ^ kSweepLot, round), values.size(), place);
        const TrialOutcome outcome = trials_->run(plan_.cells[i], Side::head, round);
        if (!outcome.trouble.empty()) troubles[i] = outcome.trouble;
        if (!outcome.too_slow.empty()) slow[i] = outcome.too_slow;
        for (const auto& [name, cost] : outcome.costs) values[i][name].push_back(cost);
      }
      setting_.tell(fmt::format("round {} of {}", round + 1, setting_.rules.rounds));
    }
    baseline.controls = medians_of(controls);
    for (std::size_t i = 0; i < values.size(); ++i) add(baseline, plan_.cells[i], values[i], troubles[i], slow[i]);
  }

 private:
  // A cell of which half the rounds told nothing has no median worth keeping.
  void add(Baseline& baseline, const GateCell& cell, Values& values, const std::string& trouble,
           const std::string& slow) const {
    std::erase_if(values, [&](const auto& each) { return 2 * each.second.size() <= setting_.rules.rounds; });
    std::erase_if(values, [&](const auto& each) {
      return std::none_of(cell.quantities.begin(), cell.quantities.end(),
                          [&](const Quantity& quantity) { return quantity.judged && quantity.name == each.first; });
    });
    const Point& point = plan_.plans[1].points[cell.point];
    const auto medians = medians_of(values);
    const bool lost =
        std::any_of(medians.begin(), medians.end(), [](const auto& each) { return std::isinf(each.second); });
    if (!slow.empty() || lost) baseline.too_slow.push_back({point.label, cell.name, slow.empty() ? trouble : slow});
    else if (values.empty()) baseline.voids.push_back({point.label, cell.name, trouble});
    else
      baseline.cells.push_back({.point = point.id,
                                .load = point.label,
                                .model = cell.name,
                                .work = work_of(point).dump(),
                                .costs = medians});
  }

  const GatePlan& plan_;
  const GateSetting& setting_;
  std::unique_ptr<GateTrials> trials_;
  const Interrupt& interrupt_;
  const std::vector<int> cpus_;
};

void count_into(Baseline& baseline, const GatePlan& plan, const GateSetting& setting, const fs::path& scratch,
                const Interrupt& interrupt) {
  Counter counter(setting.arms[1], *setting.counting, scratch / "counting", interrupt);
  const Programs programs = programs_of_arms(plan.plans, setting.arms);
  ProgramWatch watch(programs, fingerprints_of(programs));
  const auto environment = injection_of(0, setting.inject_calls, setting.inject_allocations);
  for (const auto& [cell, load] : countables(plan)) {
    setting.tell(fmt::format("counting {} of {}", load.workload, cell->name));
    const PlannedModel& model = plan.plans[1].models[cell->model];
    const Counts once = counter.count(model, load, environment);
    const Counts again = why_none(once).empty() ? counter.count(model, load, environment) : once;
    if (const std::string why = why_none(again); !why.empty())
      baseline.voids.push_back({countable_text(load), cell->name, why});
    else baseline.counts.push_back({countable_text(load), cell->name, lower_of(once, again).values});
    if (const auto changed = watch.changed())
      throw std::runtime_error(*changed + " since the measuring was begun: start it again");
  }
}

json gaps_json(const std::vector<GateGap>& gaps) {
  json list = json::array();
  for (const GateGap& gap : gaps) list.push_back({{"load", gap.load}, {"model", gap.model}, {"what", gap.what}});
  return list;
}

std::vector<GateGap> gaps_in(const json& list) {
  std::vector<GateGap> gaps;
  for (const json& gap : list) gaps.push_back({gap.at("load"), gap.at("model"), gap.at("what")});
  return gaps;
}

json table_of(const std::map<std::string, double>& values) {
  json table = json::object();
  for (const auto& [name, value] : values) table[name] = value;
  return table;
}

const BaselineCell* find(const std::vector<BaselineCell>& cells, const BaselineCell& like) {
  const auto at = std::find_if(cells.begin(), cells.end(), [&](const BaselineCell& cell) {
    return cell.point == like.point && cell.model == like.model;
  });
  return at == cells.end() ? nullptr : &*at;
}

const BaselineCounts* find(const std::vector<BaselineCounts>& counts, const BaselineCounts& like) {
  const auto at = std::find_if(counts.begin(), counts.end(), [&](const BaselineCounts& each) {
    return each.load == like.load && each.model == like.model;
  });
  return at == counts.end() ? nullptr : &*at;
}

class Comparing {
 public:
  Comparing(const Baseline& then, const Baseline& now) : then_(then), now_(now) {}

  BaselineComparison whole(const std::string& file) {
    Sheet& sheet = result_.sheet;
    sheet.title = "interleave gate --baseline";
    sheet.heading = fmt::format(
        "This build against {} (of {}, commit {}): {} rounds, above 0 % is slower. A change is the smaller of two: "
        "against the control kernels, and against what the other models have changed by at the same load; from {:+g} "
        "% on it fails.",
        file, then_.created, then_.commit, now_.rounds, 100 * (kBreak - 1));
    note_differences();
    note_parts();
    if (then_.has_times && now_.has_times) compare_times();
    if (then_.has_counts && now_.has_counts) compare_counts();
    result_.status = failures_ > 0 ? 1 : gaps_ > 0 ? 4 : compared_ == 0 ? 3 : 0;
    sheet.summary = fmt::format("{} figures compared, {} slower or more, {} missing, void or new. {}", compared_,
                                failures_, gaps_, ending());
    return std::move(result_);
  }

 private:
  const char* ending() const {
    constexpr const char* kEndings[] = {"Pass (exit 0).", "Regression (exit 1).", "",
                                        "Inconclusive (exit 3): nothing was compared.", "Coverage (exit 4)."};
    return kEndings[result_.status];
  }

  void note_differences() {
    std::vector<std::string> differences;
    for (const auto& [name, value] : then_.machine) {
      const auto at = now_.machine.find(name);
      if (at != now_.machine.end() && at->second != value)
        differences.push_back(fmt::format("{} {} instead of {}", name, at->second, value));
    }
    if (!differences.empty())
      result_.sheet.notes.push_back("another machine (" + joined(differences, "; ") + "): times are advisory");
    if (then_.flags != now_.flags)
      result_.sheet.notes.emplace_back("another compiler or other flags: what differs may be theirs");
    if (then_.cpu_key != now_.cpu_key)
      result_.sheet.notes.emplace_back(
          "another CPU or C library: instructions are shown where they differ, and not judged");
  }

  void note_parts() {
    const auto note = [&](bool then, bool now, const char* what) {
      if (then != now)
        result_.sheet.notes.push_back(
            fmt::format("no {} are compared: {}", what, then ? "none were asked for" : "the baseline has none"));
    };
    note(then_.has_times, now_.has_times, "times");
    note(then_.has_counts, now_.has_counts, "counts");
    if (!now_.uncounted.empty()) result_.sheet.notes.push_back("nothing was counted: " + now_.uncounted);
  }

  void compare_times() {
    for (const BaselineCell& cell : now_.cells) compare(cell);
    for (const BaselineCell& cell : then_.cells) {
      if (find(now_.cells, cell) == nullptr) tell_missing(cell.load, cell.model, "missing: the baseline has it");
    }
  }

  void compare_counts() {
    for (const BaselineCounts& counts : now_.counts) compare(counts);
    for (const BaselineCounts& counts : then_.counts) {
      if (find(now_.counts, counts) == nullptr)
        tell_missing(counts.load, counts.model, "missing: the baseline has counts of it");
    }
  }

  static const GateGap* find_gap(const std::vector<GateGap>& gaps, const std::string& load, const std::string& model) {
    const auto at = std::find_if(gaps.begin(), gaps.end(),
                                 [&](const GateGap& gap) { return gap.load == load && gap.model == model; });
    return at == gaps.end() ? nullptr : &*at;
  }

  // Too slow is a result; everything else is a gap.
  void tell_missing(const std::string& load, const std::string& model, const std::string& otherwise) {
    if (const GateGap* const slow = find_gap(now_.too_slow, load, model); slow != nullptr) {
      row(load, model, "", "slower", true, std::nullopt, slow->what);
      return;
    }
    const GateGap* const is_void = find_gap(now_.voids, load, model);
    gap(load, model, is_void == nullptr ? otherwise : is_void->what);
  }

  static double change(const BaselineCell& now, const BaselineCell& then, const std::string& quantity) {
    return std::log(now.costs.at(quantity) / then.costs.at(quantity));
  }

  // By what the kernel that is most like it has changed: arithmetic where nothing connects, else the echo.
  double change_of_machine(const BaselineCell& cell) const {
    const char* const kernel = cell.costs.contains(kServerCpu) ? "echo" : "alu";
    const auto then = then_.controls.find(kernel), now = now_.controls.find(kernel);
    const bool known =
        then != then_.controls.end() && now != now_.controls.end() && then->second > 0 && now->second > 0;
    return known ? std::log(now->second / then->second) : 0;
  }

  std::optional<double> change_of_others(const BaselineCell& cell, const std::string& quantity) const {
    std::vector<double> changes;
    for (const BaselineCell& other : now_.cells) {
      if (other.point != cell.point || other.model == cell.model) continue;
      const BaselineCell* const then = find(then_.cells, other);
      if (then != nullptr && then->costs.contains(quantity) && other.costs.contains(quantity))
        changes.push_back(change(other, *then, quantity));
    }
    if (changes.empty()) return std::nullopt;
    return median_of(changes);
  }

  void compare(const BaselineCell& cell) {
    const BaselineCell* const then = find(then_.cells, cell);
    if (then == nullptr) {
      gap(cell.load, cell.model, "new: the baseline does not have it");
      return;
    }
    if (then->work != cell.work) {
      gap(cell.load, cell.model, "the baseline has another load under this name");
      return;
    }
    for (const auto& [quantity, cost] : cell.costs) {
      if (!then->costs.contains(quantity)) continue;
      const double own = change(cell, *then, quantity);
      const double against_kernel = own - change_of_machine(cell);
      const bool alone = quantity == kServerCpu || then_.machine == now_.machine;
      const auto others = alone ? std::nullopt : change_of_others(cell, quantity);
      const double log_ratio = others ? std::min(against_kernel, own - *others) : against_kernel;
      const bool broken = log_ratio >= std::log(kBreak);
      row(cell.load, cell.model, quantity, broken ? "slower" : "shown", broken, std::exp(log_ratio), "");
    }
  }

  void compare(const BaselineCounts& counts) {
    const BaselineCounts* const then = find(then_.counts, counts);
    if (then == nullptr) {
      gap(counts.load, counts.model, "new: the baseline has no counts of it");
      return;
    }
    for (const auto& [name, value] : counts.values) {
      const auto at = then->values.find(name);
      if (at == then->values.end()) continue;
      const CountVerdict verdict = verdict_of_count(name, at->second, value);
      const bool judged = name != kInstructions || then_.cpu_key == now_.cpu_key;
      if (verdict == CountVerdict::same) ++compared_;
      else
        row(counts.load, counts.model, name, judged ? std::string(name_of(verdict)) : "shown",
            judged && verdict == CountVerdict::more,
            at->second > 0 ? std::optional(std::max(0.0, value) / at->second) : std::nullopt,
            fmt::format("{:.2f} instead of {:.2f} an item", std::max(0.0, value), std::max(0.0, at->second)));
    }
  }

  void gap(const std::string& load, const std::string& model, const std::string& what) {
    ++gaps_;
    result_.sheet.rows.push_back(gap_row(load, model, what));
  }

  void row(const std::string& load, const std::string& model, const std::string& quantity, const std::string& verdict,
           bool fails, std::optional<double> ratio, const std::string& note) {
    ++compared_;
    failures_ += fails ? 1 : 0;
    result_.sheet.rows.push_back({.load = load,
                                  .model = model,
                                  .quantity = quantity,
                                  .verdict = verdict,
                                  .weight = fails ? Weight::failure : Weight::fine,
                                  .ratio = ratio,
                                  .low = {},
                                  .high = {},
                                  .note = note});
  }

  const Baseline &then_, &now_;
  BaselineComparison result_;
  std::size_t compared_ = 0, failures_ = 0, gaps_ = 0;
};

}  // namespace

void to_json(json& out, const Baseline& baseline) {
  json cells = json::array(), counts = json::array();
  for (const BaselineCell& cell : baseline.cells)
    cells.push_back({{"point", cell.point},
                     {"load", cell.load},
                     {"model", cell.model},
                     {"work", cell.work},
                     {"costs", table_of(cell.costs)}});
  for (const BaselineCounts& each : baseline.counts)
    counts.push_back({{"load", each.load}, {"model", each.model}, {"values", table_of(each.values)}});
  out = {{"schema", kSchema},
         {"version", baseline.version},
         {"commit", baseline.commit},
         {"created", baseline.created},
         {"profile", baseline.profile},
         {"seed", baseline.seed},
         {"rounds", baseline.rounds},
         {"machine", baseline.machine},
         {"cpu_key", baseline.cpu_key},
         {"flags", baseline.flags},
         {"controls", table_of(baseline.controls)},
         {"cells", std::move(cells)},
         {"counts", std::move(counts)},
         {"has_times", baseline.has_times},
         {"has_counts", baseline.has_counts},
         {"not_counted", baseline.uncounted},
         {"voids", gaps_json(baseline.voids)},
         {"too_slow", gaps_json(baseline.too_slow)}};
}

void from_json(const json& from, Baseline& baseline) {
  if (!from.is_object() || from.value("schema", json()) != kSchema)
    throw std::invalid_argument(fmt::format("it is no baseline of schema {}", kSchema));
  try {
    from.at("version").get_to(baseline.version);
    from.at("commit").get_to(baseline.commit);
    from.at("created").get_to(baseline.created);
    from.at("profile").get_to(baseline.profile);
    from.at("seed").get_to(baseline.seed);
    from.at("rounds").get_to(baseline.rounds);
    from.at("machine").get_to(baseline.machine);
    from.at("cpu_key").get_to(baseline.cpu_key);
    from.at("flags").get_to(baseline.flags);
    from.at("controls").get_to(baseline.controls);
    for (const json& cell : from.at("cells"))
      baseline.cells.push_back(
          {cell.at("point"), cell.at("load"), cell.at("model"), cell.at("work"), cell.at("costs")});
    for (const json& each : from.at("counts"))
      baseline.counts.push_back({each.at("load"), each.at("model"), each.at("values")});
    from.at("has_times").get_to(baseline.has_times);
    from.at("has_counts").get_to(baseline.has_counts);
    from.at("not_counted").get_to(baseline.uncounted);
    baseline.voids = gaps_in(from.at("voids"));
    baseline.too_slow = gaps_in(from.at("too_slow"));
  } catch (const json::exception& error) {
    throw std::invalid_argument(std::string("it is damaged: ") + error.what());
  }
  if (baseline.rounds < kFewestBaselineRounds || baseline.rounds > kMostBaselineRounds)
    throw std::invalid_argument(fmt::format("it is damaged: {} rounds", from.at("rounds").dump()));
  for (const BaselineCell& cell : baseline.cells) {
    for (const auto& [name, cost] : cell.costs) {
      if (!(cost > 0))
        throw std::invalid_argument(fmt::format("it is damaged: {} of {} is not above 0", name, cell.model));
    }
  }
}

Baseline read_baseline(const fs::path& file) {
  std::ifstream in(file);
  if (!in)
    throw std::invalid_argument(fmt::format("there is no {}: interleave baseline update makes one", file.string()));
  try {
    return json::parse(in, nullptr, false).get<Baseline>();
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", file.string(), error.what()));
  }
}

std::map<std::string, std::string> machine_key() {
  const json facts = machine_facts();
  return {{"cpu", text_of_fact(facts.at("cpu"))},
          {"cores", text_of_fact(facts.at("cores"))},
          {"kernel", text_of_fact(facts.at("kernel"))}};
}

std::map<std::string, std::string> cpu_key() {
  return {
      {"cpu", text_of_fact(machine_facts().at("cpu"))}, {"glibc", ::gnu_get_libc_version()}, {"level", level_of_cpu()}};
}

Baseline measure_baseline(GatePlan plan, const GateSetting& setting, const Interrupt& interrupt) {
  const Scratch scratch;
  for (Plan& of_side : plan.plans) of_side.seed = setting.seed;  // of paddings
  Baseline baseline;
  baseline.seed = setting.seed;
  baseline.rounds = setting.rules.rounds;
  baseline.flags = setting.arms[1].flags;
  baseline.has_times = setting.times;
  baseline.has_counts = setting.counting.has_value();
  baseline.uncounted = setting.uncounted;
  baseline.machine = machine_key();
  baseline.cpu_key = cpu_key();
  if (setting.counting) count_into(baseline, plan, setting, scratch.path(), interrupt);
  if (setting.times) HeadAlone(plan, setting, scratch.path(), interrupt).into(baseline);
  return baseline;
}

BaselineComparison compare_to(const Baseline& then, const Baseline& now, const std::string& file) {
  return Comparing(then, now).whole(file);
}

}  // namespace interleave
