// Plans: what is asked is what is planned, limits and bad requests are told in one line, and plan.json comes back
// whole. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "harness/plan/known_workloads.hpp"
#include "harness/plan/make_plan.hpp"
#include "workloads/all.hpp"

namespace interleave {
namespace {

PlannedModel model(const std::string& name, std::vector<std::string> workloads,
                   std::vector<std::string> policies = {}) {
  PlannedModel made;
  made.name = name;
  made.style = "blocking";
  made.workloads = std::move(workloads);
  made.policies = std::move(policies);
  return made;
}

std::vector<PlannedModel> three() {
  return {model("a", {"download", "sleep_many", "compute", "download_compute"}, {"offload", "offload_workers"}),
          model("b", {"download", "sleep_many", "compute"}), model("c", {"compute"})};
}

constexpr MachineLimits kMachine{2, 20'000, 28'000};

std::string refusal_of(const RunRequest& request, const MachineLimits& limits = kMachine) {
  try {
    make_plan(request, three(), limits);
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return "";
}

TEST(Plan, HasEveryModelOnceARoundAtEachOfItsPoints) {
  for (const char* profile : {"quick", "standard", "rigorous"}) {
    RunRequest request;
    request.profile = profile;
    const Plan plan = make_plan(request, three(), kMachine);
    std::map<std::tuple<std::uint32_t, std::size_t, std::size_t>, int> times;
    for (const PlannedTrial& trial : plan.order) ++times[{trial.round, trial.point, trial.model}];
    EXPECT_EQ(times.size(), plan.order.size()) << "none twice";
    std::set<std::pair<std::string, std::string>> skipped;
    for (const PlannedSkip& skip : plan.skips) skipped.insert({skip.model, skip.point});
    for (std::uint32_t round = 0; round < plan.rounds; ++round) {
      for (std::size_t p = 0; p < plan.points.size(); ++p) {
        for (std::size_t m = 0; m < plan.models.size(); ++m) {
          const bool planned = times.contains({round, p, m});
          EXPECT_NE(planned, skipped.contains({plan.models[m].name, plan.points[p].id}))
              << "run, or skipped with a reason";
        }
      }
    }
  }
}

TEST(Plan, StandardHasTheReferencePoint) {
  RunRequest request;
  request.profile = "standard";
  const Plan plan = make_plan(request, three(), kMachine);
  EXPECT_EQ(plan.rounds, 30U);
  const auto reference = std::find_if(plan.points.begin(), plan.points.end(), [](const Point& point) {
    const Load& load = point.load;
    return load.workload == "download" && load.items == 10'000 && load.in_flight == 1000 &&
           load.profile.delay.kind == DelayKind::uniform && load.profile.delay.low == std::chrono::milliseconds(50) &&
           load.profile.delay.high == std::chrono::milliseconds(150) && load.profile.faults.empty();
  });
  ASSERT_NE(reference, plan.points.end());
  EXPECT_EQ(reference->ranks_by, RanksBy::efficiency);
}

TEST(Plan, RanksByWhatTheLoadTells) {
  RunRequest request;
  for (const Point& point : make_plan(request, three(), kMachine).points) {
    const Load& load = point.load;
    const bool delayed = load.profile.delay.kind != DelayKind::none;
    const RanksBy expected = load.workload == "compute" || load.workload == "download_compute" ? RanksBy::makespan
                             : load.workload == "sleep_many"                                   ? RanksBy::efficiency
                             : load.in_flight == 1                                             ? RanksBy::none
                             : delayed                                                         ? RanksBy::efficiency
                                                                                               : RanksBy::cpu_per_item;
    EXPECT_EQ(point.ranks_by, expected) << point.id;
  }
}

TEST(Plan, ALoadsLabelIsItsSeriesAndItsPlaceInThat) {
  RunRequest request;
  request.profile = "standard";
  for (const Point& point : make_plan(request, three(), kMachine).points) {
    const std::string place = fmt::format(", {} in flight{}", point.load.in_flight,
                                          point.load.cores == 1 ? "" : fmt::format(", {} cores", point.load.cores));
    EXPECT_EQ(point.label, point.series + place);
    EXPECT_EQ(point.series.find("in flight"), std::string::npos);
  }
}

TEST(Plan, LeavesTheServerItsCore) {
  RunRequest request;
  request.cores = "all";
  for (const Point& point : make_plan(request, three(), {4, 20'000, 28'000}).points) {
    const bool connects = known_workload(point.load.workload).connects;
    EXPECT_EQ(point.load.cores, connects ? 3U : 4U) << point.id;
  }
  for (const Point& point : make_plan(request, three(), {1, 20'000, 28'000}).points) EXPECT_EQ(point.load.cores, 1U);
}

TEST(Plan, SettingsReachTheLoadsThatKnowThem) {
  RunRequest request;
  request.workloads = {"download", "compute"};
  request.in_flight = {2};
  request.settings = {"items=50", "delay=1ms..3ms", "bytes=10..20", "timeout=2s", "grain=77"};
  const Plan plan = make_plan(request, three(), kMachine);
  ASSERT_FALSE(plan.points.empty());
  std::set<std::string> ids;
  for (const Point& point : plan.points) {
    EXPECT_TRUE(ids.insert(point.id).second) << "one point a load";
    const Load& load = point.load;
    EXPECT_EQ(load.items, 50U);
    EXPECT_EQ(load.in_flight, 2U);
    if (load.workload == "compute") {
      EXPECT_EQ(load.parameters.at("grain"), "77");
    } else {
      EXPECT_EQ(load.profile.delay.low, std::chrono::milliseconds(1));
      EXPECT_EQ(load.profile.delay.high, std::chrono::milliseconds(3));
      EXPECT_EQ(load.profile.bytes_high, 20U);
      EXPECT_EQ(load.timeout, std::chrono::seconds(2));
      EXPECT_TRUE(load.parameters.empty());
    }
  }
}

TEST(Plan, APolicySkipsTheModelsWithoutIt) {
  RunRequest request;
  request.workloads = {"download_compute"};
  request.settings = {"offload=threads"};
  const Plan plan = make_plan(request, three(), kMachine);
  for (const PlannedTrial& trial : plan.order) EXPECT_EQ(plan.models[trial.model].name, "a");
  for (const Point& point : plan.points) EXPECT_EQ(point.load.policies.at("offload"), "threads");
}

TEST(Plan, RefusesInOneLineThatNamesTheWayOut) {
  const auto with = [](auto change) {
    RunRequest request;
    change(request);
    return refusal_of(request);
  };
  EXPECT_NE(with([](auto& r) { r.profile = "x"; }).find("quick, standard, rigorous"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.workloads = {"x"}; }).find("sleep_many"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.server_profile = "x"; }).find("hostile"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"x=1"}; }).find("timeout"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"items=0"}; }).find("items"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"offload=moon"}; }).find("offload"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"delay=1h"}; }).find("delay"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.cores = "3"; }).find("--cores 3"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.in_flight = {19'990}; }).find("19936"), std::string::npos);
  EXPECT_EQ(with([](auto&) {}), "");
}

TEST(Plan, AnUnknownSettingIsAnsweredWithTheKeysOfWhatWasChosen) {
  const auto known_to = [](const char* workload) {
    RunRequest request;
    request.workloads = {workload};
    request.settings = {"nosuch=1"};
    const std::string refusal = refusal_of(request);
    return refusal.substr(std::min(refusal.size(), refusal.find("known: ")));
  };
  EXPECT_EQ(known_to("download"), "known: items, timeout, delay, bytes");
  EXPECT_EQ(known_to("compute"), "known: items, grain (compute)");
  EXPECT_EQ(known_to("download_compute"),
            "known: items, timeout, delay, bytes, cpu_share (download_compute), work (download_compute), "
            "squares_per_us (download_compute), offload (policy), offload_workers (policy)");
}

TEST(Plan, PointsOfAProfileBeyondTheMachineAreSkippedWithTheLimit) {
  RunRequest request;
  request.profile = "standard";
  const Plan plan = make_plan(request, three(), {2, 1024, 28'000});
  for (const Point& point : plan.points)
    EXPECT_TRUE(point.load.workload == "sleep_many" || point.load.in_flight <= 960) << point.id;
  const bool told = std::any_of(plan.skips.begin(), plan.skips.end(), [](const PlannedSkip& skip) {
    return skip.reason.find("ulimit -n") != std::string::npos;
  });
  EXPECT_TRUE(told);
}

TEST(Plan, ComesBackFromItsFile) {
  RunRequest request;
  request.seed = 11;
  Plan plan = make_plan(request, three(), kMachine);
  plan.version = "1";
  plan.command = {"interleave", "run"};
  const nlohmann::json file = to_json(plan);
  EXPECT_EQ(to_json(plan_from_json(file)), file);
  nlohmann::json damaged = file;
  damaged["order"][0]["model"] = "nobody";
  EXPECT_THROW(plan_from_json(damaged), std::invalid_argument);
  damaged = file;
  damaged["points"][0].erase("seed");
  EXPECT_THROW(plan_from_json(damaged), std::invalid_argument);
}

TEST(Plan, IsTheSameForTheSameSeed) {
  RunRequest request;
  request.seed = 3;
  const auto first = to_json(make_plan(request, three(), kMachine));
  EXPECT_EQ(first, to_json(make_plan(request, three(), kMachine)));
  request.seed = 4;
  EXPECT_NE(first.at("order"), to_json(make_plan(request, three(), kMachine)).at("order"));
}

TEST(KnownWorkloads, AreAllOfThemWithWords) {
  for (const KnownWorkload& workload : known_workloads()) EXPECT_FALSE(workload.summary.empty()) << workload.name;
}

TEST(KnownWorkloads, OraclesAddUpToTheItems) {
  Load load;
  load.workload = "download";
  load.items = 400;
  load.in_flight = 4;
  load.seed = 9;
  load.timeout = std::chrono::seconds(1);
  load.profile = profile_named("error", 0.001);
  const Oracle oracle = known_workload("download").oracle(load);
  std::uint64_t sum = 0;
  for (const std::uint64_t count : oracle.outcomes) sum += count;
  EXPECT_EQ(sum, 400U);
  EXPECT_EQ(oracle.outcomes[static_cast<std::size_t>(Outcome::timeout)], 4U) << "1 % hang";
  EXPECT_EQ(oracle.outcomes[static_cast<std::size_t>(Outcome::ok)], 300U);
  EXPECT_NE(oracle.fingerprint, 0U);
  EXPECT_EQ(oracle.ideal, known_workload("download").ideal(load));
}

}  // namespace
}  // namespace interleave
