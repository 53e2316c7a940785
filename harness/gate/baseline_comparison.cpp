// Cell by cell, count by count.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/baseline_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "harness/gate/counts.hpp"
#include "harness/gate/gate_trials.hpp"
#include "harness/text/joined.hpp"
#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

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
    if (then_.has_times || !now_.has_times) tell_what_is_new();
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
    if (has_other_flags())
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

  // What could not be measured, and the baseline does not know.
  void tell_what_is_new() {
    for (const auto* const gaps : {&now_.voids, &now_.too_slow}) {
      for (const GateGap& each : *gaps) {
        if (!is_known(each)) gap(each.load, each.model, "new: " + each.what);
      }
    }
  }
  bool is_known(const GateGap& what) const {
    const auto is_it = [&](const auto& each) { return each.load == what.load && each.model == what.model; };
    return std::any_of(then_.cells.begin(), then_.cells.end(), is_it) ||
           std::any_of(then_.counts.begin(), then_.counts.end(), is_it) ||
           std::any_of(then_.voids.begin(), then_.voids.end(), is_it) ||
           std::any_of(then_.too_slow.begin(), then_.too_slow.end(), is_it);
  }

  // An older file says less of them.
  bool has_other_flags() const {
    return std::any_of(then_.flags.begin(), then_.flags.end(), [&](const auto& flag) {
      const auto now = now_.flags.find(flag.first);
      return flag.second != (now == now_.flags.end() ? "" : now->second);
    });
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

BaselineComparison compare_to(const Baseline& then, const Baseline& now, const std::string& file) {
  return Comparing(then, now).whole(file);
}

}  // namespace interleave
