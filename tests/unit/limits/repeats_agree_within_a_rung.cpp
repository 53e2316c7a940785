// Repeats of a search agree within a rung, although trials fail by chance, machines stand still for seconds, and the
// edge is no line: a rung near it is kept up with at times. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/limits/limits_course.hpp"
#include "harness/limits/limits_plan.hpp"
#include "harness/limits/search.hpp"
#include "harness/numbers/mix.hpp"
#include "tests/unit/harness/made_up_models.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kRungs = 31, kSearches = 200, kRuns = 20;
constexpr double kTrialS = 0.4, kEpisodeS = 10;

// Even draws from 0 to 1.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : seed_(seed) {}
  double next() { return static_cast<double>(mix64(seed_, ++drawn_) >> 11) * 0x1p-53; }

 private:
  std::uint64_t seed_, drawn_ = 0;
};

// How often an undisturbed trial keeps up with a rung: from nine in ten to one in ten within little more than a rung.
double kept_up_with(std::size_t rung, double edge) {
  return 1 / (1 + std::exp((static_cast<double>(rung) - edge) / 0.3));
}

// How many of all pairs are a rung apart at most.
double agreeing(const std::vector<std::size_t>& reaches) {
  double pairs = 0, agree = 0;
  for (std::size_t i = 0; i < reaches.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      agree += std::max(reaches[i], reaches[j]) - std::min(reaches[i], reaches[j]) <= 1 ? 1 : 0;
      ++pairs;
    }
  }
  return agree / pairs;
}

std::size_t reach_of(const Search& search) {
  const auto rung = search.last_that_holds();
  return rung ? *rung + 1 : 0;
}

// The rungs between which a repeat is to be found.
struct Between {
  std::size_t least = 0, most = 0;
};
Between between_of(const Search& search) {
  const auto least = search.last_that_mostly_holds(), most = search.last_that_held_once();
  return {.least = least ? *least + 1 : 0, .most = most ? *most + 1 : 0};
}

// How many of all pairs have intervals that meet, or that are a rung apart.
double meeting(const std::vector<Between>& intervals) {
  double pairs = 0, meet = 0;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Between &a = intervals[i], &b = intervals[j];
      meet += std::max(a.least, b.least) <= std::min(a.most, b.most) + 1 ? 1 : 0;
      ++pairs;
    }
  }
  return meet / pairs;
}

// What went wrong once: the first trial that failed ended a climb as soon as one of two more did, so that where one in
// five was disturbed, a third of the rungs that failed once were taken for the end, and two runs were decades apart.
TEST(Repeats, AgreeWhateverShareOfTrialsIsDisturbed) {
  for (const double disturbed : {0.0, 0.05, 0.1, 0.2}) {
    for (const double edge : {2.0, 9.3, 13.5, 20.0, 27.8}) {
      std::vector<std::size_t> reaches;
      std::vector<Between> intervals;
      std::size_t trials = 0, most = 0;
      for (std::uint64_t repeat = 0; repeat < kSearches; ++repeat) {
        Draws draws(mix64(static_cast<std::uint64_t>(1000 * disturbed + edge), repeat));
        Search search(kRungs);
        std::size_t here = 0;
        while (const auto rung = search.next()) {
          const bool is_disturbed = draws.next() < disturbed;
          search.add(*rung, draws.next() < kept_up_with(*rung, edge) && !is_disturbed);
          ASSERT_LE(++here, 80U) << "it does not end";
        }
        reaches.push_back(reach_of(search));
        intervals.push_back(between_of(search));
        trials += here;
        most = std::max(most, here);
      }
      const auto told = testing::Message() << disturbed << " disturbed, edge at " << edge << ", " << trials / kSearches
                                           << " trials a search, " << most << " at most";
      EXPECT_GE(agreeing(reaches), 0.97) << told;
      EXPECT_GE(meeting(intervals), 0.995) << told;
      EXPECT_LE(trials, 21 * kSearches) << told;
      EXPECT_LE(most, 45U) << told;
    }
  }
}

