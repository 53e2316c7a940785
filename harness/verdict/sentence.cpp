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

const char* quantity(RanksBy ranks_by) {
  if (ranks_by == RanksBy::efficiency) return "efficiency";
  return ranks_by == RanksBy::makespan ? "makespan" : "CPU per item";
}

}  // namespace

std::string sentence_for(const Point& point, const PointVerdict& verdict, const std::vector<Contestant>& contestants) {
  if (point.ranks_by == RanksBy::none) return "not ranked: with one request in flight every model waits for the same wake-ups";
  if (verdict.verdict == "none") return "no model has a valid trial here";
  const std::string names = joined(verdict.leaders, contestants);
  std::string over;
  if (verdict.runner_up) {
    over = fmt::format(": {:.1f} % better than {} in {}", *verdict.lead_percent, contestants[*verdict.runner_up].model, quantity(point.ranks_by));
  }
  if (verdict.verdict == "wins") return names + " wins" + over;
  if (verdict.verdict == "tie") return names + " tie" + over;
  if (verdict.verdict == "single") return names + " is the only one that can do this";
  if (verdict.verdict == "leading") {
    return names + (verdict.leaders.size() > 1 ? " are leading, within 3 % of each other" : " is leading") + over +
           " (too few rounds to call it a win)";
  }
  const std::string cure = verdict.rounds_needed ? fmt::format("; about {} rounds would settle it", *verdict.rounds_needed) : "";
  return "unresolved between " + names + cure;
}

}  // namespace interleave
