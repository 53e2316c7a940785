// Text of the map of leaders.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/leader_map.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "harness/verdict/aligned.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct Place {
  std::string load;  // the label without its in_flight
  std::uint32_t in_flight = 0;
};

Place place_of(const std::string& label) {
  constexpr std::string_view kIn = " in flight";
  const std::size_t end = label.find(kIn);
  const std::size_t comma = label.rfind(", ", end);
  Place place{label, 0};
  if (end == std::string::npos || comma == std::string::npos) return place;
  std::from_chars(label.data() + comma + 2, label.data() + end, place.in_flight);
  place.load = label.substr(0, comma) + label.substr(end + kIn.size());
  return place;
}

std::string tile_of(const json& point) {
  const json& leaders = point.at("leaders");
  if (leaders.empty()) return "-";
  std::string text = leaders.front();
  if (leaders.size() > 1) text += fmt::format(" +{}", leaders.size() - 1);
  const std::string verdict = point.at("verdict");
  return text + (verdict == "wins"         ? " wins"
                 : verdict == "tie"        ? " tie"
                 : verdict == "unresolved" ? " ?"
                 : verdict == "single"     ? " alone"
                                           : "");
}

}  // namespace

std::string leader_map_of(const json& verdict) {
  std::vector<std::string> loads;  // in the order of the table
  std::map<std::string, std::map<std::uint32_t, std::string>> tiles;
  for (const json& point : verdict.at("points")) {
    const Place place = place_of(point.at("label"));
    if (!tiles.contains(place.load)) loads.push_back(place.load);
    tiles[place.load][place.in_flight] = tile_of(point);
  }
  std::erase_if(loads, [&](const std::string& load) { return tiles[load].size() < 2; });
  std::set<std::uint32_t> columns;
  for (const std::string& load : loads) {
    for (const auto& [in_flight, tile] : tiles[load]) columns.insert(in_flight);
  }
  if (columns.empty()) return "";
  std::vector<std::vector<std::string>> rows{{"who leads at"}};
  for (const std::uint32_t in_flight : columns) rows.front().push_back(fmt::format("{} in flight", in_flight));
  for (const std::string& load : loads) {
    std::vector<std::string>& row = rows.emplace_back(std::vector<std::string>{load});
    for (const std::uint32_t in_flight : columns) {
      const auto tile = tiles[load].find(in_flight);
      row.push_back(tile == tiles[load].end() ? "" : tile->second);
    }
  }
  return aligned(rows) +
         "+N: and N more that are not told apart from it; ?: unresolved; alone: no other has valid trials; -: not "
         "ranked.\n";
}

}  // namespace interleave
