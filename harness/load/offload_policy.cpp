// Reading the policy.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/offload_policy.hpp"

#include <stdexcept>

namespace interleave {

OffloadPolicy offload_policy(const Settings& policies, std::uint32_t cores) {
  const auto found = policies.find("offload");
  const std::string to = found == policies.end() ? "inline" : found->second;
  const auto workers = static_cast<std::uint32_t>(whole_number(policies, "offload_workers", cores, {1, 1024}));
  if (to == "inline") return {};
  if (to == "threads") return {OffloadTo::threads, workers};
  if (to == "processes") return {OffloadTo::processes, workers};
  throw std::invalid_argument("offload=" + to + ": known are inline, threads, processes");
}

}  // namespace interleave
