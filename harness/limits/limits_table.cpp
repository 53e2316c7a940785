// The table of limits.
// SPDX-License-Identifier: Apache-2.0
#include "harness/limits/limits_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/text/amounts.hpp"
#include "harness/text/joined.hpp"
#include "harness/text/leading_number.hpp"
#include "harness/verdict/families.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kColumn = 11;
constexpr std::array<std::pair<const char*, const char*>, 8> kEnds{{{"too_slow", "slower than asked"},
                                                                    {"unsustained", "not as many in flight"},
                                                                    {"overloaded", "a backlog that grows"},
                                                                    {"lag", "loop lag"},
                                                                    {"server", "the server"},
                                                                    {"refused", "a limit of machine or model"},
                                                                    {"void", "void trials"},
                                                                    {"open", "no end yet"}}};

// A task is told as the time that it takes, which goes with its size.
std::string amount_text(const json& ladder, const json& model, double value) {
  if (model.contains("task_ns"))
    return duration_text(model.at("task_ns").get<double>() * value / model.at("last_held").get<double>());
  const std::string unit = ladder.at("unit");
  if (unit == "us") return duration_text(1e3 * value);
  return unit == "%" ? fmt::format("{:.0f} %", value) : count_text(value);
}

// "4.2" of "4.2 ms", where what follows has the same unit.
std::string without_unit_of(const std::string& text, const std::string& next) {
  const std::size_t at = text.find(' ');
  const bool same =
      at != std::string::npos && next.find(' ') != std::string::npos && text.substr(at) == next.substr(next.find(' '));
  return same ? text.substr(0, at) : text;
}

// "49 us" of "48.7 us": two of them share a column.
std::string shortened(const std::string& text) {
  const auto number = leading_number<double>(text);
  return number.value < 10 ? text : fmt::format("{:.0f}{}", number.value, number.rest);
}

// "420"; "240-420" where most of its trials keep up with 240, and one at least with 420; ">240" and "<4.2 ms"
// where it may go further. "240?" as far as a search has come that is not finished.
std::string value_text(const json& ladder, const json& model) {
  const bool is_open = model.at("ended_by") == "open";
  if (model.at("limit").is_null()) return is_open ? "?" : model.at("ended_by") == "skipped" ? "-" : "none";
  std::string most = amount_text(ladder, model, model.at("limit"));
  if (is_open) return most + "?";
  const std::string by = model.at("ended_by");
  if (by == "ladder" || by == "server")
    return (ladder.at("values").front() > ladder.at("values").back() ? "<" : ">") + most;
  if (!model.contains("interval")) return most;
  const auto end = [&](std::size_t which) {
    return shortened(amount_text(ladder, model, model.at("interval")[which]));
  };
  return without_unit_of(end(0), end(1)) + "-" + end(1);
}

// A row of texts, the first as wide as is left.
std::string line_of(const std::string& name, const std::vector<std::string>& cells) {
  std::string tail;
  for (const std::string& cell : cells) tail += fmt::format("{:>{}}", cell, kColumn);
  const std::size_t room = kColumns - tail.size();
  if (name.size() < room) return fmt::format("{:<{}}{}\n", name, room, tail);
  return wrapped("", name, 2) + std::string(room, ' ') + tail + "\n";
}

class Table {
 public:
  explicit Table(const json& limits) : limits_(limits) {
    for (const json& model : limits.at("models")) {
      const bool bears = model.at("bears_family");
      (bears ? columns_ : others_).push_back(places_++);
    }
    const auto place_of = [&](std::size_t at) {
      return std::find(kFamilies.begin(), kFamilies.end(), limits.at("models")[at].at("family").get<std::string>());
    };
    std::stable_sort(columns_.begin(), columns_.end(),
                     [&](std::size_t a, std::size_t b) { return place_of(a) < place_of(b); });
    if (columns_.size() < 2 || columns_.size() > kMostColumns) {  // then a model is a line
      others_.insert(others_.begin(), columns_.begin(), columns_.end());
      columns_.clear();
    }
  }

  std::string text() const {
    std::string text = matrix() + lists() + costs() + ends() + cut() + disturbed();
    if (!limits_.at("finished").get<bool>()) text += "Not finished (?): interleave limits --resume does the rest.\n";
    return text;
  }

 private:
  static constexpr std::size_t kMostColumns = 5;

