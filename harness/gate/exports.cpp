// Google Benchmark's JSON twice, Bencher's, CSV, JUnit, Markdown.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/exports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "harness/gate/sheet.hpp"
#include "harness/judge/reason.hpp"
#include "harness/plan/ranked_quantity.hpp"
#include "harness/verdict/cells.hpp"
#include "harness/verdict/intervals.hpp"
#include "harness/verdict/verdict.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// A quantity of a trial, by the name that other tools are given, and where trials.jsonl has it.
struct Figure {
  const char* name;
  const char* path;
};

constexpr Figure figure_from(const RankedQuantity& ranked) { return {ranked.exported, ranked.key}; }
constexpr Figure kCpuFigure = figure_from(kRankedCpu), kMakespanFigure = figure_from(kRankedMakespan),
                 kEfficiency{"efficiency", "efficiency"}, kLatency = figure_from(kRankedLatency);
// Beside what ranks; times in nanoseconds.
constexpr Figure kFurther[] = {
    {"p50", "tape/service_ns/p50"}, {"p99", "tape/service_ns/p99"}, {"wake-up-lag-p99", "tape/wake_up_lag_ns/p99"}};

std::optional<double> figure_of(const json& trial, const Figure& figure) {
  const json::json_pointer at(std::string("/") + figure.path);
  if (trial.at("verdict") != "valid" || !trial.contains(at) || !trial.at(at).is_number()) return std::nullopt;
  const double value = trial.at(at).get<double>();
  return value > 0 ? std::optional(value) : std::nullopt;
}

// What ranks, as a time.
Figure ranking_time(const Point& point) { return figure_from(ranked_quantity(point.ranks_by)); }

struct CellTrials {
  const Point* point = nullptr;
  std::string model;
  std::vector<const json*> valid;  // in the order of rounds

  std::string name() const { return model + "/" + point->id; }
  std::vector<double> values(const Figure& figure) const {
    std::vector<double> found;
    for (const json* trial : valid) {
      if (const auto value = figure_of(*trial, figure)) found.push_back(*value);
    }
    return found;
  }
};

// Those with a valid trial, in the order of the plan.
std::vector<CellTrials> cells_with_trials(const StoredRun& run) {
  std::map<CellKey, std::vector<const json*>> valid;
  for (const json& trial : run.trials) {
    if (trial.at("verdict") == "valid")
      valid[{trial.at("point").get<std::string>(), trial.at("model").get<std::string>()}].push_back(&trial);
  }
  std::vector<CellTrials> cells;
  for (const Point& point : run.plan.points) {
    for (const PlannedModel& model : run.plan.models) {
      auto found = valid.find({point.id, model.name});
      if (found == valid.end()) continue;
      std::stable_sort(found->second.begin(), found->second.end(),
                       [](const json* a, const json* b) { return a->at("round") < b->at("round"); });
      cells.push_back({&point, model.name, std::move(found->second)});
    }
  }
  return cells;
}

json fact(const StoredRun& run, const char* pointer, json otherwise) {
  const json::json_pointer at(pointer);
  if (!run.environment.is_object() || !run.environment.contains(at) || run.environment.at(at).is_null())
    return otherwise;
  return run.environment.at(at);
}

// What readers of the format ask for, `caches` among it; measured are processes, not this library's loops.
json context_of(const StoredRun& run) {
  return {{"date", run.plan.created},
          {"host_name", "interleave"},
          {"executable", "interleave " + run.plan.version},
          {"num_cpus", fact(run, "/machine/cores", 1)},
          {"mhz_per_cpu", 0},
          {"cpu_scaling_enabled", false},
          {"caches", json::array()},
          {"load_avg", json::array()},
          {"library_build_type", "release"}};
}

json benchmark_row(const std::string& name, std::size_t family, std::size_t repetitions, std::size_t repetition,
                   double real, double cpu) {
  return {{"name", name},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_name", name},
          {"run_type", "iteration"},
          {"repetitions", repetitions},
          {"repetition_index", repetition},
          {"threads", 1},
          {"iterations", 1},
          {"real_time", real},
          {"cpu_time", cpu},
          {"time_unit", "ns"}};
}

std::string benchmark_text(const StoredRun& run, json rows) {
  return json{{"context", context_of(run)}, {"benchmarks", std::move(rows)}}.dump(2) + "\n";
}

std::string google_benchmark(const StoredRun& run) {
  json rows = json::array();
  std::size_t family = 0;
  for (const CellTrials& cell : cells_with_trials(run)) {
    const Figure ranks = ranking_time(*cell.point);
    std::vector<std::pair<double, double>> rounds;
    for (const json* trial : cell.valid) {
      const auto real = figure_of(*trial, ranks), cpu = figure_of(*trial, kCpuFigure);
      if (real) rounds.emplace_back(*real, cpu.value_or(0));
    }
    for (std::size_t i = 0; i < rounds.size(); ++i)
      rows.push_back(benchmark_row(cell.name(), family, rounds.size(), i, rounds[i].first, rounds[i].second));
    ++family;
  }
  return benchmark_text(run, std::move(rows));
}

