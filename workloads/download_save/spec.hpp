// download_save's description, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>

#include "workloads/download/spec.hpp"
#include "workloads/download_save/saved.hpp"

namespace interleave {

// The 676 flags saved in each way: from a server that answers at once, and after 5 to 50 ms.
constexpr Series flags_saved(std::string_view save, std::string_view executor, bool delayed) {
  return {.profile = "classics",
          .in_flight = {delayed ? 100U : 30U},
          .least_items = 676,
          .parameters = {{"save", save}},
          .policies = {{"offload", executor}},
          .server = delayed ? "delay" : "local",
          .time_scale = 0.1};
}

class DownloadSaveSpec {
 public:
  static constexpr Setting kParameters[] = {
      {"save", "inline",
       "none: what came is kept in memory; inline: whoever has the reply writes it to a file; offload: it is handed to "
       "threads (with the policy offload=threads)"}};
  static constexpr Axis kAxes[] = {{"in_flight", "in flight", AxisOf::load}};
  static constexpr Series kSeries[] = {flags_saved("none", "inline", false), flags_saved("inline", "inline", false),
                                       flags_saved("offload", "threads", false), flags_saved("inline", "inline", true),
                                       flags_saved("offload", "threads", true)};
  static constexpr Declared kAbout{.name = "download_save",
                                   .summary = "fetch every item, and write what came to a file",
                                   .connects = true,
                                   .waits = true,
                                   .offloads = true,
                                   .ranks = Ranks::load,
                                   .needs =
                                       "needs the capabilities deadline (fetch_within), offload and keeping "
                                       "(kept_body)",
                                   .hands_over_memory = true,
                                   .parameters = kParameters,
                                   .axes = kAxes,
                                   .series = kSeries};

  explicit DownloadSaveSpec(const Load& load) : saves_(are_saved(load)), fetches_(load) {
    std::uint64_t bytes = 0;
    for (std::uint32_t item = 0; item < fetches_.items(); ++item) bytes += saved(item).bytes;
    if (saves_ && bytes > kMostSaved) {
      throw std::invalid_argument("the load would save " + std::to_string(bytes >> 20) + " MiB, at most " +
                                  std::to_string(kMostSaved >> 20) + " MiB are: fewer or smaller items");
    }
  }

  ItemInput input(std::uint32_t item) const { return {.work = saves_ ? 1U : 0U, .argument = item}; }
  Expectation expected(std::uint32_t item) const {
    Expectation want = fetches_.expected(item);
    if (want.outcome == Outcome::ok) want.digest = saved_digest(want.digest, fetches_.fate(item).bytes);
    return want;
  }
  nanoseconds ideal() const { return fetches_.ideal(); }
  std::uint64_t fingerprint() const { return fetches_.fingerprint(); }

  bool saves() const { return saves_; }
  SavedFile saved(std::uint32_t item) const {
    if (fetches_.expected(item).outcome != Outcome::ok) return {};
    const Fate fate = fetches_.fate(item);
    return {.is_one = true, .digest = body_digest(item, fate.bytes), .bytes = fate.bytes};
  }

 private:
  static constexpr std::uint64_t kMostSaved = 1 << 30;

  // Who writes is the model's policy, and must be what `save` says.
  static bool are_saved(const Load& load) {
    const auto found = load.parameters.find("save");
    const std::string save = found == load.parameters.end() ? "inline" : found->second;
    if (save != "none" && save != "inline" && save != "offload") {
      throw std::invalid_argument("save=" + save + ": known are none, inline, offload");
    }
    const auto policy = load.policies.find("offload");
    const std::string to = policy == load.policies.end() ? "inline" : policy->second;
    const std::string wanted = save == "offload" ? "threads" : "inline";
    if (to == wanted) return save != "none";
    throw std::invalid_argument("save=" + save + " goes with the policy offload=" + wanted + ", not " + to);
  }

  bool saves_;
  DownloadSpec fetches_;
};

}  // namespace interleave
