// Sentences, family first, numbers rounded for people.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/family_sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/text/joined.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr double kSame = 1.05;      // factors nearer to 1 are called the same
constexpr std::size_t kFewest = 3;  // numbers in flight that tell how far something goes
constexpr double kFaster = 1.5;     // what one has to be for cores to be seen

class GeometricMean {
 public:
  void add(double ratio) { sum_ += std::log(ratio), ++count_; }
  std::optional<double> value() const { return count_ == 0 ? std::nullopt : std::optional(std::exp(sum_ / count_)); }

 private:
  double sum_ = 0;
  int count_ = 0;
};

// "a", "a and b", "a, b and c".
std::string listed(std::vector<std::string> names) {
  const std::string last = names.back();
  names.pop_back();
  return names.empty() ? last : joined(names, ", ") + " and " + last;
}

// "1.5 times", "12 times".
std::string times(double ratio) {
  return ratio < 9.95 ? fmt::format("{:.1f} times", ratio) : fmt::format("{:.0f} times", ratio);
}

const json* cell_of(const json& row, const std::string& family) {
  for (const json& cell : row.at("cells")) {
    if (cell.at("family") == family) return &cell;
  }
  return nullptr;
}

std::optional<double> figure_of(const json& row, const std::string& family, const char* quantity) {
  const json* cell = cell_of(row, family);
  if (cell == nullptr || cell->at("status") == "not_run") return std::nullopt;
  const json& figure = row.at("figures").at(cell->at("model").get<std::string>()).at(quantity);
  return figure.is_null() ? std::nullopt : std::optional(figure.at("median").get<double>());
}

// Not told where the model was not there, or void for another reason.
std::optional<bool> keeps_up(const json& row, const std::string& family) {
  const json* cell = cell_of(row, family);
  const std::string status = cell == nullptr ? "" : cell->at("status").get<std::string>();
  if (status == "valid") return true;
  return status == "slow" || status == "too_slow" ? std::optional(false) : std::nullopt;
}

// The cheaper of the two families of loops.
std::optional<double> loops_figure(const json& row, const char* quantity) {
  const auto callbacks = figure_of(row, "callbacks", quantity), coroutines = figure_of(row, "coroutines", quantity);
  if (callbacks && coroutines) return std::min(*callbacks, *coroutines);
  return callbacks ? callbacks : coroutines;
}

bool loops_keep_up(const json& row) {
  return keeps_up(row, "callbacks").value_or(false) || keeps_up(row, "coroutines").value_or(false);
}

// Loads that deal waits.
std::vector<const json*> waiting_rows(const json& families) {
  std::vector<const json*> rows;
  for (const json& row : families.at("rows")) {
    const auto is_asked = [](const json& cell) { return !cell.at("keeps_up").is_null(); };
    if (std::any_of(row.at("cells").begin(), row.at("cells").end(), is_asked)) rows.push_back(&row);
  }
  return rows;
}

// "Where items wait, threads keep up with event loops up to 300 in flight, at 1.5 times their CPU."
std::optional<std::string> keeping_up(const json& families, const std::string& family) {
  std::map<std::uint32_t, bool> all_keep_up;  // by in_flight
  const std::vector<const json*> rows = waiting_rows(families);
  for (const json* row : rows) {
    const std::optional<bool> keep_up = keeps_up(*row, family);
    if (!keep_up || !loops_keep_up(*row)) continue;  // with whom, where no loop does?
    const auto [at, is_new] = all_keep_up.try_emplace(row->at("in_flight"), true);
    at->second = at->second && *keep_up;
  }
  std::uint32_t most = 0;
  for (const auto& [in_flight, keep_up] : all_keep_up) {
    if (!keep_up) break;
    most = in_flight;
  }
  if (all_keep_up.size() < kFewest) return std::nullopt;
  if (most == 0)
    return fmt::format("Where items wait, {} do not keep up, even with {} in flight.", family,
                       all_keep_up.begin()->first);
  GeometricMean cost;
  for (const json* row : rows) {
    const auto its = figure_of(*row, family, "cpu_per_item_ns"), loops = loops_figure(*row, "cpu_per_item_ns");
    if (row->at("in_flight") <= most && its && loops) cost.add(*its / *loops);
  }
  if (!cost.value()) return std::nullopt;
  const double ratio = *cost.value();
  const std::string price = ratio < kSame
                                ? ratio > 1 / kSame ? "the same CPU" : fmt::format("{:.2f} times their CPU", ratio)
                                : times(ratio) + " their CPU";
  return fmt::format("Where items wait, {} keep up with event loops up to {} in flight, at {}.", family, most, price);
}

