// The same of the classics with several requests an item, and their blocking bodies against a lane that knows the
// fates. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/worker/loads_for_specs.hpp"
#include "workloads/all_bodies.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

// Answers at once what the server would, and adds up the time that it would take.
class OracularLane {
 public:
  OracularLane(const Load& load, std::uint64_t ids) : fates_(load.profile, load.seed, ids) {}
  Reply fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  Reply fetch_within(const Request& request, nanoseconds limit) {
    const Fate fate = fates_.of(request.item, request.attempt);
    asked_.insert({request.item, request.attempt});
    fingerprint_ += fingerprint_of(request.item, request.attempt, fate);
    took_ += expected_hold(fate, limit);
    Reply reply;
    reply.outcome = expected_outcome(fate, limit);
    reply.status = fate.status;
    reply.digest = body_digest(request.item, fate.bytes);
    if (fate.status == 429 || fate.status == 503) reply.retry_after_s = fates_.profile().retry_after_s;
    return reply;
  }
  void sleep(nanoseconds time) { took_ += time; }

  std::multiset<std::pair<std::uint32_t, std::uint32_t>> asked_;  // id, attempt
  std::uint64_t fingerprint_ = 0;
  nanoseconds took_{0};

 private:
  Fates fates_;
};

// Does every item by its blocking body, and compares it and all requests with the spec's answers.
template <class W>
void does_what_its_spec_says(Load load) {
  const Workload spec = workload<typename W::Spec>();
  const Prepared prepared = spec.prepare(load);
  load.inputs = prepared.inputs;
  OracularLane lane(load, prepared.requests.ids);
  for (std::uint32_t item = 0; item < load.items; ++item) {
    lane.took_ = nanoseconds(0);
    const ItemResult result = W::blocking(lane, load, item);
    ASSERT_EQ(result.item, item);
    ASSERT_EQ(result.outcome, prepared.expected[item].outcome) << item;
    ASSERT_EQ(result.digest, prepared.expected[item].digest) << item;
    ASSERT_EQ(lane.took_.count(), prepared.expected[item].least_ns) << item;
  }
  std::set<std::uint32_t> ids;
  for (const auto& [id, attempt] : lane.asked_) ids.insert(id);
  EXPECT_EQ(ids.size(), prepared.requests.unique);
  EXPECT_EQ(lane.asked_.size(), prepared.requests.total);
  EXPECT_EQ(lane.fingerprint_, prepared.requests.fingerprint);
}

TEST(DownloadChain, BodyAndOracleAgreeOnEveryRequest) {
  does_what_its_spec_says<DownloadChain>(load_of(profile_named("delay"), 50, 1));
  does_what_its_spec_says<DownloadChain>(load_of(profile_named("error"), 500, 1));
}

TEST(DownloadChain, AsksForNoNameWhereThereIsNoImage) {
  const Load load = load_of(profile_named("error"), 500, 1);
  const Requests asked = DownloadChainSpec(load).requests();
  const Fates fates(load.profile, load.seed, 1000);
  std::uint64_t images = 0;
  for (std::uint32_t item = 0; item < 500; ++item)
    images += expected_outcome(fates.of(item), load.timeout) == Outcome::ok ? 1 : 0;
  EXPECT_EQ(asked.ids, 1000U);
  EXPECT_EQ(asked.unique, 500 + images);
  EXPECT_LT(images, 500U);
}

TEST(DownloadChain, IdealIsTheListScheduleOfTheChains) {
  EXPECT_EQ(DownloadChainSpec(load_of(fixed(10ms), 100, 10)).ideal(), 200ms);
  EXPECT_EQ(DownloadChainSpec(load_of(fixed(10ms), 101, 10)).ideal(), 220ms);
}

TEST(DownloadChain, RefusesMoreIdsThanAServerHas) {
  EXPECT_NE(refusal<DownloadChainSpec>(load_of({}, 50'000'001, 1)).find("two ids"), std::string::npos);
}

TEST(Retry, BodyAndOracleAgreeOnEveryAttempt) {
  for (const char* const profile : {"local", "error", "busy", "flaky"}) {
    does_what_its_spec_says<Retry>(load_of(profile_named(profile), 500, 1));
    does_what_its_spec_says<Retry>(load_of(profile_named(profile), 500, 1, {{"attempts", "16"}, {"backoff", "0s"}}));
    does_what_its_spec_says<Retry>(load_of(profile_named(profile), 500, 1, {{"attempts", "1"}}));
  }
}