// Runs of four models on ladders that share no load, on a machine that disturbs a trial in ten, and for ten seconds of
// each run nearly every one.
class OnARestlessMachine : public testing::Test {
 protected:
  using Climb = std::pair<std::size_t, std::size_t>;  // ladder, model
  Climb climb_of(const PlannedTrial& trial) const {
    for (std::size_t ladder = 0; ladder < plan_.ladders.size(); ++ladder) {
      const auto& points = plan_.ladders[ladder].points;
      if (std::find(points.begin(), points.end(), trial.point) != points.end()) return {ladder, trial.model};
    }
    throw std::logic_error("a load of no ladder");
  }

  json answer(const PlannedTrial& trial, bool holds) const {
    json line{{"point", plan_.points[trial.point].id},
              {"model", plan_.models[trial.model].name},
              {"verdict", "valid"},
              {"reasons", json::array()},
              {"efficiency", holds ? 0.99 : 0.5},
              {"server_limited", false}};
    if (holds) return line;
    line["verdict"] = "void";
    line["reasons"].push_back({{"check", "overloaded"}, {"text", "a backlog"}});
    return line;
  }

  // The numbers of the trials of each climb.
  std::map<Climb, std::vector<std::size_t>> run(LimitsCourse& course, std::uint64_t seed, double episode_at) const {
    std::map<Climb, std::vector<std::size_t>> trials;
    Draws draws(seed);
    for (std::size_t done = 0;; ++done) {
      const auto next = course.next();
      if (!next || done > 2000) return trials;
      const Climb climb = climb_of(*next);
      const auto& points = plan_.ladders[climb.first].points;
      const auto rung = static_cast<std::size_t>(std::find(points.begin(), points.end(), next->point) - points.begin());
      const double into = kTrialS * static_cast<double>(done) - episode_at;
      const bool is_disturbed = draws.next() < (into >= 0 && into < kEpisodeS ? 0.9 : 0.1);
      const bool holds = draws.next() < kept_up_with(rung, edge_of(climb)) && !is_disturbed;
      course.add(answer(*next, holds));
      trials[climb].push_back(done);
    }
  }

  double edge_of(Climb climb) const {
    Draws draws(1 + climb.first * 100 + climb.second);
    return 1 + draws.next() * (static_cast<double>(plan_.ladders[climb.first].values.size()) - 2);
  }

  const Plan plan_ = plan_limits(
      {.ladders = {"in_flight_10ms", "in_flight_100ms", "rate", "task_50", "cpu_share_inline", "cpu_share_threads"}},
      {bearer_of("processes", "pool"), bearer_of("threads", "threads"), bearer_of("callbacks", "loop"),
       bearer_of("coroutines", "frames")},
      kTwoCores);
  Draws draws_{3};
};

TEST_F(OnARestlessMachine, RepeatsAgreeAllTheSame) {
  std::map<Climb, std::vector<std::size_t>> reaches;
  std::size_t trials = 0;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    LimitsCourse course(plan_);
    for (const auto& [climb, numbers] : run(course, seed, Draws(1000 + seed).next() * 150)) {
      reaches[climb].push_back(reach_of(*course.search(climb.first, climb.second)));
      trials += numbers.size();
    }
  }
  double agree = 0;
  for (const auto& [climb, some] : reaches) {
    ASSERT_EQ(some.size(), kRuns);
    EXPECT_GE(agreeing(some), 0.8) << plan_.ladders[climb.first].name << ", " << plan_.models[climb.second].name;
    agree += agreeing(some) / static_cast<double>(reaches.size());
  }
  EXPECT_GE(agree, 0.97);
  EXPECT_LE(trials, 17 * kRuns * reaches.size()) << "four families in four minutes, a third of a second each";
}

// It used to go by the number of trials done, which gave the next search that was open the turns of all that were over:
// five answers of a rung in two seconds, all of them of the same bad moment.
TEST_F(OnARestlessMachine, NoSearchHasTwoTurnsInARowWhileOthersAreOpen) {
  LimitsCourse course(plan_);
  std::size_t tried = 0;
  for (std::optional<Climb> before; tried < 40;) {
    const auto next = course.next();
    ASSERT_TRUE(next);
    const bool refuses = next->model != 0;
    const Climb climb = climb_of(*next);
    json line = answer(*next, !refuses && draws_.next() < 0.8);
    if (refuses) line["verdict"] = "skipped";
    course.add(line);
    if (refuses) continue;
    EXPECT_NE(before, climb) << plan_.ladders[climb.first].name << ", trial " << next->trial;
    before = climb;
    ++tried;
  }
}

}  // namespace
}  // namespace interleave
