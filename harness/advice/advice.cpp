// From trials to a recommendation.
// SPDX-License-Identifier: Apache-2.0
#include "harness/advice/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/text/amounts.hpp"
#include "harness/text/joined.hpp"
#include "harness/verdict/cells.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

using nlohmann::json;

const char* const kNotMeasured = "not measured: the time was over";
constexpr double kSame = 1.05;             // factors nearer to 1 are called the same
constexpr double kKeepsUpComputing = 0.9;  // of an ideal that is calibrated

// One model at one of the loads.
struct Standing {
  std::size_t model = 0;
  std::vector<double> cpu{};  // ns an item, of its valid rounds
  double efficiency = 0, bytes = 0, p99_ns = 0;
  std::size_t rounds = 0, lost = 0;
  bool limited = false;
  bool is_no_candidate = false;  // it never runs so many at once, and says so
  std::string why_not{};         // it will not do; "" where it does
};

class Adviser {
 public:
  Adviser(const Plan& plan, const std::vector<json>& trials, const Question& question)
      : plan_(plan), question_(question), computes_(plan.workloads.front().computes) {
    for (std::size_t point = 0; point < plan.points.size(); ++point) {
      for (std::size_t model = 0; model < plan.models.size(); ++model) look_at(trials, point, model);
    }
  }

  Advice advice() const {
    const std::vector<const Standing*> fits = that_fit(0);
    if (fits.empty()) return {nobody(), false};
    const std::vector<std::string> unknown = not_measured();
    Advice told{.lines = {recommendation(*fits.front())}, .is_told = unknown.empty()};
    if (const std::string others = alternatives(fits); !others.empty()) told.lines.push_back(others);
    told.lines.push_back(changes(fits));
    if (!unknown.empty())
      told.lines.push_back("That is no advice yet, for there was no time for " + joined(unknown, ", ") + ".");
    return told;
  }

 private:
  void look_at(const std::vector<json>& trials, std::size_t point, std::size_t model) {
    Standing standing{.model = model};
    std::vector<double> efficiencies, bytes, p99s;
    for (const json& trial : trials) {
      if (trial.at("point") != plan_.points[point].id || trial.at("model") != plan_.models[model].name) continue;
      if (trial.at("verdict") != "valid") {
        const bool is_lost = value_of(trial, RanksBy::cpu_per_item) == kLost;  // too slow for the profile, too
        standing.is_no_candidate = standing.is_no_candidate || (trial.at("verdict") == "skipped" && !is_lost);
        standing.lost += is_lost ? 1 : 0;
        if (standing.why_not.empty() && !trial.at("reasons").empty())
          standing.why_not = trial.at("reasons").front().get<Reason>().text;
        continue;
      }
      ++standing.rounds;
      standing.cpu.push_back(trial.at("cpu_per_item_ns"));
      if (trial.at("efficiency").is_number()) efficiencies.push_back(trial.at("efficiency"));
      if (trial.at("memory").is_object()) bytes.push_back(trial.at("memory").at("plateau_pss_bytes"));
      p99s.push_back(trial.at("tape").at("service_ns").at("p99"));
      standing.limited = standing.limited || trial.at("server_limited").get<bool>();
    }
    const auto middle = [](const std::vector<double>& values) { return values.empty() ? 0 : median_of(values); };
    standing.efficiency = middle(efficiencies);
    standing.bytes = middle(bytes);
    standing.p99_ns = middle(p99s);
    standing.why_not = why_not(standing, point);
    standings_[point].push_back(std::move(standing));
  }

  bool asks_to_keep_up(std::size_t point) const {
    return plan_.points[point].load.profile.delay.kind != DelayKind::none;
  }

  std::string why_not(const Standing& standing, std::size_t point) const {
    if (standing.rounds == 0) return standing.why_not.empty() ? kNotMeasured : standing.why_not;
    if (standing.lost > standing.rounds) return "does not get as many under way as asked";
    const double asked = computes_ ? kKeepsUpComputing : kKeepsUp;
    if (asks_to_keep_up(point) && standing.efficiency < asked)
      return fmt::format("reaches {:.0f} % of the ideal", 100 * standing.efficiency);
    if (question_.most_bytes && !(standing.bytes > 0)) return "its memory could not be measured";
    if (question_.most_bytes && standing.bytes > *question_.most_bytes) return "takes " + size_text(standing.bytes);
    if (question_.most_p99_ns && standing.p99_ns > *question_.most_p99_ns)
      return "has a p99 of " + duration_text(standing.p99_ns);
    return "";
  }

  // The cheapest first.
  std::vector<const Standing*> that_fit(std::size_t point) const {
    std::vector<const Standing*> fits;
    for (const Standing& standing : standings_.at(point)) {
      if (standing.why_not.empty()) fits.push_back(&standing);
    }
    std::stable_sort(fits.begin(), fits.end(),
                     [](const Standing* a, const Standing* b) { return median_of(a->cpu) < median_of(b->cpu); });
    return fits;
  }

  // Families that might be better, for all that is known.
  std::vector<std::string> not_measured() const {
    std::vector<std::string> families;
    for (const Standing& each : standings_.at(0)) {
      if (each.why_not == kNotMeasured) families.push_back(family(each.model));
    }
    return families;
  }

