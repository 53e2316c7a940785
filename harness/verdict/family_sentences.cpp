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
#include "harness/verdict/intervals.hpp"
#include "harness/verdict/point_verdict.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr double kSame = 1.05;      // factors nearer to 1 are called the same
constexpr std::size_t kFewest = 3;  // numbers in flight that tell how far something goes
constexpr double kFaster = 1.5;     // what one has to be for cores to be seen

class GeometricMean {
 public:
  void add(double ratio) {
    sum_ += std::log(ratio);
    ++count_;
  }
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
  std::map<std::uint32_t, bool> all_keep_up, some_keep_up;  // by in_flight
  const std::vector<const json*> rows = waiting_rows(families);
  for (const json* row : rows) {
    const std::optional<bool> keep_up = keeps_up(*row, family);
    if (!keep_up || !loops_keep_up(*row)) continue;  // with whom, where no loop does?
    const auto [at, is_new] = all_keep_up.try_emplace(row->at("in_flight"), true);
    at->second = at->second && *keep_up;
    some_keep_up[row->at("in_flight")] |= *keep_up;
  }
  std::uint32_t most = 0;
  for (const auto& [in_flight, keep_up] : all_keep_up) {
    if (!keep_up) break;
    most = in_flight;
  }
  if (all_keep_up.size() < kFewest) return std::nullopt;
  if (most == 0)
    return fmt::format("Where items wait, {} do not keep up{}, even with {} in flight.", family,
                       some_keep_up.begin()->second ? " everywhere" : "", all_keep_up.begin()->first);
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

// The families that take most and least of a quantity, where most families are to be compared, with the most in flight.
struct Extremes {
  std::uint32_t in_flight = 0;
  std::string least_family{}, most_family{};
  double ratio = 1;
};
std::optional<Extremes> extremes(const json& families, const char* quantity) {
  const auto families_measured = [&](const json& row) {
    return std::count_if(families.at("columns").begin(), families.at("columns").end(),
                         [&](const json& column) { return figure_of(row, column.at("family"), quantity).has_value(); });
  };
  const json* most = nullptr;
  for (const json* row : waiting_rows(families)) {
    const auto rank = [&](const json& each) {
      return std::pair(families_measured(each), each.at("in_flight").get<int>());
    };
    if (most == nullptr || rank(*row) > rank(*most)) most = row;
  }
  if (most == nullptr) return std::nullopt;
  Extremes found{.in_flight = most->at("in_flight")};
  double least = INFINITY, greatest = 0;
  for (const json& column : families.at("columns")) {
    const std::string family = column.at("family");
    const auto value = figure_of(*most, family, quantity);
    if (!value || *value <= 0) continue;
    if (*value < least) {
      least = *value;
      found.least_family = family;
    }
    if (*value > greatest) {
      greatest = *value;
      found.most_family = family;
    }
  }
  found.ratio = greatest / least;
  return found.least_family == found.most_family || found.ratio < 2 ? std::nullopt : std::optional(found);
}

// "With 1000 in flight, processes take 40 times the memory of callbacks."
std::optional<std::string> taking_memory(const json& families) {
  const auto found = extremes(families, "bytes_per_item");
  if (!found) return std::nullopt;
  return fmt::format("With {} in flight, {} take {} the memory of {}.", found->in_flight, found->most_family,
                     times(found->ratio), found->least_family);
}

// "With 1000 in flight, processes wake up 5.0 times as late as callbacks (p99)."
std::optional<std::string> steadiest(const json& families) {
  const auto found = extremes(families, "wake_up_lag_p99_ns");
  if (!found) return std::nullopt;
  return fmt::format("With {} in flight, {} wake up {} as late as {} (p99).", found->in_flight, found->most_family,
                     times(found->ratio), found->least_family);
}

// Whether all that one policy of this row is, and nothing else, is another in that one: its name.
std::optional<std::string> policy_between(const json& one, const json& other) {
  if (one.at("like") != other.at("like")) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, value] : one.at("policies").items()) {
    if (other.at("policies").value(name, std::string()) != value.get<std::string>()) names.push_back(name);
  }
  return names.size() == 1 && one.at("policies").size() == other.at("policies").size() ? std::optional(names.front())
                                                                                       : std::nullopt;
}

// How many times as soon a family's bearer wakes up at the first load as at the second; none where noise may be it.
std::optional<double> times_sooner(const json& one, const json& other, const std::string& family) {
  const json* cell = cell_of(one, family);
  if (cell == nullptr) return std::nullopt;
  const std::string model = cell->at("model");
  const json& sooner = one.at("figures").at(model).at("wake_up_lag_p99_ns");
  const json& later = other.at("figures").at(model).at("wake_up_lag_p99_ns");
  if (sooner.is_null() || later.is_null() || sooner.at("high").is_null() || later.at("low").is_null())
    return std::nullopt;
  if (later.at("low") <= sooner.at("high")) return std::nullopt;
  return later.at("median").get<double>() / sooner.at("median").get<double>();
}

