// Verdicts in words.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/sentence.hpp"

#include <fmt/format.h>

namespace interleave {
namespace {

std::string joined(const std::vector<std::size_t>& leaders, const std::vector<Contestant>& contestants) {
  std::string text;
  for (std::size_t i = 0; i < leaders.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == leaders.size() ? " and " : ", ") + contestants[leaders[i]].model;
  }
  return text;
}

// Being alone is no praise where the others merely failed a check: the sentence says what became of them.
std::string alone(const std::string& name, const std::vector<LeftOut>& left_out) {
  if (left_out.empty()) return name + " is the only model of this run";
  std::string others;
  for (const char* why : {"void", "skipped", "not run"}) {
    std::string models;
    for (const LeftOut& each : left_out) {
      if (each.why == why) models += (models.empty() ? "" : ", ") + each.model;
    }
    if (!models.empty()) others += (others.empty() ? "" : "; ") + models + " " + why;
  }
  return fmt::format("only {} has valid trials ({})", name, others);
}

const char* quantity(RanksBy ranks_by) {
  if (ranks_by == RanksBy::efficiency) return "efficiency";
  return ranks_by == RanksBy::makespan ? "makespan" : "CPU per item";
}

}  // namespace

std::string sentence_for(const Point& point, const PointVerdict& verdict, const std::vector<Contestant>& contestants,
                         const std::vector<LeftOut>& left_out) {
  if (point.ranks_by == RanksBy::none)
    return "not ranked: with one request in flight every model waits for the same wake-ups";
  if (verdict.verdict == "none") return "no model has a valid trial here";
  const std::string names = joined(verdict.leaders, contestants);
  std::string over;
  if (verdict.runner_up) {
    over = fmt::format(": {:.1f} % better than {} in {}", *verdict.lead_percent, contestants[*verdict.runner_up].model,
                       quantity(point.ranks_by));
  }
  if (verdict.verdict == "wins") return names + " wins" + over;
  if (verdict.verdict == "tie") return names + " tie" + over;
  if (verdict.verdict == "single") return alone(names, left_out);
  if (verdict.verdict == "leading") {
    return names + (verdict.leaders.size() > 1 ? " are leading, within 3 % of each other" : " is leading") + over +
           " (too few rounds to call it a win)";
  }
  const std::string cure =
      verdict.rounds_needed ? fmt::format("; about {} rounds would settle it", *verdict.rounds_needed) : "";
  return "unresolved between " + names + cure;
}

}  // namespace interleave