TEST(DownloadSave, WhatIsOkIsSavedAndNothingElse) {
  const Load load = load_of(profile_named("error"), 100, 1);
  const Prepared prepared = workload<DownloadSaveSpec>().prepare(load);
  ASSERT_EQ(prepared.saved.size(), 100U);
  std::uint64_t files = 0;
  for (std::uint32_t item = 0; item < 100; ++item) {
    EXPECT_EQ(prepared.saved[item].is_one, prepared.expected[item].outcome == Outcome::ok) << item;
    if (!prepared.saved[item].is_one) continue;
    ++files;
    EXPECT_EQ(prepared.saved[item].digest, body_digest(item, prepared.saved[item].bytes));
  }
  EXPECT_EQ(files, 75U);
  const Load kept = load_of(profile_named("error"), 100, 1, {{"save", "none"}});
  EXPECT_TRUE(workload<DownloadSaveSpec>().prepare(kept).saved.empty());
}

TEST(DownloadSave, WhoWritesIsWhatThePolicySays) {
  Load load = load_of({}, 10, 1, {{"save", "offload"}});
  EXPECT_EQ(refusal<DownloadSaveSpec>(load), "save=offload goes with the policy offload=threads, not inline");
  load.policies["offload"] = "processes";
  EXPECT_EQ(refusal<DownloadSaveSpec>(load), "save=offload goes with the policy offload=threads, not processes");
  load.policies["offload"] = "threads";
  EXPECT_EQ(refusal<DownloadSaveSpec>(load), "");
  load.parameters["save"] = "inline";
  EXPECT_EQ(refusal<DownloadSaveSpec>(load), "save=inline goes with the policy offload=inline, not threads");
  load.parameters["save"] = "twice";
  EXPECT_EQ(refusal<DownloadSaveSpec>(load), "save=twice: known are none, inline, offload");
  Load large = load_of({}, 2000, 1);
  large.profile.bytes_low = large.profile.bytes_high = 1 << 20;
  EXPECT_EQ(refusal<DownloadSaveSpec>(large),
            "the load would save 2000 MiB, at most 1024 MiB are: fewer or smaller items");
}

TEST(Retry, AsksUntilItIsServedOrMayNotAskAgain) {
  Profile refusing = fixed(10ms);
  refusing.faults = {{Fault::status, 503, 1'000'000}};
  const RetrySpec spec(load_of(refusing, 20, 1, {{"attempts", "3"}, {"backoff", "0s"}}));
  EXPECT_EQ(spec.requests().total, 60U);
  EXPECT_EQ(spec.expected(7).outcome, Outcome::http_error);
  EXPECT_EQ(spec.expected(7).least_ns, 30'000'000);
  EXPECT_EQ(spec.ideal(), 600ms);
  refusing.faults[0].status = 500;
  EXPECT_EQ(RetrySpec(load_of(refusing, 20, 1)).requests().total, 20U) << "nothing says that it would pass";
}

TEST(Retry, PausesDoubleAndNeverEndBeforeRetryAfter) {
  const ItemInput input{.wait_ns = 20'000'000, .work = 4, .argument = 0};
  EXPECT_EQ(pause_behind(input, 0, 0), 20ms);
  EXPECT_EQ(pause_behind(input, 2, 0), 80ms);
  EXPECT_EQ(pause_behind(input, 2, 1), 1s);
  const RetrySpec spec(load_of({}, 1000, 1, {{"backoff", "16ms"}}));
  std::set<std::int64_t> pauses;
  for (std::uint32_t item = 0; item < 1000; ++item) pauses.insert(spec.input(item).wait_ns);
  EXPECT_EQ(*pauses.begin(), 8'000'000);
  EXPECT_EQ(*pauses.rbegin(), 24'000'000);
}

TEST(Retry, RefusesWhatIsNoCapAndNoPause) {
  for (const char* const attempts : {"0", "17", "x"})
    EXPECT_NE(refusal<RetrySpec>(load_of({}, 1, 1, {{"attempts", attempts}})).find("attempts"), std::string::npos);
  for (const char* const backoff : {"11s", "5", "-1ms"})
    EXPECT_NE(refusal<RetrySpec>(load_of({}, 1, 1, {{"backoff", backoff}})).find("backoff"), std::string::npos);
}

}  // namespace
}  // namespace interleave
