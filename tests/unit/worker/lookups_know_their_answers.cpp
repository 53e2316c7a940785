// resolve: the oracle checked by hand, and the blocking body against a lane that knows the fates.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/worker/loads_for_specs.hpp"
#include "workloads/all_bodies.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

// Answers at once what the name server would, behind an answer to somebody else, and adds up the time that it would
// take.
class OracularNames {
 public:
  explicit OracularNames(const Load& load) : fates_(load.profile, load.seed, load.items) {}
  Reply fetch(const Request&) { return {}; }
  void sleep(nanoseconds) {}
  void send_to(std::uint16_t, Octets bytes) {
    query_ = read_dns(bytes).value();
    strangers_ = 1;
  }
  Datagram receive_within(nanoseconds limit) {
    if (strangers_-- > 0) {
      DnsMessage stranger = query_;
      stranger.is_answer = true;
      ++stranger.id;
      stranger.address = 666;
      return sent(stranger);
    }
    return answered(attempt_of_id(query_.id), limit);
  }
  Datagram exchange_within(std::uint16_t, Octets bytes, nanoseconds limit) {
    query_ = read_dns(bytes).value();
    return answered(kOverTcp, limit);
  }
  nanoseconds took_{0};
  std::uint64_t asked_ = 0, fingerprint_ = 0;

 private:
  Datagram answered(std::uint32_t attempt, nanoseconds limit) {
    const std::uint64_t item = item_of_name(query_.name).value();
    const Fate fate = fate_of_query(fates_, item, attempt);
    const LookupFate came = fate_of_lookup(fate, item);
    ++asked_;
    fingerprint_ += fingerprint_of(item, attempt, fate);
    took_ += came == LookupFate::lost ? round_up(limit) : fate.delay;
    if (came == LookupFate::lost) return {};
    DnsMessage answer = query_;
    answer.is_answer = true;
    answer.truncated = came == LookupFate::truncated;
    if (came == LookupFate::no_such_name) answer.code = DnsCode::no_such_name;
    if (came == LookupFate::failure) answer.code = DnsCode::failure;
    if (came == LookupFate::address) answer.address = address_of_item(fates_.seed(), item);
    return sent(answer);
  }
  Datagram sent(const DnsMessage& message) {
    bytes_ = dns_bytes(message);
    return {Outcome::ok, bytes_.all(), 1};
  }
  // What is left of a limit of whole seconds, when it has just begun.
  static nanoseconds round_up(nanoseconds left) { return std::chrono::ceil<std::chrono::seconds>(left); }

  Fates fates_;
  DnsMessage query_;
  DnsBytes bytes_;
  int strangers_ = 0;
};

Load lookups(std::uint32_t items, Settings parameters = {}) {
  Load load = load_of(profile_named("lossy"), items, 1, std::move(parameters));
  load.timeout = 100s;
  return load;
}

TEST(Resolve, BodyAndOracleAgreeOnEveryQuery) {
  for (const char* const attempts : {"1", "2", "8"}) {
    Load load = lookups(400, {{"attempts", attempts}});
    load.profile.faults.push_back({Fault::status, 503, 100'000});
    const Prepared prepared = workload<ResolveSpec>().prepare(load);
    load.inputs = prepared.inputs;
    OracularNames lane(load);
    for (std::uint32_t item = 0; item < load.items; ++item) {
      lane.took_ = nanoseconds(0);
      const ItemResult result = Resolve::blocking(lane, load, item);
      ASSERT_EQ(result.outcome, prepared.expected[item].outcome) << item;
      ASSERT_EQ(result.digest, prepared.expected[item].digest) << item;
      ASSERT_EQ(lane.took_.count(), prepared.expected[item].least_ns) << item;
    }
    EXPECT_EQ(lane.asked_, prepared.requests.total);
    EXPECT_EQ(lane.fingerprint_, prepared.requests.fingerprint);
  }
}

TEST(Resolve, WhereNothingIsAnsweredAllAttemptsTimeOut) {
  Load load = lookups(10, {{"attempts", "3"}});
  load.profile.faults = {{Fault::hang, 200, 1'000'000}};
  const ResolveSpec spec(load);
  EXPECT_EQ(spec.expected(4).outcome, Outcome::timeout);
  EXPECT_EQ(spec.expected(4).least_ns, nanoseconds(300s).count());
  EXPECT_EQ(spec.requests().total, 30U);
  EXPECT_EQ(spec.ideal(), 3000s);
}

TEST(Resolve, WhatIsCutOffCostsASecondQuery) {
  Load load = load_of(fixed(20ms), 40, 4);
  load.profile.faults = {{Fault::truncate, 200, 1'000'000}};
  const ResolveSpec spec(load);
  EXPECT_EQ(spec.expected(0).least_ns, nanoseconds(40ms).count());
  EXPECT_EQ(spec.expected(23).outcome, Outcome::not_found);
  EXPECT_EQ(spec.requests().total, 80U);
  EXPECT_EQ(spec.requests().unique, 40U);
  EXPECT_EQ(spec.ideal(), 400ms);
}

TEST(Resolve, LoadsThatMakeNoSenseAreRefused) {
  EXPECT_NE(refusal<ResolveSpec>(load_of(profile_named("hostile"), 10, 1)).find("known: status, hang, truncate"),
            std::string::npos);
  EXPECT_NE(refusal<ResolveSpec>(load_of({}, 10, 1, {{"attempts", "9"}})).find("attempts=9"), std::string::npos);
  Load hasty = load_of(fixed(95ms), 10, 1);
  hasty.timeout = 100ms;
  EXPECT_NE(refusal<ResolveSpec>(hasty).find("too near"), std::string::npos);
  hasty.timeout = 0ms;
  EXPECT_NE(refusal<ResolveSpec>(hasty).find("set a timeout"), std::string::npos);
  hasty.timeout = 105ms;
  EXPECT_EQ(refusal<ResolveSpec>(hasty), "");
}

}  // namespace
}  // namespace interleave
