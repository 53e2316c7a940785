// Plans: what is asked is what is planned, limits and bad requests are told in one line, and plan.json comes back
// whole. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "harness/load/offload_policy.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/plan/settings.hpp"
#include "harness/plan/workload_registry.hpp"

namespace interleave {
namespace {

PlannedModel model(const std::string& name, std::vector<std::string> workloads,
                   std::vector<std::string> policies = {}) {
  PlannedModel made;
  made.name = name;
  made.family = "threads";
  made.style = "blocking";
  made.language = "C++";
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
  for (const char* profile : {"quick", "standard", "rigorous", "classics"}) {
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
  EXPECT_EQ(reference->ranks_by, RanksBy::cpu_keeping_up);
}

TEST(Plan, RanksByWhatTheLoadTells) {
  RunRequest request;
  for (const Point& point : make_plan(request, three(), kMachine).points) {
    const Load& load = point.load;
    const bool delayed = load.profile.delay.kind != DelayKind::none;
    const RanksBy expected = load.parameters.count("rate") > 0                                   ? RanksBy::latency
                             : load.workload == "compute" || load.workload == "download_compute" ? RanksBy::makespan
                             : load.workload == "sleep_many" ? RanksBy::cpu_keeping_up
                             : load.in_flight == 1           ? RanksBy::none
                             : delayed                       ? RanksBy::cpu_keeping_up
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
    const bool connects = known_workload(point.load.workload).about.connects;
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
  EXPECT_NE(with([](auto& r) { r.profile = "x"; }).find("quick, standard, rigorous, classics"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.workloads = {"x"}; }).find("sleep_many"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.server_profile = "x"; }).find("hostile"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"x=1"}; }).find("timeout"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"items=0"}; }).find("items"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"offload=moon"}; }).find("offload"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.settings = {"delay=1h"}; }).find("delay"), std::string::npos);
  EXPECT_NE(with([](auto& r) { r.cores = "3"; }).find("--cores 3"), std::string::npos);
  EXPECT_EQ(with([](auto&) {}), "");
}

TEST(Plan, ClassicsAreMeasuredOneAtATimeAndTogether) {
  RunRequest request;
  request.profile = "classics";
  request.workloads = {"sleep_many"};
  const Plan plan = make_plan(request, three(), kMachine);
  EXPECT_EQ(plan.rounds, 3U);
  std::map<std::string, std::set<std::uint32_t>> in_flight;
  for (const Point& point : plan.points) {
    if (point.load.parameters.count("naps") == 0) continue;  // the million
    EXPECT_EQ(point.load.items, 3U);
    in_flight[point.load.parameters.at("naps")].insert(point.load.in_flight);
  }
  const std::set<std::uint32_t> both{1, 3};
  EXPECT_EQ(in_flight, (std::map<std::string, std::set<std::uint32_t>>{{"10ms", both}, {"10ms,20ms,30ms", both}}));
}

TEST(Plan, AnUnknownSettingIsAnsweredWithTheKeysOfWhatWasChosen) {
  const auto known_to = [](const char* workload) {
    RunRequest request;
    request.workloads = {workload};
    request.settings = {"nosuch=1"};
    const std::string refusal = refusal_of(request);
    return refusal.substr(std::min(refusal.size(), refusal.find("known: ")));
  };
  EXPECT_EQ(known_to("download"),
            "known: items, timeout, delay, bytes, connections (download), arrivals (download), rate (download)");
  EXPECT_EQ(known_to("compute"), "known: items, grain (compute)");
  EXPECT_EQ(known_to("download_compute"),
            "known: items, timeout, delay, bytes, cpu_share (download_compute), work (download_compute), "
            "squares_per_us (download_compute), arrivals (download_compute), "
            "rate (download_compute), offload (policy), offload_workers (policy)");
}

