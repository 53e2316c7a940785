// Text of the map of leaders.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/leader_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "harness/text/joined.hpp"
#include "harness/verdict/aligned.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

using nlohmann::json;
using Tiles = std::map<std::uint32_t, std::string>;  // by in_flight

constexpr std::size_t kFamiliesNamed = 2;

struct MapRow {
  std::string load;
  Tiles tiles;
};

// The families of those that lead, each once, the best first.
std::vector<std::string> families_of_leaders(const json& point) {
  std::vector<std::string> families;
  for (const json& leader : point.at("leaders")) {
    for (const json& cell : point.at("cells")) {
      const std::string family = cell.at("family").get<std::string>().empty() ? cell.at("model") : cell.at("family");
      if (cell.at("model") == leader && std::find(families.begin(), families.end(), family) == families.end())
        families.push_back(family);
    }
  }
  return families;
}

// "callbacks +12 % wins", "callbacks, coroutines tie".
std::string tile_of(const json& point) {
  const std::vector<std::string> families = families_of_leaders(point);
  if (families.empty()) return "-";
  const std::string verdict = point.at("verdict");
  std::string text = joined(families, ", ");
  if (families.size() > kFamiliesNamed) text = fmt::format("{} +{}", families.front(), families.size() - 1);
  if (families.size() == 1 && !point.at("lead_percent").is_null())
    text += fmt::format(" +{:.0f} %", point.at("lead_percent").get<double>());
  return text + (verdict == "wins"         ? " wins"
                 : verdict == "tie"        ? " tie"
                 : verdict == "unresolved" ? " ?"
                 : verdict == "single"     ? " alone"
                                           : "");
}

std::string load_of(const json& point) {
  const std::string series = point.at("series");
  const int cores = point.at("cores");
  return cores == 1 ? series : fmt::format("{}, {} cores", series, cores);
}

// Those that were run at several in_flights, in the order of the table.
std::vector<MapRow> rows_of(const json& verdict) {
  std::vector<MapRow> rows;
  for (const json& point : verdict.at("points")) {
    if (point.at("in_flight").is_null()) continue;
    const std::string load = load_of(point);
    auto row = std::find_if(rows.begin(), rows.end(), [&](const MapRow& each) { return each.load == load; });
    if (row == rows.end()) row = rows.insert(row, {load, {}});
    row->tiles[point.at("in_flight")] = tile_of(point);
  }
  std::erase_if(rows, [](const MapRow& row) { return row.tiles.size() < 2; });
  return rows;
}

std::string grid_of(const std::vector<MapRow>& rows) {
  std::set<std::uint32_t> columns;
  for (const MapRow& row : rows) {
    for (const auto& [in_flight, tile] : row.tiles) columns.insert(in_flight);
  }
  std::vector<std::vector<std::string>> text{{"who leads at"}};
  for (const std::uint32_t in_flight : columns) text.front().push_back(fmt::format("{} in flight", in_flight));
  for (const MapRow& row : rows) {
    std::vector<std::string>& line = text.emplace_back(std::vector<std::string>{row.load});
    for (const std::uint32_t in_flight : columns) {
      const auto tile = row.tiles.find(in_flight);
      line.push_back(tile == row.tiles.end() ? "" : tile->second);
    }
  }
  return aligned(text);
}

// What a grid has no room for.
std::string list_of(const std::vector<MapRow>& rows) {
  std::string text = "who leads at how many in flight\n";
  for (const MapRow& row : rows) {
    const std::string tiles =
        joined(row.tiles, "; ", [](const auto& each) { return fmt::format("{}: {}", each.first, each.second); });
    text += wrapped("", row.load, 2) + wrapped("  ", tiles, 4);
  }
  return text;
}

}  // namespace

std::string leader_map_of(const json& verdict) {
  const std::vector<MapRow> rows = rows_of(verdict);
  if (rows.empty()) return "";
  const std::string grid = grid_of(rows);
  return (width_of(grid) <= kColumns ? grid : list_of(rows)) +
         wrapped(
             "",
             "+N: and N more families that are not told apart from it; +N %: its lead; ?: unresolved; alone: no other "
             "is ranked; -: not ranked.",
             0);
}

}  // namespace interleave