std::string google_benchmark_summary(const StoredRun& run) {
  json rows = json::array();
  const auto add = [&](const std::string& name, std::vector<double> real, std::vector<double> cpu) {
    if (real.empty()) return;
    const double median = median_of(std::move(real));
    rows.push_back(benchmark_row(name, rows.size(), 1, 0, median, cpu.empty() ? 0 : median_of(std::move(cpu))));
  };
  for (const CellTrials& cell : cells_with_trials(run)) {
    const std::vector<double> cpu = cell.values(kCpuFigure);
    const Figure ranks = ranking_time(*cell.point);
    add(cell.name(), cell.values(ranks), cpu);
    if (std::string_view(ranks.name) != kCpuFigure.name) add(cell.name() + "/metric:" + kCpuFigure.name, cpu, cpu);
    for (const Figure& figure : kFurther) add(cell.name() + "/metric:" + figure.name, cell.values(figure), {});
  }
  return benchmark_text(run, std::move(rows));
}

// {name: {measure: {"value","lower_value","upper_value"}}}
std::string bencher(const StoredRun& run) {
  json all = json::object();
  for (const CellTrials& cell : cells_with_trials(run)) {
    json& measures = all[cell.name()];
    const auto add = [&](const Figure& figure) {
      const std::vector<double> values = cell.values(figure);
      if (values.empty()) return;
      json& measure = measures[figure.name] = {{"value", median_of(values)}};
      if (const auto interval = median_interval(values, kCellError)) {
        measure["lower_value"] = interval->low;
        measure["upper_value"] = interval->high;
      }
    };
    for (const Figure& figure : {kCpuFigure, kMakespanFigure, kEfficiency, kLatency}) add(figure);
    for (const Figure& figure : kFurther) add(figure);
  }
  return all.dump(2) + "\n";
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv(const StoredRun& run) {
  std::string text = "point,load,model,round,verdict,reason";
  std::vector<Figure> figures{kCpuFigure, kMakespanFigure, kEfficiency, kLatency};
  figures.insert(figures.end(), std::begin(kFurther), std::end(kFurther));
  for (const Figure& figure : figures) text += fmt::format(",{}", figure.name);
  text += "\n";
  std::map<std::string, std::string> labels;
  for (const Point& point : run.plan.points) labels[point.id] = point.label;
  for (const json& trial : run.trials) {
    const json& reasons = trial.at("reasons");
    const std::string point = trial.at("point");
    text += fmt::format("{},{},{},{},{},{}", csv_field(point), csv_field(labels[point]),
                        csv_field(trial.at("model").get<std::string>()), trial.at("round").get<std::uint64_t>(),
                        trial.at("verdict").get<std::string>(),
                        csv_field(reasons.empty() ? "" : reasons.front().get<Reason>().sentence()));
    for (const Figure& figure : figures) {
      const auto value = figure_of(trial, figure);
      text += value ? "," + json(*value).dump() : ",";
    }
    text += "\n";
  }
  return text;
}

// A case a cell: valid ones pass, void and too slow ones fail, skipped ones are skipped.
std::string junit(const StoredRun& run) {
  Sheet sheet;
  sheet.title = "interleave run";
  sheet.summary = fmt::format("{} trials of {}", run.trials.size(), run.plan.order.size());
  const Cells gathered = gather(run.plan, run.trials);
  for (const Point& point : run.plan.points) {
    for (const auto& [model, cell] : gathered.at(point.id)) {
      const std::string status = cell.status();
      SheetRow row{.load = point.label,
                   .model = model,
                   .quantity = "",
                   .verdict = status,
                   .weight = Weight::fine,
                   .ratio = {},
                   .low = {},
                   .high = {},
                   .note = status == "valid" ? "" : cell.reason().sentence()};
      if (status == "void" || status == "too_slow") row.weight = Weight::failure;
      if (status == "skipped" || status == "not_run") row.weight = Weight::open;
      sheet.rows.push_back(std::move(row));
    }
  }
  return junit_of(sheet);
}

std::string number_text(const json& value) {
  return value.is_number() ? fmt::format("{:.6g}", value.get<double>()) : "-";
}

std::string markdown(const StoredRun& run) {
  const json verdict = verdict_of(run.plan, run.trials);
  std::string text =
      "| load | model | status | median | low | high | unit | rounds |\n|---|---|---|---:|---:|---:|---|---:|\n";
  for (const json& point : verdict.at("points")) {
    for (const json& cell : point.at("cells")) {
      const std::string status = cell.at("status"), reason = cell.at("reason");
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n",
                          markdown_cell(point.at("label").get<std::string>()),
                          markdown_cell(cell.at("model").get<std::string>()),
                          markdown_cell(status == "valid" || reason.empty() ? status : status + ": " + reason),
                          number_text(cell.at("median")), number_text(cell.at("low")), number_text(cell.at("high")),
                          point.at("unit").get<std::string>(), cell.at("rounds_valid").get<std::uint32_t>());
    }
  }
  return text;
}

