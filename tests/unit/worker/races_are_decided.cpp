// race: its oracle, its ideal, what it refuses; and sub-lanes that block, which can be called off.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/worker/blocking_lane.hpp"
#include "tests/unit/worker/loads_for_specs.hpp"
#include "workloads/all_bodies.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

Load racing(std::uint32_t items, const std::string& mode, const std::string& racers, bool fails = false) {
  Profile profile;
  profile.delay = {.kind = DelayKind::uniform, .low = 10ms, .high = 100ms};
  if (fails) profile.faults = {{Fault::status, 503, 200'000}, {Fault::reset, 200, 100'000}, {Fault::hang, 200, 50'000}};
  Load load = load_of(profile, items, 4, {{"mode", mode}, {"racers", racers}});
  load.timeout = 300ms;
  return load;
}

// Tells a group its replies in the order in which they are due, as long as it has not called them off.
struct PlayedThrough {
  PlayedThrough(const Load& load, std::uint32_t item, const Fates& fates) : group(load, item) {
    std::vector<std::pair<nanoseconds, std::uint32_t>> due;
    for (std::uint32_t racer = 0; racer < group.count(); ++racer)
      due.emplace_back(expected_hold(fates.of(group.request(racer).item), load.timeout), racer);
    std::sort(due.begin(), due.end());
    bool decided = false;
    for (const auto& [at, racer] : due) {
      Reply reply{.outcome = Outcome::cancelled};
      const std::uint32_t id = group.request(racer).item;
      const Fate fate = fates.of(id);
      if (!decided)
        reply = {.outcome = expected_outcome(fate, load.timeout),
                 .status = fate.status,
                 .digest = body_digest(id, fate.bytes)};
      if (!decided) took = at;
      called_off += decided ? 1 : 0;
      decided = group.decides(racer, reply) || decided;
    }
  }
  Group group;
  nanoseconds took{0};
  std::uint64_t called_off = 0;
};

TEST(Race, AGroupPlayedThroughComesToWhatItsSpecSays) {
  for (const bool fails : {false, true}) {
    for (const char* const mode : {"first", "all"}) {
      for (const char* const racers : {"2", "3", "4"}) {
        Load load = racing(60, mode, racers, fails);
        const Prepared prepared = workload<RaceSpec>().prepare(load);
        load.inputs = prepared.inputs;
        const Fates fates(load.profile, load.seed, prepared.requests.ids);
        std::uint64_t called_off = 0;
        for (std::uint32_t item = 0; item < load.items; ++item) {
          const PlayedThrough played(load, item, fates);
          const ItemResult result = played.group.result();
          ASSERT_EQ(result.outcome, prepared.expected[item].outcome) << mode << racers << " " << item;
          ASSERT_EQ(result.digest, prepared.expected[item].digest) << mode << racers << " " << item;
          ASSERT_LE(prepared.expected[item].least_ns, played.took.count());
          called_off += played.called_off;
        }
        EXPECT_EQ(prepared.requests.called_off, called_off) << mode << racers;
      }
    }
  }
}

TEST(Race, WhatARacerComputesIsBoundToItsReply) {
  Load load = racing(20, "first", "2");
  const Prepared without = workload<RaceSpec>().prepare(load);
  load.parameters["work"] = "1us";
  load.parameters["squares_per_us"] = "17";
  const Prepared with = workload<RaceSpec>().prepare(load);
  EXPECT_EQ(with.requests.called_off, 0U);
  load.inputs = with.inputs;
  const Fates fates(load.profile, load.seed, 40);
  for (std::uint32_t item = 0; item < 20; ++item) {
    EXPECT_NE(with.expected[item].digest, without.expected[item].digest);
    Group group(load, item);
    const Racers racers = racers_of(with.inputs[item]);
    const std::uint32_t first = fates.of(racers.ids[0]).delay < fates.of(racers.ids[1]).delay ? 0 : 1;
    const Fate fate = fates.of(racers.ids[first]);
    const Reply reply{.outcome = Outcome::ok, .status = 200, .digest = body_digest(racers.ids[first], fate.bytes)};
    ASSERT_TRUE(group.computes(reply));
    group.computed(first, group.work(first)());
    EXPECT_TRUE(group.decides(first, reply));
    EXPECT_FALSE(group.computes(reply)) << "it is decided";
    EXPECT_EQ(group.result().digest, with.expected[item].digest);
  }
}

TEST(Race, EveryIdIsAskedForOnceAndEveryRacerMayWin) {
  const Load load = racing(50, "first", "4");
  const RaceSpec spec(load);
  std::vector<int> seen(200);
  std::vector<int> wins(4);
  const Fates fates(load.profile, load.seed, 200);
  for (std::uint32_t item = 0; item < 50; ++item) {
    const Racers racers = racers_of(spec.input(item));
    ASSERT_EQ(racers.count, 4U);
    ASSERT_FALSE(racers.wants_all);
    std::uint32_t first = 0;
    for (std::uint32_t racer = 0; racer < 4; ++racer) {
      ++seen.at(racers.ids[racer]);
      if (fates.of(racers.ids[racer]).delay < fates.of(racers.ids[first]).delay) first = racer;
    }
    ++wins.at(first);
  }
  EXPECT_EQ(seen, std::vector<int>(200, 1));
  for (const int each : wins) EXPECT_GT(each, 0);
}

TEST(Race, IdealIsUntilTheFirst) {
  Load load = racing(1, "first", "2");
  EXPECT_LT(RaceSpec(load).ideal(), 55ms);
  load.parameters["mode"] = "all";
  EXPECT_GE(RaceSpec(load).ideal(), 55ms);
}

TEST(Race, RefusesLuckAndWhatItDoesNotKnow) {
  EXPECT_NE(refusal<RaceSpec>(racing(10, "last", "3")).find("mode=last: known are first, all"), std::string::npos);
  EXPECT_NE(refusal<RaceSpec>(racing(10, "first", "1")).find("racers=1"), std::string::npos);
  EXPECT_NE(refusal<RaceSpec>(racing(10, "first", "5")).find("racers=5"), std::string::npos);
  Load together = load_of(fixed(50ms), 10, 1);
  EXPECT_NE(refusal<RaceSpec>(together).find("luck"), std::string::npos);
  together.parameters["mode"] = "all";
  EXPECT_EQ(refusal<RaceSpec>(together), "") << "nobody fails";
}

// A server that accepts and never answers.
class SilentServer {
 public:
  SilentServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  std::uint16_t port() const { return port_; }
  // Returns when so many have asked.
  void await_requests(int count) {
    for (int i = 0; i < count; ++i) {
      asking_.emplace_back(::accept(listener_.get(), nullptr, nullptr));
      char byte = 0;
      ASSERT_EQ(::recv(asking_.back().get(), &byte, 1, 0), 1);
    }
  }

 private:
  Socket listener_;
  std::vector<Socket> asking_;
  std::uint16_t port_ = 0;
};

TEST(SubLanes, WhatBlocksIsCalledOffAndTheNextForkBeginsAnew) {
  SilentServer server;
  Load load;
  load.port = server.port();
  SocketLane lane(load, Socket());
  for (int fork = 0; fork < 2; ++fork) {
    std::atomic<int> cancelled = 0;
    lane.fork(4, [&](SubLane& sub, std::uint32_t k) {
      if (k == 3) {
        server.await_requests(3);
        lane.cancel();
      } else if (sub.fetch_within({.item = k}, 0s).outcome == Outcome::cancelled) {
        ++cancelled;
      }
    });
    EXPECT_EQ(cancelled, 3);
  }
}

std::uint64_t waits_for(std::uint64_t flag, std::uint64_t) noexcept {
  const auto* const released = reinterpret_cast<const std::atomic<bool>*>(flag);
  while (!*released) std::this_thread::yield();
  return 7;
}

TEST(SubLanes, WorkThatWasHandedOverIsNotCalledOff) {
  for (const OffloadPolicy policy : {OffloadPolicy{}, OffloadPolicy{OffloadTo::threads, 1}}) {
    std::optional<Offload> crew;
    Load load;
    if (policy.to != OffloadTo::caller) load.offload = &crew.emplace(policy, 2, 1);
    SocketLane lane(load, Socket());
    std::atomic<bool> released = false;
    std::uint64_t result = 0;
    lane.fork(2, [&](SubLane& sub, std::uint32_t k) {
      if (k == 1) {
        result = sub.offload({&waits_for, reinterpret_cast<std::uint64_t>(&released), 0});
      } else {
        lane.cancel();
        released = true;
      }
    });
    EXPECT_EQ(result, 7U) << "the group was over only when it was";
  }
}

TEST(SubLanes, WhoIsLateIsCalledOffBeforeAsking) {
  SilentServer server;
  Load load;
  load.port = server.port();
  SocketLane lane(load, Socket());
  Outcome outcome = Outcome::ok;
  lane.fork(1, [&](SubLane& sub, std::uint32_t) {
    lane.cancel();
    outcome = sub.fetch_within({.item = 1}, 0s).outcome;
  });
  EXPECT_EQ(outcome, Outcome::cancelled);
}

}  // namespace
}  // namespace interleave
