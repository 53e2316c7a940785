// A model that stands for its family, and can run what fetches and what computes.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "harness/plan/make_plan.hpp"

namespace interleave {

inline PlannedModel bearer_of(const std::string& family, const std::string& name) {
  return {.name = name,
          .family = family,
          .style = "callback",
          .library = "",
          .language = "C++",
          .back_end = "",
          .threads = "1",
          .executable = "/x",
          .bears_family = true,
          .workloads = {"download", "compute", "download_compute"},
          .policies = {"offload"}};
}

inline constexpr MachineLimits kTwoCores{2, 20'000, 28'000};

}  // namespace interleave
