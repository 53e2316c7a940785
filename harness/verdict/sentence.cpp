// Verdicts in words.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "harness/plan/profiles.hpp"
#include "harness/plan/ranked_quantity.hpp"
#include "harness/text/joined.hpp"
#include "harness/verdict/rounds_needed.hpp"

namespace interleave {
namespace {

std::string names_of(const std::vector<std::size_t>& leaders, const std::vector<Contestant>& contestants) {
  std::string text;
  for (std::size_t i = 0; i < leaders.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == leaders.size() ? " and " : ", ") + contestants[leaders[i]].model;
  }
  return text;
}

constexpr std::array<std::pair<const char*, const char*>, 4> kStatuses{
    {{"void", "void"}, {"skipped", "skipped"}, {"too_slow", "too slow"}, {"not_run", "not run"}}};

std::vector<std::string> models_of(const std::vector<LeftOut>& left_out, std::string_view status) {
  std::vector<std::string> models;
  for (const LeftOut& each : left_out) {
    if (each.status == status) models.push_back(each.model);
  }
  return models;
}

// Being alone is no praise where the others merely failed a check: the sentence says what became of them.
std::string alone(const std::string& name, const std::vector<LeftOut>& left_out) {
  if (left_out.empty()) return name + " is the only model of this run";
  std::vector<std::string> others;
  for (const auto& [status, words] : kStatuses) {
    if (const auto models = models_of(left_out, status); !models.empty()) {
      others.push_back(joined(models, ", ") + " " + words);
    }
  }
  return fmt::format("only {} is ranked ({})", name, joined(others, "; "));
}

// Not among the ranked, yet last: what the reader would miss otherwise.
std::string too_slow(const std::vector<LeftOut>& left_out) {
  const auto models = models_of(left_out, "too_slow");
  return models.empty() ? "" : "; last: " + joined(models, ", ") + " (too slow)";
}

// Why nobody is ranked: what they have in common, or else no more than that.
std::string nobody(const Point& point, const std::vector<LeftOut>& left_out) {
  const auto all = [&](const auto& holds) {
    return !left_out.empty() && std::all_of(left_out.begin(), left_out.end(), holds);
  };
  if (all([](const LeftOut& each) { return each.status == "skipped"; }))
    return "not ranked: every model was skipped here: " + left_out.front().reason.text;
  if (all([](const LeftOut& each) { return each.status == "too_slow"; })) return "not ranked: every model is too slow";
  if (point.ranks_by == RanksBy::none)
    return "not ranked: with one request in flight every model waits for the same wake-ups";
  if (all([](const LeftOut& each) { return each.reason.check == "value"; }))
    return fmt::format("not ranked by {}: {}", ranked_quantity(point.ranks_by).words, left_out.front().reason.text);
  return "no model has a valid trial here";
}

std::string lead_over(const Point& point, const PointVerdict& verdict, const std::vector<Contestant>& contestants) {
  if (!verdict.runner_up) return "";
  const std::string& other = contestants[*verdict.runner_up].model;
  if (!verdict.lead_percent) return fmt::format(": {} did not keep the load up in half of its rounds", other);
  return fmt::format(": {:.1f} % better than {} in {}", *verdict.lead_percent, other,
                     ranked_quantity(point.ranks_by).words);
}

std::string ranked(const Point& point, const PointVerdict& verdict, const std::vector<Contestant>& contestants,
                   double margin) {
  const std::string names = names_of(verdict.leaders, contestants);
  const std::string over = lead_over(point, verdict, contestants);
  if (verdict.verdict == "wins") return names + " wins" + over;
  if (verdict.verdict == "tie") return fmt::format("{} tie within {:.0f} %{}", names, 100 * margin, over);
  if (verdict.verdict == "leading") {
    const std::string lead = verdict.leaders.size() > 1
                                 ? fmt::format(" are leading, within {:.0f} % of each other", 100 * margin)
                                 : " is leading";
    const std::string why = verdict.rounds < kRoundsToWin
                                ? fmt::format("{} rounds are too few to call it a win", verdict.rounds)
                                : "too many rounds of others are void to call it a win";
    return fmt::format("{}{}{} ({})", names, lead, over, why);
  }
  const std::string cure = verdict.rounds_needed
                               ? fmt::format("; about {} rounds would settle it with a power of {:.0f} %",
                                             *verdict.rounds_needed, 100 * kPower)
                               : "";
  return "unresolved between " + names + cure;
}

}  // namespace

std::string sentence_for(const Point& point, const PointVerdict& verdict, const std::vector<Contestant>& contestants,
                         const std::vector<LeftOut>& left_out, double margin) {
  if (verdict.verdict == "none") return nobody(point, left_out);
  if (verdict.verdict == "single") return alone(names_of(verdict.leaders, contestants), left_out);
  return ranked(point, verdict, contestants, margin) + too_slow(left_out);
}

}  // namespace interleave
