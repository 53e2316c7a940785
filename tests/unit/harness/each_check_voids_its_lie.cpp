// The void checks: evidence of a right trial passes, and each single deviation fails the check that is there for it.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "harness/trial/checks.hpp"

namespace interleave {
namespace {

using nlohmann::json;

class Checks : public testing::Test {
 protected:
  Checks() {
    load_.workload = "download";
    load_.items = 1000;
    load_.in_flight = 100;
    judgement_.makespan = std::chrono::seconds(1);
    judgement_.times.mean_in_flight = 99;
    evidence_.worker = {{"claims", {{"threads", 1}, {"processes", 1}, {"loops", 1}}},
                        {"cpu_run_ns", {{"total", 500'000'000}}}};
    evidence_.tree_cpu = std::chrono::milliseconds(505);
    evidence_.window = {.go_ns = 1, .over_ns = 1'010'000'000};
    evidence_.ledger = {{"requests", 1000},
                        {"unique", 1000},
                        {"missing", 0},
                        {"duplicates", 0},
                        {"unexpected", 0},
                        {"early_retries", 0},
                        {"fingerprint", "0000000000000def"},
                        {"peak_in_flight", 100},
                        {"plateau_share", 0.99},
                        {"connections_used", 100},
                        {"connections_shed", 0},
                        {"listen_overflows", 0},
                        {"wall_ns", 9.9e8},
                        {"deterministic", true},
                        {"by_chance", {{"rate_limited_429", 0}, {"load_shed_503", 0}, {"keep_alive_races", 0}}},
                        {"cpu_ns", {{"user", 1e8}, {"system", 2e8}}},
                        {"lateness_ns", {{"p99", 1e5}}},
                        {"loop_lag_ns", {{"max", 1e5}}}};
    evidence_.census = {{"threads", 1}, {"processes", 1}, {"sampled", true}};
  }
  void delay() {
    load_.profile.delay = {
        .kind = DelayKind::uniform, .low = std::chrono::milliseconds(50), .high = std::chrono::milliseconds(150)};
  }
  std::vector<Reason> reasons() const { return why_void(load_, about_, requests_, judgement_, evidence_); }
  // The one reason there is.
  void expect(const char* check) const {
    ASSERT_EQ(reasons().size(), 1U);
    EXPECT_EQ(reasons()[0].check, check) << reasons()[0].text;
  }

  static WorkloadAbout connecting() {
    WorkloadAbout about;
    about.connects = true;
    return about;
  }

  Load load_;
  WorkloadAbout about_ = connecting();
  Requests requests_{.ids = 1000, .unique = 1000, .total = 1000, .fingerprint = 0xdef};
  Judgement judgement_;
  Evidence evidence_;
};

TEST_F(Checks, RightEvidencePasses) {
  EXPECT_TRUE(reasons().empty());
  delay();
  EXPECT_TRUE(reasons().empty());
}

TEST_F(Checks, LessCpuThanTheProcessesUsed) {
  evidence_.tree_cpu = std::chrono::milliseconds(560);
  expect(check::kCpu);
  evidence_.worker["cpu_run_ns"] = nullptr;  // a worker need not say: then the harness's own sum counts
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, AHundredthOfASecondIsSeenWhereTheClocksAreExact) {
  load_.in_flight = 10;
  evidence_.ledger["connections_used"] = evidence_.ledger["peak_in_flight"] = 10;
  evidence_.worker["cpu_run_ns"]["total"] = 1;
  evidence_.tree_cpu = std::chrono::milliseconds(10);
  const auto is_cpu = [](const Reason& each) { return each.check == check::kCpu; };
  for (const bool has_ticks : {true, false}) {
    evidence_.has_ticks = has_ticks;
    const auto all = reasons();
    EXPECT_EQ(std::any_of(all.begin(), all.end(), is_cpu), !has_ticks);
  }
}
// Ten thousand threads, which were still at their beginning when the run began.
TEST_F(Checks, LanesTakeTimeToBegin) {
  evidence_.has_ticks = false;
  evidence_.ledger["connections_used"] = evidence_.ledger["peak_in_flight"] = load_.in_flight = 10'000;
  evidence_.worker["cpu_run_ns"]["total"] = 411'600'000;
  evidence_.tree_cpu = std::chrono::microseconds(514'400);
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, MoreCoresThanTheLoadMayHave) {
  load_.cores = 1;
  evidence_.tree_cpu = std::chrono::milliseconds(1900);
  evidence_.worker["cpu_run_ns"]["total"] = 1'900'000'000;
  expect(check::kCpu);
  load_.cores = 2;
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, MissingRequests) {
  evidence_.ledger["missing"] = 1;
  expect(check::kLedger);
}
TEST_F(Checks, DuplicateRequests) {
  evidence_.ledger["duplicates"] = 1;
  expect(check::kLedger);
}
TEST_F(Checks, UnexpectedRequests) {
  evidence_.ledger["unexpected"] = 1;
  expect(check::kLedger);
}
TEST_F(Checks, OtherRequests) {
  evidence_.ledger["fingerprint"] = "0000000000000dee";
  expect(check::kLedger);
}
// A load that calls off 600 of its requests: not all of them need be sent, or be under way by then, but half.
TEST_F(Checks, RequestsThatWereToBeCalledOff) {
  requests_.called_off = 600;
  const auto seen = [&](int requests, int cut) {
    for (const char* const key : {"unique", "requests"}) evidence_.ledger[key] = requests;
    evidence_.ledger["missing"] = 1000 - requests;
    evidence_.ledger["cut_by_client"] = cut;
    evidence_.ledger["fingerprint"] = requests == 1000 ? "0000000000000def" : "0000000000000000";
  };
  for (const auto& [requests, cut] : {std::pair{1000, 600}, {1000, 300}, {1000, 700}, {990, 590}, {700, 300}}) {
    seen(requests, cut);
    EXPECT_TRUE(reasons().empty()) << requests << " " << cut << ": " << reasons().front().text;
  }
  for (const auto& [requests, cut] : {std::pair{1000, 0}, {1000, 299}, {699, 600}}) {
    seen(requests, cut);
    expect(check::kLedger);
  }
  seen(1000, 600);
  evidence_.ledger["fingerprint"] = "0000000000000dee";
  expect(check::kLedger);
}
// A load that asks for some of the ids only: a request too many, one too few, and one in place of another.
TEST_F(Checks, RequestsThatWereNotToBe) {
  requests_ = {.ids = 2000, .unique = 1700, .total = 1750, .fingerprint = 0xdef};
  const auto seen = [&](int unique, int requests) {
    evidence_.ledger["unique"] = unique;
    evidence_.ledger["requests"] = requests;
  };
  seen(1700, 1750);
  EXPECT_TRUE(reasons().empty());
  seen(1701, 1751);
  expect(check::kLedger);
  seen(1699, 1749);
  expect(check::kLedger);
  seen(1700, 1751);
  expect(check::kLedger);
}
TEST_F(Checks, ConnectionsThatWereKept) {
  requests_.connections = 1000;
  evidence_.ledger["connections_used"] = 1000;
  EXPECT_TRUE(reasons().empty());
  evidence_.ledger["connections_used"] = 999;
  expect(check::kLedger);
}
TEST_F(Checks, RetriesThatDidNotWait) {
  evidence_.ledger["early_retries"] = 1;
  expect(check::kLedger);
}
TEST_F(Checks, RepliesByChance) {
  evidence_.ledger["deterministic"] = false;
  evidence_.ledger["by_chance"]["load_shed_503"] = 3;
  expect(check::kLedger);
}
TEST_F(Checks, AMakespanShorterThanTheServersWork) {
  judgement_.makespan = std::chrono::milliseconds(900);
  expect(check::kMakespan);
  evidence_.ledger["loop_lag_ns"]["max"] = 5e7;  // the server itself had to wait, and stamped its last reply late
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, APeakBelowWhatWasAsked) {
  delay();
  evidence_.ledger["peak_in_flight"] = 98;
  expect(check::kSustained);
  evidence_.ledger["peak_in_flight"] = 99;
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, APlateauThatIsNotHeld) {
  delay();
  evidence_.ledger["plateau_share"] = 0.89;
  expect(check::kSustained);
}
TEST_F(Checks, SeveralRequestsAnItemNeedNoPlateau) {
  delay();
  evidence_.ledger["plateau_share"] = 0.5;
  requests_.ids = 2000;
  requests_.unique = requests_.total = 1700;
  evidence_.ledger["unique"] = evidence_.ledger["requests"] = 1700;
  EXPECT_TRUE(reasons().empty());
  evidence_.ledger["peak_in_flight"] = 98;
  expect(check::kSustained);
}
TEST_F(Checks, WorkAfterTheReplyNeedsNoPlateau) {
  delay();
  evidence_.ledger["plateau_share"] = 0.1;
  about_.offloads = true;
  EXPECT_TRUE(reasons().empty());
  evidence_.ledger["peak_in_flight"] = 98;
  EXPECT_EQ(reasons().size(), 1U);
}
TEST_F(Checks, FewerConnectionsThanLanes) {
  evidence_.ledger["connections_used"] = 98;
  expect(check::kSustained);  // who gets an item that does not wait is the scheduler's choice
  delay();
  evidence_.ledger["peak_in_flight"] = 98;
  expect(check::kConcurrency);
}
// Some process may not have had its turn before all was done; who waits idly with lanes to spare has no such excuse.
TEST_F(Checks, FewerConnectionsThanLanesWhereNoCoreWasFree) {
  delay();
  evidence_.ledger["connections_used"] = 98;
  evidence_.tree_cpu = std::chrono::milliseconds(950);  // of a second
  evidence_.worker["cpu_run_ns"]["total"] = 950'000'000;
  expect(check::kSustained);
  load_.cores = 2;
  expect(check::kConcurrency);
}
TEST_F(Checks, IdleLanes) {
  judgement_.times.mean_in_flight = 89;
  expect(check::kSustained);
  load_.items = 999;  // below ten items a lane the ends of the run weigh too much
  evidence_.ledger["unique"] = evidence_.ledger["requests"] = 999;
  requests_.ids = requests_.unique = requests_.total = 999;
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, OneInFlightIsNeverTooFew) {
  load_.in_flight = 1;
  judgement_.times.mean_in_flight = 0.5;  // making a thread or process for each item takes its time
  evidence_.ledger["connections_used"] = 1;
  EXPECT_TRUE(reasons().empty());
  delay();
  evidence_.ledger["plateau_share"] = 0.5;
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, OtherThreadsThanClaimed) {
  evidence_.census["threads"] = 101;
  expect(check::kCensus);
}
TEST_F(Checks, OtherProcessesThanClaimed) {
  evidence_.census["processes"] = 2;
  expect(check::kCensus);
}
TEST_F(Checks, ACensusThatWasNotTakenIsNoReason) {
  evidence_.census = {{"threads", 0}, {"processes", 0}, {"sampled", false}};
  EXPECT_TRUE(reasons().empty());
}
TEST_F(Checks, EvidenceThatIsNotThere) {
  for (const char* key : {"claims", "cpu_run_ns"}) {
    const json whole = evidence_.worker;
    evidence_.worker.erase(key);
    EXPECT_FALSE(reasons().empty()) << key;
    evidence_.worker = whole;
  }
  for (const char* key : {"unique", "fingerprint", "deterministic", "connections_used", "wall_ns"}) {
    const json whole = evidence_.ledger;
    evidence_.ledger.erase(key);
    EXPECT_FALSE(reasons().empty()) << key;
    evidence_.ledger = whole;
  }
  evidence_.worker = nullptr;
  EXPECT_FALSE(reasons().empty());
}

TEST_F(Checks, OnlyWhatWasNotSustainedIsNoFault) {
  const auto trial = [](const char* verdict, std::vector<Reason> reasons) {
    return json{{"verdict", verdict}, {"reasons", reasons}};
  };
  EXPECT_FALSE(is_fault(trial("valid", {})));
  EXPECT_FALSE(is_fault(trial("skipped", {{"limit", "a limit"}})));
  EXPECT_FALSE(is_fault(trial("void", {{"sustained", "only 80 %"}})));
  EXPECT_FALSE(is_fault(trial("void", {{"disturbed", "the harness was stopped"}})));
  EXPECT_TRUE(is_fault(trial("void", {{"concurrency", "at most 50"}})));
  EXPECT_TRUE(is_fault(trial("void", {{"sustained", "only 80 %"}, {"oracle", "1 wrong"}})));
}

TEST_F(Checks, AServerWithoutHeadroomIsALabelNotAReason) {
  delay();
  EXPECT_FALSE(server_limited(load_, false, evidence_.ledger));
  const auto limited = [&](const std::function<void(json&)>& change) {
    json ledger = evidence_.ledger;
    change(ledger);
    return server_limited(load_, false, ledger);
  };
  EXPECT_TRUE(limited([](json& l) { l["cpu_ns"]["user"] = 5e8; }));
  EXPECT_TRUE(limited([](json& l) { l["lateness_ns"]["p99"] = 2.1e6; })) << "2 % of 100 ms";
  EXPECT_FALSE(limited([](json& l) { l["lateness_ns"]["p99"] = 1.9e6; }));
  EXPECT_TRUE(limited([](json& l) { l["listen_overflows"] = 1; }));
  EXPECT_TRUE(limited([](json& l) { l["connections_shed"] = 1; }));
  EXPECT_TRUE(limited([](json& l) { l.erase("lateness_ns"); })) << "no proof of headroom";
  load_.profile.delay = {};
  EXPECT_FALSE(limited([](json& l) { l["cpu_ns"]["user"] = 9e8; }))
      << "without delays both sides are busy, and CPU per item ranks";
}

}  // namespace
}  // namespace interleave
