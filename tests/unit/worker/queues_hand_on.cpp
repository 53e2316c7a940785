// Bounded queues: of threads, of processes, and of one loop; and what pipeline makes of them.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "harness/worker/loop_queue.hpp"
#include "tests/unit/worker/loads_for_specs.hpp"
#include "workloads/all_bodies.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kEach = 2000;

TEST(BoundedQueue, KeepsTheOrderOfEachProducerAndLosesNothing) {
  BoundedQueue queue({.consumers = 3, .capacity = 4}, 2);
  std::vector<std::vector<Parcel>> got(3);
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t producer = 0; producer < 2; ++producer) {
      threads.emplace_back([&queue, producer] {
        for (std::uint32_t i = 0; i < kEach; ++i) queue.put({i, producer});
        queue.hang_up();
      });
    }
    for (auto& mine : got) {
      threads.emplace_back([&queue, &mine] {
        while (const auto parcel = queue.get()) mine.push_back(*parcel);
      });
    }
  }
  std::size_t all = 0;
  for (const auto& mine : got) {
    std::int64_t last[2] = {-1, -1};
    for (const Parcel& parcel : mine) {
      ASSERT_GT(parcel.item, last[parcel.content]);
      last[parcel.content] = parcel.item;
    }
    all += mine.size();
  }
  EXPECT_EQ(all, 2 * kEach);
}

TEST(BoundedQueue, SaysWhetherItWasFull) {
  BoundedQueue queue({.consumers = 1, .capacity = 2}, 1);
  EXPECT_FALSE(queue.put({0, 0}));
  EXPECT_FALSE(queue.put({1, 0}));
  std::thread producer([&] { queue.put({2, 0}); });
  std::vector<std::uint32_t> got;
  while (got.size() < 3) got.push_back(queue.get()->item);
  producer.join();
  EXPECT_EQ(got, (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_TRUE(queue.hang_up());
  EXPECT_FALSE(queue.get());
}

TEST(BoundedQueue, ProcessesShareIt) {
  BoundedQueue queue({.consumers = 1, .capacity = 3}, 2);
  std::vector<pid_t> children;
  for (int child = 0; child < 2; ++child) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    for (std::uint32_t i = 0; i < kEach; ++i) queue.put({queue.draw(), 1});
    queue.hang_up();
    _exit(0);
  }
  std::vector<int> seen(2 * kEach);
  while (const auto parcel = queue.get()) ++seen.at(parcel->item);
  EXPECT_EQ(seen, std::vector<int>(2 * kEach, 1));
  for (const pid_t child : children) waitpid(child, nullptr, 0);
}

// Lanes of one loop, whose news are told when the test says so.
class OneLoop : public testing::Test {
 protected:
  void put(QueuePlace& place, std::uint32_t item) {
    place.on_put.set([this, item](bool waited) { log_ += (waited ? " w" : " p") + std::to_string(item); });
    queue_.put(place, {item, 0});
  }
  void get(QueuePlace& place) {
    place.on_got.set(
        [this](std::optional<Parcel> parcel) { log_ += parcel ? " g" + std::to_string(parcel->item) : " end"; });
    queue_.get(place);
  }
  std::string told() {
    while (queue_.has_news()) queue_.tell();
    return std::exchange(log_, {});
  }
  BoundedQueue shared_{{.consumers = 2, .capacity = 1}, 2};
  LoopQueue queue_{shared_};
  QueuePlace a_, b_, c_, d_;
  std::string log_;
};

TEST_F(OneLoop, WhatWasPutFirstIsTakenFirstAndNobodyIsCalledFromInside) {
  put(a_, 1);
  put(b_, 2);
  put(c_, 3);
  EXPECT_EQ(log_, "");
  EXPECT_EQ(told(), " p1");
  get(d_);
  EXPECT_EQ(told(), " w2 g1");
  get(d_);
  EXPECT_EQ(told(), " w3 g2");
  get(d_);
  EXPECT_EQ(told(), " g3");
}
TEST_F(OneLoop, WhoWaitsLongestGetsFirst) {
  get(a_);
  get(b_);
  EXPECT_FALSE(queue_.has_news());
  put(c_, 7);
  EXPECT_EQ(told(), " p7 g7");
  put(c_, 8);
  EXPECT_EQ(told(), " p8 g8");
}
TEST_F(OneLoop, EverybodyComesHomeWhenTheLastHasHungUp) {
  put(a_, 1);
  queue_.hang_up();
  get(c_);
  get(d_);
  EXPECT_EQ(told(), " p1 g1");
  queue_.hang_up();
  EXPECT_EQ(told(), " end");
  get(c_);
  EXPECT_EQ(told(), " end");
}

Load handing_on(std::uint32_t items, std::uint32_t producers, Settings parameters) {
  return load_of({}, items, producers, std::move(parameters));
}

TEST(Pipeline, IdealIsThePipelinePlayedThrough) {
  const auto ideal = [](std::uint32_t items, std::uint32_t producers, Settings parameters) {
    return PipelineSpec(handing_on(items, producers, std::move(parameters))).ideal();
  };
  const auto settings = [](const char* consumers, const char* capacity, const char* pause, const char* takes) {
    return Settings{{"consumers", consumers}, {"capacity", capacity}, {"pause", pause}, {"takes", takes}};
  };
  EXPECT_EQ(ideal(12, 1, settings("1", "1", "0s", "5ms")), 60ms) << "one consumer, one after another";
  EXPECT_EQ(ideal(12, 1, settings("4", "1", "0s", "5ms")), 15ms);
  EXPECT_EQ(ideal(12, 1, settings("100", "20", "0s", "5ms")), 5ms) << "more consumers than items";
  const PipelineSpec paused(handing_on(10, 1, settings("10", "20", "4ms", "1ms")));
  nanoseconds pauses{0};
  for (std::uint32_t item = 0; item < 10; ++item) pauses += nanoseconds(paused.input(item).wait_ns);
  EXPECT_EQ(paused.ideal(), pauses + 1ms) << "one producer is the bottleneck";
  EXPECT_GT(ideal(400, 1, settings("1", "1", "2ms", "2ms")), ideal(400, 1, settings("1", "20", "2ms", "2ms")))
      << "a small queue holds a producer back that is fast for a while";
}

TEST(Pipeline, TheDigestBindsWhatItsProducerMade) {
  const PipelineSpec spec(handing_on(50, 2, {}));
  for (std::uint32_t item = 0; item < 50; ++item) {
    const std::uint32_t content = static_cast<std::uint32_t>(mix64(spec.input(item).argument));
    EXPECT_EQ(spec.expected(item).digest, mix64(item, content));
    EXPECT_EQ(spec.expected(item).least_ns, 8'000'000);
    EXPECT_GE(spec.input(item).wait_ns, 1'500'000);
    EXPECT_LE(spec.input(item).wait_ns, 4'500'000);
  }
}

TEST(Pipeline, RefusesWhatCannotBe) {
  for (const auto& [key, value] :
       {std::pair{"consumers", "0"}, {"capacity", "0"}, {"pause", "11s"}, {"takes", "-1ms"}}) {
    EXPECT_NE(refusal<PipelineSpec>(handing_on(10, 1, {{key, value}})).find(key), std::string::npos) << key;
  }
  EXPECT_EQ(refusal<PipelineSpec>(handing_on(1, 1, {{"consumers", "1000"}})), "");
}

}  // namespace
}  // namespace interleave