// "On 2 cores, processes and threads compute 1.9 times as fast as callbacks and coroutines."
std::optional<std::string> using_cores(const json& families) {
  std::map<std::string, GeometricMean> behind;
  std::uint32_t cores = 0;
  for (const json& row : families.at("rows")) {
    if (row.at("by") != "makespan_ns" || row.at("cores") < 2) continue;
    cores = row.at("cores");
    for (const json& cell : row.at("cells")) {
      if (cell.contains("factor")) behind[cell.at("family")].add(cell.at("factor"));
    }
  }
  std::vector<std::string> fast, slow;
  double slowest_fast = 0, fastest_slow = HUGE_VAL;
  for (const json& column : families.at("columns")) {
    const std::string family = column.at("family");
    const auto found = behind.find(family);
    if (family == "sequential" || found == behind.end()) continue;
    const double factor = *found->second.value();
    if (factor < kFaster) {
      fast.push_back(family);
      slowest_fast = std::max(slowest_fast, factor);
    } else {
      slow.push_back(family);
      fastest_slow = std::min(fastest_slow, factor);
    }
  }
  if (fast.empty() || slow.empty()) return std::nullopt;
  const double lead = fastest_slow / slowest_fast;  // of each of them over each of the others
  if (lead < kFaster) return std::nullopt;
  return fmt::format("On {} cores, {} compute {} as fast as {}.", cores, listed(fast), times(lead), listed(slow));
}

// "With 1000 in flight, processes take 40 times the memory of callbacks."
std::optional<std::string> taking_memory(const json& families) {
  const auto families_measured = [&](const json& row) {
    return std::count_if(families.at("columns").begin(), families.at("columns").end(), [&](const json& column) {
      return figure_of(row, column.at("family"), "bytes_per_item").has_value();
    });
  };
  const json* most = nullptr;  // where most families are to be compared, the most in flight
  for (const json* row : waiting_rows(families)) {
    const auto rank = [&](const json& each) {
      return std::pair(families_measured(each), each.at("in_flight").get<int>());
    };
    if (most == nullptr || rank(*row) > rank(*most)) most = row;
  }
  if (most == nullptr) return std::nullopt;
  std::string least_family, most_family;
  double least = INFINITY, greatest = 0;
  for (const json& column : families.at("columns")) {
    const std::string family = column.at("family");
    const auto bytes = figure_of(*most, family, "bytes_per_item");
    if (!bytes || *bytes <= 0) continue;
    if (*bytes < least) least = *bytes, least_family = family;
    if (*bytes > greatest) greatest = *bytes, most_family = family;
  }
  if (least_family == most_family || greatest < 2 * least) return std::nullopt;
  return fmt::format("With {} in flight, {} take {} the memory of {}.", most->at("in_flight").get<int>(), most_family,
                     times(greatest / least), least_family);
}

// "Fetching flat out, callbacks are cheapest; processes take 2.1 times their CPU."
std::optional<std::string> cheapest(const json& families) {
  std::map<std::string, GeometricMean> behind;
  for (const json& row : families.at("rows")) {
    const bool waits = std::any_of(row.at("cells").begin(), row.at("cells").end(),
                                   [](const json& cell) { return !cell.at("keeps_up").is_null(); });
    if (row.at("by") != "cpu_per_item_ns" || waits) continue;
    for (const json& cell : row.at("cells")) {
      if (cell.contains("factor")) behind[cell.at("family")].add(cell.at("factor"));
    }
  }
  std::string best, worst;
  double least = INFINITY, greatest = 0;
  for (const auto& [family, mean] : behind) {
    const double factor = *mean.value();
    if (factor < least) least = factor, best = family;
    if (factor > greatest) greatest = factor, worst = family;
  }
  if (behind.size() < 2) return std::nullopt;
  if (greatest / least < kSame) return "Where nothing waits, all families take the same CPU per item.";
  return fmt::format("Where nothing waits, {} are cheapest; {} take {} their CPU.", best, worst,
                     times(greatest / least));
}

// "asio_coroutines takes 2 % more CPU than its counterpart asio_callbacks."
std::vector<std::string> between_counterparts(const json& families) {
  std::vector<std::string> sentences;
  for (const json& pair : families.at("counterparts")) {
    const bool told_apart = !pair.at("low").is_null() && (pair.at("low") > 1 || pair.at("high") < 1);
    if (!told_apart) continue;
    const double ratio = pair.at("cpu_ratio");
    sentences.push_back(fmt::format("{} takes {:.0f} % {} CPU than its counterpart {}.",
                                    pair.at("b").get<std::string>(), 100 * std::abs(ratio - 1),
                                    ratio > 1 ? "more" : "less", pair.at("a").get<std::string>()));
  }
  return sentences;
}

}  // namespace

std::vector<std::string> family_sentences(const json& families) {
  std::vector<std::string> sentences;
  if (families.is_null()) return sentences;
  const auto add = [&](const std::optional<std::string>& sentence) {
    if (sentence) sentences.push_back(*sentence);
  };
  add(cheapest(families));
  add(keeping_up(families, "threads"));
  add(keeping_up(families, "processes"));
  add(using_cores(families));
  add(taking_memory(families));
  for (const std::string& sentence : between_counterparts(families)) sentences.push_back(sentence);
  return sentences;
}

}  // namespace interleave