std::string load_text(const json& row) {
  std::string load = fmt::format("{} in flight", row.at("in_flight").get<int>());
  for (const auto& [name, value] : row.at("parameters").items())
    load += fmt::format(", {} {}", name, value.get<std::string>());
  return load;
}

// "With 50 in flight, cpu_share 10, offload threads lets callbacks wake up 66 times sooner (p99) than inline."
std::optional<std::string> policies(const json& families) {
  std::optional<std::string> sentence;
  double greatest = 2;
  for (const json& row : families.at("rows")) {
    for (const json& other : families.at("rows")) {
      const std::optional<std::string> policy = policy_between(row, other);
      if (!policy) continue;
      for (const char* const family : {"callbacks", "coroutines"}) {
        const double ratio = times_sooner(row, other, family).value_or(0);
        if (ratio < greatest) continue;
        greatest = ratio;
        sentence = fmt::format("With {}, {} {} lets {} wake up {} sooner (p99) than {}.", load_text(row), *policy,
                               row.at("policies").at(*policy).get<std::string>(), family, times(ratio),
                               other.at("policies").at(*policy).get<std::string>());
      }
    }
  }
  return sentence;
}

// Whether each of the families has a factor at this load.
bool has_factors(const json& row, const std::vector<std::string>& families) {
  return std::all_of(families.begin(), families.end(), [&](const std::string& family) {
    const json* cell = cell_of(row, family);
    return cell != nullptr && cell->contains("factor");
  });
}

// Loads that deal no waits and are ranked by CPU, and the families that were at more than half of them: the loads are
// those where all of these can be compared.
struct FlatOut {
  std::vector<std::string> families;
  std::vector<const json*> rows;
};
FlatOut flat_out(const json& families) {
  std::vector<const json*> candidates;
  const std::vector<const json*> waiting = waiting_rows(families);
  for (const json& row : families.at("rows")) {
    const bool waits = std::find(waiting.begin(), waiting.end(), &row) != waiting.end();
    if (row.at("by") == "cpu_per_item_ns" && !waits) candidates.push_back(&row);
  }
  FlatOut found;
  for (const json& column : families.at("columns")) {
    const std::string family = column.at("family");
    const auto count = std::count_if(candidates.begin(), candidates.end(),
                                     [&](const json* row) { return has_factors(*row, {family}); });
    if (2 * static_cast<std::size_t>(count) > candidates.size()) found.families.push_back(family);
  }
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(found.rows),
               [&](const json* row) { return has_factors(*row, found.families); });
  return found;
}

// From the best: at most of these loads, or by all of them together, be there few rounds of each.
bool is_told_apart(const std::vector<const json*>& rows, const std::string& family) {
  std::size_t apart = 0;
  std::vector<double> logs;
  for (const json* row : rows) {
    const json* cell = cell_of(*row, family);
    apart += cell->at("told_apart").get<bool>() ? 1 : 0;
    logs.push_back(std::log(cell->at("factor").get<double>()));
  }
  const auto together = median_interval(logs, kCellError);
  return 2 * apart > rows.size() || (together && together->low > 0);
}

// "Where nothing waits, callbacks and coroutines are cheapest; processes take 2.1 times their CPU."
std::optional<std::string> cheapest(const json& families) {
  const FlatOut loads = flat_out(families);
  if (loads.rows.empty() || loads.families.size() < 2) return std::nullopt;
  std::map<std::string, double> behind;
  std::string worst;
  double least = INFINITY, greatest = 0;
  for (const std::string& family : loads.families) {
    GeometricMean mean;
    for (const json* row : loads.rows) mean.add(cell_of(*row, family)->at("factor"));
    behind[family] = *mean.value();
    least = std::min(least, behind[family]);
    if (behind[family] <= greatest) continue;
    greatest = behind[family];
    worst = family;
  }
  if (greatest / least < kSame) return "Where nothing waits, all families take the same CPU per item.";
  if (!is_told_apart(loads.rows, worst)) return std::nullopt;
  std::vector<std::string> best;
  for (const std::string& family : loads.families) {
    if (behind[family] / least < kSame) best.push_back(family);
  }
  return fmt::format("Where nothing waits, {} are cheapest; {} take {} their CPU.", listed(best), worst,
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
  const auto add = [&](const std::optional<std::string>& sentence) {
    if (sentence) sentences.push_back(*sentence);
  };
  add(cheapest(families));
  add(keeping_up(families, "threads"));
  add(keeping_up(families, "processes"));
  add(using_cores(families));
  add(taking_memory(families));
  add(steadiest(families));
  add(policies(families));
  for (const std::string& sentence : between_counterparts(families)) sentences.push_back(sentence);
  return sentences;
}

}  // namespace interleave
