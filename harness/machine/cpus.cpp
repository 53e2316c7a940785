// Affinity.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/cpus.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace interleave {

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

void move_to(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<unsigned>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0)
    throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
}

std::uint32_t cores_for_models(const std::vector<int>& allowed, bool with_server) {
  const auto all = static_cast<std::uint32_t>(allowed.size());
  return with_server && all > 1 ? all - 1 : all;
}

Placement place(const std::vector<int>& allowed, std::uint32_t cores, bool with_server) {
  Placement placement;
  const std::uint32_t own = std::clamp(cores, 1U, cores_for_models(allowed, with_server));
  placement.model.assign(allowed.begin(), allowed.begin() + own);
  if (with_server) placement.server = {allowed.back()};
  placement.shared = with_server && allowed.size() == 1;
  return placement;
}

}  // namespace interleave
