// The file, and the keys that its figures hang on.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/baseline.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/machine/facts.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kSchema = 1;

std::string level_of_cpu() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  if (__builtin_cpu_supports("x86-64-v2")) return "x86-64-v2";
  return "x86-64";
#else
  return "";
#endif
}

std::string text_of_fact(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

json gaps_json(const std::vector<GateGap>& gaps) {
  json list = json::array();
  for (const GateGap& gap : gaps) list.push_back({{"load", gap.load}, {"model", gap.model}, {"what", gap.what}});
  return list;
}

std::vector<GateGap> gaps_in(const json& list) {
  std::vector<GateGap> gaps;
  for (const json& gap : list) gaps.push_back({gap.at("load"), gap.at("model"), gap.at("what")});
  return gaps;
}

json table_of(const std::map<std::string, double>& values) {
  json table = json::object();
  for (const auto& [name, value] : values) table[name] = value;
  return table;
}

}  // namespace

void to_json(json& out, const Baseline& baseline) {
  json cells = json::array(), counts = json::array();
  for (const BaselineCell& cell : baseline.cells)
    cells.push_back({{"point", cell.point},
                     {"load", cell.load},
                     {"model", cell.model},
                     {"work", cell.work},
                     {"costs", table_of(cell.costs)}});
  for (const BaselineCounts& each : baseline.counts)
    counts.push_back({{"load", each.load}, {"model", each.model}, {"values", table_of(each.values)}});
  out = {{"schema", kSchema},
         {"version", baseline.version},
         {"commit", baseline.commit},
         {"created", baseline.created},
         {"profile", baseline.profile},
         {"seed", baseline.seed},
         {"rounds", baseline.rounds},
         {"machine", baseline.machine},
         {"cpu_key", baseline.cpu_key},
         {"flags", baseline.flags},
         {"controls", table_of(baseline.controls)},
         {"cells", std::move(cells)},
         {"counts", std::move(counts)},
         {"has_times", baseline.has_times},
         {"has_counts", baseline.has_counts},
         {"not_counted", baseline.uncounted},
         {"voids", gaps_json(baseline.voids)},
         {"too_slow", gaps_json(baseline.too_slow)}};
}

void from_json(const json& from, Baseline& baseline) {
  if (!from.is_object() || from.value("schema", json()) != kSchema)
    throw std::invalid_argument(fmt::format("it is no baseline of schema {}", kSchema));
  try {
    from.at("version").get_to(baseline.version);
    from.at("commit").get_to(baseline.commit);
    from.at("created").get_to(baseline.created);
    from.at("profile").get_to(baseline.profile);
    from.at("seed").get_to(baseline.seed);
    from.at("rounds").get_to(baseline.rounds);
    from.at("machine").get_to(baseline.machine);
    from.at("cpu_key").get_to(baseline.cpu_key);
    from.at("flags").get_to(baseline.flags);
    from.at("controls").get_to(baseline.controls);
    for (const json& cell : from.at("cells"))
      baseline.cells.push_back(
          {cell.at("point"), cell.at("load"), cell.at("model"), cell.at("work"), cell.at("costs")});
    for (const json& each : from.at("counts"))
      baseline.counts.push_back({each.at("load"), each.at("model"), each.at("values")});
    from.at("has_times").get_to(baseline.has_times);
    from.at("has_counts").get_to(baseline.has_counts);
    from.at("not_counted").get_to(baseline.uncounted);
    baseline.voids = gaps_in(from.at("voids"));
    baseline.too_slow = gaps_in(from.at("too_slow"));
  } catch (const json::exception& error) {
    throw std::invalid_argument(std::string("it is damaged: ") + error.what());
  }
  if (baseline.rounds < kFewestBaselineRounds || baseline.rounds > kMostBaselineRounds)
    throw std::invalid_argument(fmt::format("it is damaged: {} rounds", from.at("rounds").dump()));
  for (const BaselineCell& cell : baseline.cells) {
    for (const auto& [name, cost] : cell.costs) {
      if (!(cost > 0))
        throw std::invalid_argument(fmt::format("it is damaged: {} of {} is not above 0", name, cell.model));
    }
  }
}

Baseline read_baseline(const fs::path& file) {
  std::ifstream in(file);
  if (!in)
    throw std::invalid_argument(fmt::format("there is no {}: interleave baseline update makes one", file.string()));
  try {
    return json::parse(in, nullptr, false).get<Baseline>();
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", file.string(), error.what()));
  }
}

std::map<std::string, std::string> machine_key() {
  const json facts = machine_facts();
  return {{"cpu", text_of_fact(facts.at("cpu"))},
          {"cores", text_of_fact(facts.at("cores"))},
          {"kernel", text_of_fact(facts.at("kernel"))}};
}

std::map<std::string, std::string> cpu_key() {
  return {
      {"cpu", text_of_fact(machine_facts().at("cpu"))}, {"glibc", ::gnu_get_libc_version()}, {"level", level_of_cpu()}};
}

}  // namespace interleave
