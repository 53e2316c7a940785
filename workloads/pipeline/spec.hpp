// pipeline's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <functional>
#include <queue>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/load/workload.hpp"
#include "workloads/pipeline/handed_on.hpp"

namespace interleave {

// Five producers; how many consume is what differs.
constexpr Series five_producers(std::string_view consumers) {
  return {.profile = "classics", .in_flight = {5}, .least_items = 600, .parameters = {{"consumers", consumers}}};
}

class PipelineSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"consumers", "10", "how many take what in_flight producers put, 1 to 100000"},
      {"capacity", "20", "how many items the queue holds, 1 to 10^6"},
      {"pause", "3ms",
       "of a producer before each item, on average: by its seed between half of it and half as much again; 0s to 10s"},
      {"takes", "8ms", "how long a consumer needs for an item, 0s to 10s"}};
  static constexpr Axis kAxes[] = {{"in_flight", "producers", AxisOf::load}, {"consumers", "consumers"}};
  static constexpr Series kSeries[] = {five_producers("10"), five_producers("1000")};
  static constexpr Declared kAbout{
      .name = "pipeline",
      .summary = "producers put items into a bounded queue after pauses, consumers take them",
      .waits = true,
      .needs = "needs the capability queue (a bounded queue that all lanes of the run share)",
      .parameters = kParameters,
      .axes = kAxes,
      .series = kSeries};

  explicit PipelineSpec(const Load& load)
      : items_(load.items),
        producers_(load.in_flight),
        seed_(load.seed),
        pause_(span(load, "pause", std::chrono::milliseconds(3))),
        takes_(span(load, "takes", std::chrono::milliseconds(8))),
        handover_(handover(load)) {}

  ItemInput input(std::uint32_t item) const {
    const std::uint64_t sixteenths = 8 + mix64(seed_ ^ kPauses, item) % 17;
    return {.wait_ns = pause_.count() * static_cast<std::int64_t>(sixteenths) / 16,
            .work = static_cast<std::uint64_t>(takes_.count()),
            .argument = static_cast<std::uint32_t>(mix64(seed_, item))};
  }
  Expectation expected(std::uint32_t item) const {
    return {.digest = parcel_digest({item, content_of(input(item))}), .least_ns = takes_.count()};
  }
  static Handover handover(const Load& load) {
    return {.consumers = count(load, "consumers", 10, 100'000), .capacity = count(load, "capacity", 20, 1'000'000)};
  }
  std::uint64_t fingerprint() const { return 0; }

  // The pipeline played through, item by item as they come into the queue, where nobody needs time but for pauses and
  // taking. Whoever is late makes all later times later and none earlier, so no run can beat it.
  nanoseconds ideal() const {
    using Earliest = std::priority_queue<nanoseconds, std::vector<nanoseconds>, std::greater<>>;
    Earliest ready;  // at the producers
    Earliest free_at(std::greater<>(), std::vector<nanoseconds>(std::min(handover_.consumers, items_)));
    std::vector<nanoseconds> taken(items_);  // in the order of the queue
    std::uint32_t drawn = 0;
    const auto draw = [&](nanoseconds at) {
      if (drawn < items_) ready.push(at + nanoseconds(input(drawn++).wait_ns));
    };
    for (std::uint32_t producer = 0; producer < producers_; ++producer) draw(nanoseconds(0));
    for (std::uint32_t place = 0; place < items_; ++place) {
      const nanoseconds room = place < handover_.capacity ? nanoseconds(0) : taken[place - handover_.capacity];
      const nanoseconds put = std::max(ready.top(), room);
      ready.pop();
      taken[place] = std::max(put, free_at.top());
      free_at.pop();
      free_at.push(taken[place] + takes_);
      draw(put);
    }
    return taken.empty() ? nanoseconds(0) : taken.back() + takes_;
  }

 private:
  static constexpr std::uint64_t kPauses = 0x7061757365730000;

  static nanoseconds span(const Load& load, const std::string& key, std::chrono::milliseconds otherwise) {
    const nanoseconds time = time_span(load.parameters, key, otherwise);
    if (time >= nanoseconds(0) && time <= std::chrono::seconds(10)) return time;
    throw std::invalid_argument(key + "=" + load.parameters.at(key) + " is not in 0s to 10s");
  }
  static std::uint32_t count(const Load& load, const std::string& key, std::uint64_t otherwise, std::uint64_t most) {
    return static_cast<std::uint32_t>(whole_number(load.parameters, key, otherwise, {1, most}));
  }

  std::uint32_t items_, producers_;
  std::uint64_t seed_;
  nanoseconds pause_, takes_;
  Handover handover_;
};

}  // namespace interleave