TEST(Plan, PointsBeyondTheMachineAreSkippedWithTheLimitAndTheOthersRun) {
  for (const bool asked : {false, true}) {
    RunRequest request;
    request.profile = "standard";
    if (asked) request.in_flight = {1000};
    const Plan plan = make_plan(request, three(), {2, 1024, 28'000});
    std::set<std::string> run;
    for (const PlannedTrial& trial : plan.order) run.insert(plan.points[trial.point].id);
    for (const Point& point : plan.points) {
      const bool fits = !known_workload(point.load.workload).about.connects || point.load.in_flight <= 960;
      EXPECT_EQ(run.contains(point.id), fits) << point.id;
      const auto told = std::count_if(plan.skips.begin(), plan.skips.end(), [&](const PlannedSkip& skip) {
        return skip.point == point.id && skip.reason.find("ulimit -n") != std::string::npos;
      });
      EXPECT_EQ(told, fits ? 0 : 3) << "every model";
    }
  }
}

TEST(Plan, APointsFatesDoNotDependOnTheOthers) {
  const auto seeds = [](std::vector<std::string> workloads, std::vector<std::uint32_t> in_flight) {
    RunRequest request;
    request.workloads = std::move(workloads);
    request.in_flight = std::move(in_flight);
    request.settings = {"items=500"};
    std::map<std::string, std::uint64_t> by_id;
    for (const Point& point : make_plan(request, three(), kMachine).points) by_id[point.id] = point.load.seed;
    return by_id;
  };
  const auto all = seeds({}, {10, 20, 50}), some = seeds({"sleep_many", "download"}, {20});
  ASSERT_FALSE(some.empty());
  for (const auto& [id, seed] : some) EXPECT_EQ(all.at(id), seed) << id;
  std::set<std::uint64_t> different;
  for (const auto& [id, seed] : all) different.insert(seed);
  EXPECT_EQ(different.size(), all.size());
}

TEST(Plan, IdsNameAllInWhichPointsDiffer) {
  const auto id_with = [](const char* setting) {
    RunRequest request;
    request.workloads = {"download"};
    request.in_flight = {10};
    request.settings = {"items=100", setting};
    return make_plan(request, three(), kMachine).points.front().id;
  };
  std::set<std::string> ids;
  for (const char* const setting :
       {"items=100", "items=101", "delay=5ms", "delay=5ms..6ms", "bytes=7", "bytes=7..8", "timeout=2s"}) {
    EXPECT_TRUE(ids.insert(id_with(setting)).second) << setting;
  }
  RunRequest faulty;
  faulty.workloads = {"download"};
  faulty.in_flight = {10};
  faulty.settings = {"items=100"};
  faulty.server_profile = "error";
  EXPECT_TRUE(ids.insert(make_plan(faulty, three(), kMachine).points.front().id).second);
  faulty.server_profile = "hostile";
  EXPECT_TRUE(ids.insert(make_plan(faulty, three(), kMachine).points.front().id).second);
}

TEST(Plan, ALoadThatNobodyCanKeepUpWithIsSkippedAndTheOthersRun) {
  RunRequest request;
  request.workloads = {"download"};
  request.in_flight = {2};
  request.settings = {"delay=10ms"};
  for (const Point& point : make_plan(request, three(), kMachine).points)
    EXPECT_NE(point.ranks_by, RanksBy::latency) << "no load that arrives was asked for";
  request.in_flight = {2, 200};
  request.settings = {"delay=10ms", "arrivals=constant", "rate=1000"};
  const Plan plan = make_plan(request, three(), kMachine);
  const auto skip = std::find_if(plan.skips.begin(), plan.skips.end(), [](const PlannedSkip& each) {
    return each.reason.find("ask for a lower rate or more in flight") != std::string::npos;
  });
  ASSERT_NE(skip, plan.skips.end()) << "1,000 a second, of 10 ms each, by two lanes";
  EXPECT_FALSE(plan.order.empty());
  request.in_flight = {2};
  EXPECT_THROW(make_plan(request, three(), kMachine), std::invalid_argument) << "nothing else is asked for";
}

TEST(Plan, ALoadWithoutAnIdealRanksByCpu) {
  RunRequest request;
  request.workloads = {"sleep_many"};
  request.in_flight = {10};
  request.settings = {"least=0s", "most=0s"};
  for (const Point& point : make_plan(request, three(), kMachine).points)
    EXPECT_EQ(point.ranks_by, RanksBy::cpu_per_item);
}

TEST(Plan, DescribesTheWorkloadsThatOccur) {
  RunRequest request;
  request.workloads = {"sleep_many"};
  const Plan plan = make_plan(request, three(), kMachine);
  ASSERT_EQ(plan.workloads.size(), 1U);
  EXPECT_EQ(about_workload(plan, "sleep_many").ideal, IdealKind::exact);
  EXPECT_THROW(about_workload(plan, "compute"), std::invalid_argument);
}

TEST(Plan, ComesBackFromItsFile) {
  RunRequest request;
  request.seed = 11;
  Plan plan = make_plan(request, three(), kMachine);
  plan.version = "1";
  plan.command = {"interleave", "run"};
  const nlohmann::json file = plan;
  EXPECT_EQ(nlohmann::json(file.get<Plan>()), file);
  nlohmann::json damaged = file;
  damaged["order"][0]["model"] = "nobody";
  EXPECT_THROW(damaged.get<Plan>(), std::invalid_argument);
  damaged = file;
  damaged["points"][0].erase("seed");
  EXPECT_THROW(damaged.get<Plan>(), std::invalid_argument);
}

TEST(Plan, IsTheSameForTheSameSeed) {
  RunRequest request;
  request.seed = 3;
  const nlohmann::json first = make_plan(request, three(), kMachine);
  EXPECT_EQ(first, nlohmann::json(make_plan(request, three(), kMachine)));
  request.seed = 4;
  EXPECT_NE(first.at("order"), nlohmann::json(make_plan(request, three(), kMachine)).at("order"));
}

// `interleave run --workloads NAME` has something to run whatever the workload.
TEST(Plan, AWorkloadThatIsInNoGridIsTheClassicThatItIs) {
  RunRequest request;
  request.profile = "quick";
  for (const Workload& workload : known_workloads()) {
    request.workloads = {workload.about.name};
    const PlannedModel able = model("able", {workload.about.name}, {"offload", "offload_workers"});
    EXPECT_FALSE(make_plan(request, {able}, kMachine).order.empty()) << workload.about.name;
  }
  request.workloads = {};
  for (const Point& point : make_plan(request, three(), kMachine).points) {
    const Workload& workload = known_workload(point.load.workload);
    EXPECT_TRUE(std::any_of(workload.series.begin(), workload.series.end(),
                            [](const Series& each) { return each.profile == "quick"; }))
        << "not asked for: " << point.id;
  }
}

}  // namespace
}  // namespace interleave
