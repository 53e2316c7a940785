// download_chain's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>

#include "workloads/download/spec.hpp"
#include "workloads/download_chain/chain.hpp"

namespace interleave {

class DownloadChainSpec {
 public:
  static constexpr Setting kParameters[] = {kArrivalsSetting, kRateSetting};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}};
  // The classic's 194 flags one at a time (20 of them), with few and with many tasks: 0.5 to 5 s at 1/100, and the same
  // with 25 % errors.
  static constexpr Series kSeries[] = {
      {.profile = "classics", .in_flight = {1}, .least_items = 20, .server = "delay", .time_scale = 0.1},
      {.profile = "classics", .in_flight = {5, 30}, .least_items = 194, .server = "delay", .time_scale = 0.1},
      {.profile = "classics",
       .in_flight = {30, 100},
       .items_per_lane = 6,
       .least_items = 194,
       .timeout = milliseconds(200),
       .server = "error",
       .time_scale = 0.1},
  };
  static constexpr Declared kAbout{.name = "download_chain",
                                   .summary = "fetch an image, and where it came its metadata, which names it",
                                   .connects = true,
                                   .waits = true,
                                   .arrives = true,
                                   .ranks = Ranks::load,
                                   .needs = "needs the capability deadline (fetch_within)",
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit DownloadChainSpec(const Load& load) : items_(load.items), fetches_(of_both_kinds(load)) {}

  ItemInput input(std::uint32_t item) const { return fetches_.input(item); }

  Expectation expected(std::uint32_t item) const {
    const Expectation image = fetches_.expected(item);
    if (image.outcome != Outcome::ok) return image;
    const Expectation metadata = fetches_.expected(metadata_of(item, items_));
    return {.digest = mix64(image.digest, metadata.digest),
            .least_ns = image.least_ns + metadata.least_ns,
            .outcome = metadata.outcome};
  }

  // The list schedule of the chains: the second link begins where the first one ends, in the same lane.
  nanoseconds ideal() const {
    return fetches_.schedule(items_, [&](std::uint32_t item) {
      const nanoseconds image = fetches_.hold(item);
      return asks_for_name(item) ? image + fetches_.hold(metadata_of(item, items_)) : image;
    });
  }

  Requests requests() const {
    Requests all{.ids = 2ULL * items_};
    const auto ask = [&](std::uint32_t id) {
      ++all.unique;
      all.fingerprint += fingerprint_of(id, 0, fetches_.fate(id));
    };
    for (std::uint32_t item = 0; item < items_; ++item) {
      ask(item);
      if (asks_for_name(item)) ask(metadata_of(item, items_));
    }
    all.total = all.unique;
    return all;
  }

 private:
  static constexpr std::uint32_t kMostItems = 50'000'000;

  static Load of_both_kinds(Load load) {
    if (load.items > kMostItems) {
      throw std::invalid_argument("items=" + std::to_string(load.items) + " is above " + std::to_string(kMostItems) +
                                  ": each has two ids on the server");
    }
    load.items *= 2;
    return load;
  }
  bool asks_for_name(std::uint32_t item) const {
    return expected_outcome(fetches_.fate(item), fetches_.timeout()) == Outcome::ok;
  }

  std::uint32_t items_;
  DownloadSpec fetches_;
};

}  // namespace interleave