// All rounds of a cell together: bins of latency, in ns, and how many items.
std::map<std::uint64_t, std::uint64_t> latencies_of(const CellTrials& cell) {
  std::map<std::uint64_t, std::uint64_t> bins;
  for (const json* trial : cell.valid) {
    const json::json_pointer at("/tape/latency_bins");
    if (!trial->contains(at)) continue;
    for (const json& bin : trial->at(at)) bins[bin.at(0).get<std::uint64_t>()] += bin.at(1).get<std::uint64_t>();
  }
  return bins;
}

// The percentiles at which HdrHistogram prints a line: five for each halving of what is left.
std::vector<double> percentiles_to(double last) {
  constexpr double kTicks = 5;
  std::vector<double> all;
  for (double at = 0; at < last;) {
    all.push_back(at);
    at += 1 / (kTicks * std::exp2(std::floor(std::log2(1 / (1 - at))) + 1));
  }
  all.push_back(last);
  return all;
}

std::string hgrm_of(const std::map<std::uint64_t, std::uint64_t>& bins) {
  double total = 0, sum = 0, squares = 0;
  for (const auto& [ns, items] : bins) {
    const auto count = static_cast<double>(items), ms = static_cast<double>(ns) / 1e6;
    total += count;
    sum += count * ms;
    squares += count * ms * ms;
  }
  std::string text =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  auto bin = bins.begin();
  double below = static_cast<double>(bin->second);
  for (const double percentile : percentiles_to(1 - 1 / total)) {
    while (below < percentile * total && std::next(bin) != bins.end()) below += static_cast<double>((++bin)->second);
    text += fmt::format("{:>12.3f} {:>2.12f} {:>10.0f} {:>14.2f}\n", static_cast<double>(bin->first) / 1e6, percentile,
                        below, 1 / (1 - percentile));
  }
  const double most = static_cast<double>(bins.rbegin()->first) / 1e6, mean = sum / total;
  text += fmt::format("{:>12.3f} {:>2.12f} {:>10.0f}\n", most, 1.0, total);
  text += fmt::format("#[Mean    = {:>12.3f}, StdDeviation   = {:>12.3f}]\n", mean,
                      std::sqrt(std::max(0.0, squares / total - mean * mean)));
  text += fmt::format("#[Max     = {:>12.3f}, Total count    = {:>12.0f}]\n", most, total);
  return text + fmt::format("#[Buckets = {:>12}, SubBuckets     = {:>12}]\n", 34, 64);
}

std::string hgrm(const StoredRun& run, const std::string& name) {
  std::string known;
  for (const CellTrials& cell : cells_with_trials(run)) {
    const auto bins = latencies_of(cell);
    if (bins.empty()) continue;
    if (cell.name() == name) return hgrm_of(bins);
    known += (known.empty() ? "" : ", ") + cell.name();
  }
  if (known.empty())
    throw std::invalid_argument(run.name + " has no load whose items come at a rate: latency is told of such alone");
  throw std::invalid_argument(fmt::format("--cell takes one of {}", known));
}

using Exporter = std::string (*)(const StoredRun&);
constexpr std::pair<std::string_view, Exporter> kExporters[] = {{"google-benchmark", google_benchmark},
                                                                {"google-benchmark-summary", google_benchmark_summary},
                                                                {"bencher", bencher},
                                                                {"csv", csv},
                                                                {"junit", junit},
                                                                {"markdown", markdown}};

}  // namespace

std::vector<std::string> export_formats() {
  std::vector<std::string> names{"hgrm"};
  for (const auto& [name, exporter] : kExporters) names.emplace_back(name);
  return names;
}

std::string exported(const StoredRun& run, std::string_view format, const std::string& cell) {
  if (format == "hgrm") return hgrm(run, cell);
  if (!cell.empty()) throw std::invalid_argument(fmt::format("--cell is for hgrm; {} has all cells", format));
  for (const auto& [name, exporter] : kExporters) {
    if (name == format) return exporter(run);
  }
  throw std::invalid_argument(fmt::format("unknown format '{}'", format));
}

}  // namespace interleave
