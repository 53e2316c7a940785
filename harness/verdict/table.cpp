// Text of the table of winners.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/verdict/aligned.hpp"
#include "harness/verdict/leader_map.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kLeadersNamed = 3;  // verdict.json has them all

std::string leaders_of(const json& point) {
  const json& leaders = point.at("leaders");
  std::string text;
  for (std::size_t i = 0; i < std::min(leaders.size(), kLeadersNamed); ++i)
    text += (i == 0 ? "" : ", ") + leaders[i].get<std::string>();
  if (leaders.size() > kLeadersNamed) text += fmt::format(" and {} more", leaders.size() - kLeadersNamed);
  return text.empty() ? "-" : text;
}

// Two decimals of a unit that leaves something before them.
std::string duration_text(double ns) {
  if (ns >= 1e6) return fmt::format("{:.2f} ms", ns / 1e6);
  return ns >= 1e3 ? fmt::format("{:.2f} us", ns / 1e3) : fmt::format("{:.0f} ns", ns);
}

std::string value_text(const json& point) {
  if (point.at("leaders").empty()) return "-";
  for (const json& cell : point.at("cells")) {
    if (cell.at("model") != point.at("leaders").front() || cell.at("median").is_null()) continue;
    const double value = cell.at("median");
    const std::string unit = point.at("unit");
    if (unit == "1") return fmt::format("{:.4f}", value);
    return unit == "ns" ? duration_text(value) : fmt::format("{:.2f} us/item", value / 1e3);
  }
  return "-";
}

std::vector<std::string> row_of(const json& point) {
  const bool has_lead = !point.at("lead_percent").is_null();
  const std::string lead = has_lead ? fmt::format("{:.1f} % over {}", point.at("lead_percent").get<double>(),
                                                  point.at("runner_up").get<std::string>())
                                    : "-";
  const std::string verdict = point.at("verdict") == "none" ? "not ranked" : point.at("verdict").get<std::string>();
  return {point.at("label").get<std::string>() + (point.at("server_limited").get<bool>() ? " [server-limited]" : ""),
          point.at("ranks_by").get<std::string>(),
          verdict,
          leaders_of(point),
          value_text(point),
          lead};
}

std::string unfinished(const json& verdict) {
  const auto done = verdict.at("trials_done").get<std::size_t>(),
             planned = verdict.at("trials_planned").get<std::size_t>();
  return done < planned
             ? fmt::format("Not finished: {} of {} trials (interleave run --resume does the rest).\n", done, planned)
             : "";
}

// The same reason at many points is said once.
std::string notes(const json& verdict) {
  std::map<std::string, std::pair<std::size_t, std::string>> skipped;  // "model: reason", how often, where first
  std::string voids;
  for (const json& point : verdict.at("points")) {
    for (const json& cell : point.at("cells")) {
      const std::string model = cell.at("model"), reason = cell.at("reason"), label = point.at("label");
      if (cell.at("status") == "skipped") {
        auto& [times, where] = skipped[model + ": " + reason];
        if (times++ == 0) where = label;
      } else if (cell.at("rounds_void") != 0) {
        voids += fmt::format("void: {} at {}: {} of {} trials: {}\n", model, label, cell.at("rounds_void").get<int>(),
                             cell.at("rounds_void").get<int>() + cell.at("rounds_valid").get<int>(), reason);
      }
    }
  }
  for (const auto& [what, count] : skipped) {
    voids += fmt::format("skipped: {} ({}{})\n", what, count.second,
                         count.first > 1 ? fmt::format(", and {} more", count.first - 1) : "");
  }
  return voids;
}

}  // namespace

std::string table_of(const json& verdict) {
  std::vector<std::vector<std::string>> rows{{"load", "ranks by", "verdict", "who", "median of the best", "lead"}};
  for (const json& point : verdict.at("points")) rows.push_back(row_of(point));
  std::string text = unfinished(verdict) + aligned(rows) + notes(verdict);
  const auto tiles = verdict.at("tiles").get<int>();
  if (tiles > 0) {
    text += fmt::format("{} of {} loads decided; of these about {:.1g} are expected to be wrong.\n", tiles,
                        verdict.at("points").size(), verdict.at("expected_wrong_tiles").get<double>());
  }
  const std::string map = leader_map_of(verdict);
  return map.empty() ? text : text + "\n" + map;
}

}  // namespace interleave
