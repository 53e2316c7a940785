// Text of the table of winners.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/text/amounts.hpp"
#include "harness/text/joined.hpp"
#include "harness/verdict/family_table.hpp"
#include "harness/verdict/leader_map.hpp"
#include "harness/verdict/notes.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kIndent = 14;       // of what is said of a load
constexpr std::size_t kLeadersNamed = 3;  // verdict.json has them all

std::string leaders_of(const json& point) {
  const json& leaders = point.at("leaders");
  auto named = leaders.get<std::vector<std::string>>();
  named.resize(std::min(named.size(), kLeadersNamed));
  std::string text = joined(named, ", ");
  if (leaders.size() > kLeadersNamed) text += fmt::format(" and {} more", leaders.size() - kLeadersNamed);
  return text.empty() ? "-" : text;
}

std::string value_text(const json& point) {
  if (point.at("leaders").empty()) return "-";
  for (const json& cell : point.at("cells")) {
    if (cell.at("model") != point.at("leaders").front() || cell.at("median").is_null()) continue;
    const double value = cell.at("median");
    const std::string unit = point.at("unit");
    return unit == "ns" ? duration_text(value) : fmt::format("{:.2f} us/item", value / 1e3);
  }
  return "-";
}

std::string detail_of(const json& point, const json& verdict) {
  std::string text;
  if (!point.at("leaders").empty()) text = value_text(point);
  if (!point.at("lead_percent").is_null()) {
    text += fmt::format(", {:.1f} % over {}", point.at("lead_percent").get<double>(),
                        point.at("runner_up").get<std::string>());
  }
  if (!point.at("rounds_needed").is_null())
    text += fmt::format(", about {} rounds would settle it", point.at("rounds_needed").get<int>());
  if (!text.empty() && point.at("rounds") < verdict.at("rounds"))
    text += fmt::format(", {} of {} rounds", point.at("rounds").get<int>(), verdict.at("rounds").get<int>());
  return text;
}

// The load, then what is said of it.
std::string entry_of(const json& point, const json& verdict) {
  const std::string kind = point.at("verdict"), by = point.at("ranks_by");
  std::string load = point.at("label").get<std::string>() + (by == "none" ? "" : ", by " + by);
  if (point.at("server_limited").get<bool>()) load += " [server-limited]";
  std::string said = kind == "none" ? point.at("sentence").get<std::string>() : leaders_of(point);
  if (const std::string detail = detail_of(point, verdict); !detail.empty()) said += ": " + detail;
  std::string last;
  for (const json& model : point.at("too_slow")) last += (last.empty() ? "; last: " : ", ") + model.get<std::string>();
  if (!last.empty()) said += last + " (too slow)";
  return wrapped("", load, 2) +
         wrapped(fmt::format("  {:<{}}", kind == "none" ? "-" : kind, kIndent - 2), said, kIndent);
}

std::string unfinished(const json& verdict) {
  const auto done = verdict.at("trials_done").get<std::size_t>(),
             planned = verdict.at("trials_planned").get<std::size_t>(),
             needless = verdict.at("trials_not_needed").get<std::size_t>();
  if (done + needless >= planned) return "";
  return fmt::format("Not finished: {} of {} trials (interleave run --resume does the rest).\n", done,
                     planned - needless);
}

// What the claims rest on, said once.
std::string worth(const json& verdict) {
  std::size_t pairs = 0, bare = 0;
  for (const json& point : verdict.at("points")) {
    for (const json& pair : point.at("pairs")) {
      ++pairs;
      bare += pair.at("level_percent").is_null() ? 1 : 0;
    }
  }
  if (pairs == 0) return "";
  std::string text = fmt::format(
      "A win leads by {0:.0f} % or more, a tie's interval lies within +-{0:.0f} % (twice that for latencies). The "
      "intervals of all pairs of a "
      "load "
      "hold at once in {1:.0f} % of runs. This is one run's error rate; between runs come layout and episodes.",
      verdict.at("margin_percent").get<double>(), 100 - verdict.at("error_percent").get<double>());
  if (verdict.at("racing").get<bool>()) {
    text += fmt::format(
        " A load was run until it was decided, a model until it was shown to be behind: that holds at whatever moment "
        "one looks, and is "
        "wrong at {:.0f} % of loads at most; intervals are of the rounds that were run.",
        verdict.at("error_percent").get<double>());
  }
  if (bare > 0) text += fmt::format(" {} of {} pairs have too few rounds for an interval at that level.", bare, pairs);
  const auto tiles = verdict.at("tiles").get<int>();
  if (tiles > 0) {
    text += fmt::format(" {} of {} loads decided; of these about {:.1g} are expected to be wrong.", tiles,
                        verdict.at("points").size(), verdict.at("expected_wrong_tiles").get<double>());
  }
  const json& points = verdict.at("points");
  if (std::any_of(points.begin(), points.end(), [](const json& each) { return !each.at("rounds_needed").is_null(); }))
    text += fmt::format(" Rounds that would settle it: with a power of {:.0f} %.",
                        verdict.at("power_percent").get<double>());
  return wrapped("", text, 0);
}

// The first screen: who costs what, what that comes to, and where each leads.
std::string answer_of(const json& verdict) {
  std::string text = family_table_of(verdict.at("families")), sentences;
  for (const json& sentence : verdict.at("sentences")) sentences += wrapped("", sentence.get<std::string>(), 2);
  for (const std::string& block : {sentences, leader_map_of(verdict)}) {
    if (!text.empty() && !block.empty()) text += "\n";
    text += block;
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string table_of(const json& verdict) {
  std::string text = unfinished(verdict) + answer_of(verdict);
  for (const json& point : verdict.at("points")) text += entry_of(point, verdict);
  return text + notes_of(verdict) + worth(verdict);
}

}  // namespace interleave