  std::string name(std::size_t model) const {
    return fmt::format("{} ({})", plan_.models[model].family, plan_.models[model].name);
  }
  std::string family(std::size_t model) const { return plan_.models[model].family; }

  static double factor(const Standing& one, const Standing& best) { return median_of(one.cpu) / median_of(best.cpu); }
  // Their ranges of rounds meet: nothing shows which of them is the cheaper.
  static bool is_as_good(const Standing& one, const Standing& best) {
    const double least = *std::min_element(one.cpu.begin(), one.cpu.end());
    const double most = *std::max_element(best.cpu.begin(), best.cpu.end());
    return factor(one, best) < kSame || least <= most;
  }

  std::string recommendation(const Standing& best) const {
    std::string text = fmt::format("Take {}: {} of CPU an item, so a core carries {:.0f} items a second",
                                   name(best.model), duration_text(median_of(best.cpu)), 1e9 / median_of(best.cpu));
    if (asks_to_keep_up(0)) text += fmt::format("; {:.0f} % of the ideal", std::min(100.0, 100 * best.efficiency));
    if (best.bytes > 0) text += fmt::format("; {} in all", size_text(best.bytes));
    return text + fmt::format("; p99 {}.", duration_text(best.p99_ns));
  }

  std::string alternatives(const std::vector<const Standing*>& fits) const {
    std::vector<std::string> as_good, dearer, not_at_all;
    for (const Standing* each : fits) {
      if (each == fits.front()) continue;
      if (is_as_good(*each, *fits.front())) as_good.push_back(family(each->model));
      else
        dearer.push_back(fmt::format("{} at {:.1f} times the CPU", family(each->model), factor(*each, *fits.front())));
    }
    for (const Standing& each : standings_.at(0)) {
      if (!each.why_not.empty() && !each.is_no_candidate)
        not_at_all.push_back(fmt::format("{} ({})", family(each.model), each.why_not));
    }
    std::vector<std::string> clauses;
    if (!as_good.empty()) clauses.push_back("as good: " + joined(as_good, ", "));
    if (!dearer.empty()) clauses.push_back("would do, too: " + joined(dearer, ", "));
    if (!not_at_all.empty()) clauses.push_back("would not do: " + joined(not_at_all, ", "));
    if (clauses.empty()) return "";
    std::string text = joined(clauses, "; ") + ".";
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
  }

  // In what a load differs from the question.
  std::string difference(std::size_t point) const {
    const Load &asked = plan_.points.front().load, &load = plan_.points[point].load;
    if (load.in_flight != asked.in_flight) return fmt::format("{} in flight", load.in_flight);
    const auto wait = [](const Load& each) {
      return static_cast<double>((each.profile.delay.low + each.profile.delay.high).count()) / 2;
    };
    if (wait(load) != wait(asked)) return "waits of " + duration_text(1e3 * wait(load));
    return load.parameters.at("work") + " of computing";
  }

  std::string changes(const std::vector<const Standing*>& fits) const {
    std::vector<std::string> clauses;
    std::vector<std::string> open;
    for (std::size_t point = 1; point < plan_.points.size(); ++point) {
      const std::vector<const Standing*> there = that_fit(point);
      const auto same = [&](const Standing* each) { return each->model == fits.front()->model; };
      const auto it = std::find_if(there.begin(), there.end(), same);
      // What was not run there is neither better nor worse.
      const bool measured =
          std::all_of(standings_.at(point).begin(), standings_.at(point).end(), [&](const auto& each) {
            const auto is_it = [&](const Standing* fit) { return fit->model == each.model; };
            return each.rounds + each.lost > 0 || std::none_of(fits.begin(), fits.end(), is_it);
          });
      if (!measured) open.push_back(difference(point));
      if (!measured || (it != there.end() && is_as_good(**it, *there.front()))) continue;
      clauses.push_back(there.empty() ? "with " + difference(point) + " nobody keeps up"
                                      : "with " + difference(point) + " take " + family(there.front()->model));
    }
    const std::string rest = open.empty() ? "" : " Not measured, for the time was over: " + joined(open, ", ") + ".";
    if (!clauses.empty()) return "What would change it: " + joined(clauses, "; ") + "." + rest;
    if (open.size() + 1 == plan_.points.size()) return "Nothing is known of what would change it: the time was over.";
    return "Half and twice of each number change nothing in that." + rest;
  }

  std::vector<std::string> nobody() const {
    std::vector<std::string> reasons;
    bool limited = false;
    for (const Standing& each : standings_.at(0)) {
      if (!each.is_no_candidate) reasons.push_back(fmt::format("{} ({})", family(each.model), each.why_not));
      limited = limited || each.limited;
    }
    std::string text = "No family will do: " + joined(reasons, ", ") + ".";
    if (limited) text += " The server was at its own end here: a greater machine would tell more.";
    return {text};
  }

  const Plan& plan_;
  const Question& question_;
  const bool computes_;
  std::map<std::size_t, std::vector<Standing>> standings_;  // of each point
};

}  // namespace

Advice advice_of(const Plan& plan, const std::vector<json>& trials, const Question& question) {
  return Adviser(plan, trials, question).advice();
}

}  // namespace interleave