  std::string matrix() const {
    if (columns_.empty()) return "";
    std::vector<std::string> heads, bearers;
    for (const std::size_t column : columns_) {
      heads.push_back(limits_.at("models")[column].at("family"));
      bearers.push_back(limits_.at("models")[column].at("model"));
    }
    std::string text = line_of("", heads);
    bool memory = false;
    for (const json& ladder : limits_.at("ladders")) {
      std::vector<std::string> cells;
      for (const std::size_t column : columns_) cells.push_back(value_text(ladder, ladder.at("models")[column]));
      text += line_of(ladder.at("said"), cells);
      memory = memory || has_memory(ladder);
    }
    if (memory) text += line_of("in flight in 1 GiB", memory_cells());
    return text + wrapped("",
                          "The furthest load that each keeps up with; > and <: further, but for the ladder's or the "
                          "server's own end; 3-4: most of its trials keep up with 3, and one at least with 4. "
                          "The families stand as " +
                              joined(bearers, ", ") + ".",
                          0);
  }

  static bool has_memory(const json& ladder) {
    const json& models = ladder.at("models");
    return std::any_of(models.begin(), models.end(),
                       [](const json& each) { return each.contains("in_flight_per_gib"); });
  }

  // From the ladder where most are in flight, which shares out best what is there once.
  std::vector<std::string> memory_cells() const {
    std::vector<std::string> cells;
    for (const std::size_t column : columns_) {
      double most = 0, limit = 0;
      for (const json& ladder : limits_.at("ladders")) {
        const json& model = ladder.at("models")[column];
        if (!model.contains("in_flight_per_gib") || model.at("limit") < limit || ladder.at("unit") != "") continue;
        limit = model.at("limit");
        most = model.at("in_flight_per_gib");
      }
      cells.push_back(most > 0 ? count_text(most) : "-");
    }
    return cells;
  }

  std::string lists() const {
    std::string text;
    for (const json& ladder : limits_.at("ladders")) {
      std::vector<std::string> some;
      for (const std::size_t other : others_) {
        const json& model = ladder.at("models")[other];
        if (model.at("ended_by") != "skipped")
          some.push_back(model.at("model").get<std::string>() + " " + value_text(ladder, model));
      }
      if (!some.empty()) text += wrapped("", ladder.at("said").get<std::string>() + ": " + joined(some, ", "), 2);
    }
    return text.empty() || columns_.empty() ? text : "\n" + text;
  }

  // "callbacks 31 us at 140 a second, 20 us at 7500".
  std::string costs() const {
    std::string text;
    for (const json& ladder : limits_.at("ladders")) {
      for (const json& model : ladder.at("models")) {
        if (!model.contains("costs") || model.at("costs").size() < 2) continue;
        std::vector<std::string> some;
        for (const json& cost : model.at("costs"))
          some.push_back(
              fmt::format("{} at {}", duration_text(cost.at("cpu_per_item_ns")), count_text(cost.at("value"))));
        text += wrapped("", "CPU per item, " + model.at("model").get<std::string>() + ": " + joined(some, ", "), 2);
      }
    }
    return text.empty() ? text : "\n" + text;
  }

  // With the time that the search took on it.
  static std::string name_text(const json& ladder) {
    const std::string name = ladder.at("name");
    const double took_s = ladder.at("took_s");
    return took_s > 0 ? fmt::format("{} ({})", name, duration_text(1e9 * took_s)) : name;
  }

  // What ended whom, reasons that are alike together; limits.json has them in full.
  std::string ends() const {
    std::string text;
    for (const json& ladder : limits_.at("ladders")) {
      std::vector<std::string> kinds;
      for (const auto& [by, words] : kEnds) {
        std::vector<std::string> models;
        for (const json& model : ladder.at("models")) {
          if (model.at("ended_by") == by) models.push_back(model.at("model"));
        }
        if (!models.empty()) kinds.push_back(fmt::format("{} ({})", words, joined(models, ", ")));
      }
      if (!kinds.empty()) text += wrapped("", name_text(ladder) + " ended by: " + joined(kinds, "; "), 2);
    }
    return text.empty() ? text : "\n" + text;
  }

  std::string cut() const {
    std::string text;
    for (const json& line : limits_.at("cut")) text += wrapped("", "Note: " + line.get<std::string>() + ".", 2);
    return text;
  }

  // Up to which share simulated searches agree within a rung.
  static constexpr double kMostDisturbed = 0.2;

  std::string disturbed() const {
    const json& share = limits_.at("disturbed_share");
    if (share.is_null() || share.get<double>() <= kMostDisturbed) return "";
    return wrapped("",
                   fmt::format("{:.0f} % of the trials failed where their model keeps up: something disturbs this "
                               "machine, and a repeat may find more.",
                               100 * share.get<double>()),
                   0);
  }

  const json& limits_;
  std::size_t places_ = 0;
  std::vector<std::size_t> columns_, others_;  // places of models
};

}  // namespace

std::string limits_table_of(const json& limits) { return Table(limits).text(); }

}  // namespace interleave
