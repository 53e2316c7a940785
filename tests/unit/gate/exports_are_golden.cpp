// Each format of a made-up run, against the file that holds it; UPDATE_GOLDEN=1 writes them anew.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/gate/exports.hpp"
#include "tests/unit/harness/made_up_run.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// Two loads, of which one ranks by CPU; a void round, a round without a value, a model that is skipped at one.
StoredRun a_run() {
  StoredRun run{.name = "run", .plan = small_plan(3), .trials = {}, .environment = {{"machine", {{"cores", 2}}}}};
  run.plan.version = "1.2.3";
  run.plan.created = "2026-01-02T03:04:05Z";
  run.plan.points.push_back(made_up_point("q", "another, \"quoted\" | load", 100));
  run.plan.points.back().ranks_by = RanksBy::cpu_per_item;
  order_trials(run.plan);
  run.trials = small_trials(run.plan);
  for (json& trial : run.trials) {
    trial["cpu_per_item_ns"] = 5000 + trial["trial"].get<int>();
    trial["efficiency"] = nullptr;
    trial["tape"] = {{"service_ns", {{"p50", 100}, {"p99", 900}}}, {"wake_up_lag_ns", {{"p99", 0}}}};
    if (trial["point"] == "q") trial["tape"]["latency_bins"] = {{1'000'000, 90}, {2'000'000, 9}, {50'000'000, 1}};
    if (trial["point"] == "q" && trial["model"] == "slow")
      spoil(trial, "skipped", reason("limit", "no \"room\", none"));
  }
  spoil(run.trials[0], "void", reason("oracle", "item 3 is <missing>"));
  return run;
}

class Exports : public testing::TestWithParam<std::string> {};

TEST_P(Exports, AreAsTheirFileSays) {
  const std::filesystem::path file = std::filesystem::path(GOLDEN_EXPORTS) / GetParam();
  const std::string text = exported(a_run(), GetParam(), GetParam() == "hgrm" ? "fast/q" : "");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file) << text;
  std::ostringstream golden;
  golden << std::ifstream(file).rdbuf();
  EXPECT_EQ(text, golden.str());
}

std::string letters_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::erase(name, '-');
  return name;
}
INSTANTIATE_TEST_SUITE_P(All, Exports, testing::ValuesIn(export_formats()), letters_of);

TEST(Export, OfHdrHistogramIsOfOneCell) {
  EXPECT_THROW(exported(a_run(), "hgrm"), std::invalid_argument);
  EXPECT_THROW(exported(a_run(), "hgrm", "fast/p"), std::invalid_argument) << "nothing comes at a rate there";
  EXPECT_THROW(exported(a_run(), "csv", "fast/q"), std::invalid_argument);
  const std::string text = exported(a_run(), "hgrm", "fast/q");
  EXPECT_NE(text.find("Total count    =          300"), std::string::npos) << "three rounds of a hundred items";
  EXPECT_NE(text.find("      50.000 1.000000000000        300"), std::string::npos);
}

TEST(Export, OfGoogleBenchmarkHaveARowARound) {
  const json rows = json::parse(exported(a_run(), "google-benchmark"))["benchmarks"];
  ASSERT_EQ(rows.size(), 2U + 3 + 3) << "void and skipped trials have no row";
  EXPECT_EQ(rows[0]["name"], "fast/p");
  EXPECT_EQ(rows[0]["repetitions"], 2);
  for (const json& row : rows) EXPECT_EQ(row["run_type"], "iteration") << "readers reject other kinds";
}

TEST(Export, HaveWhatReadersAskFor) {
  const json context = json::parse(exported(a_run(), "google-benchmark-summary"))["context"];
  EXPECT_TRUE(context["caches"].is_array());
  EXPECT_EQ(context["num_cpus"], 2);
}

TEST(Export, RefuseWhatIsNoFormat) { EXPECT_THROW(exported(a_run(), "xml"), std::invalid_argument); }

TEST(Export, OfAnEmptyRunAreWhole) {
  StoredRun run = a_run();
  run.trials.clear();
  for (const std::string& format : export_formats()) {
    if (format == "hgrm") EXPECT_THROW(exported(run, format), std::invalid_argument);
    else EXPECT_FALSE(exported(run, format).empty()) << format;
  }
}

}  // namespace
}  // namespace interleave
