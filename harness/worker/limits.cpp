// Limits as the kernel tells them; a file that is absent or says "max" limits nothing.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/limits.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>

namespace interleave {
namespace {

struct Limit {
  std::uint64_t most = UINT64_MAX;
  std::string setting;
};

std::uint64_t number_in(const char* file) {
  std::ifstream in(file);
  std::uint64_t number = 0;
  return in >> number ? number : UINT64_MAX;
}

void lower(Limit& limit, std::uint64_t most, const char* setting) {
  if (most < limit.most) limit = {most, setting};
}

Limit tasks() {
  Limit limit;
  rlimit user{};
  if (getrlimit(RLIMIT_NPROC, &user) == 0 && user.rlim_cur != RLIM_INFINITY) lower(limit, user.rlim_cur, "ulimit -u");
  lower(limit, number_in("/sys/fs/cgroup/pids.max"), "pids.max of the cgroup");
  lower(limit, number_in("/proc/sys/kernel/threads-max"), "kernel.threads-max");
  lower(limit, number_in("/proc/sys/kernel/pid_max"), "kernel.pid_max");
  return limit;
}

void lower_to_stacks(Limit& limit) {
  constexpr std::uint64_t kOtherMappings = 1000;
  const std::uint64_t mappings = number_in("/proc/sys/vm/max_map_count");
  if (mappings != UINT64_MAX && mappings > kOtherMappings)
    lower(limit, (mappings - kOtherMappings) / 2, "half of vm.max_map_count");
}

std::uint64_t available_memory() {
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("MemAvailable:", 0) == 0) return std::stoull(line.substr(13)) * 1024;
  }
  return UINT64_MAX;
}

}  // namespace

std::optional<std::string> stack_limit(std::uint64_t stacks) {
  Limit limit;
  lower_to_stacks(limit);
  if (stacks <= limit.most) return std::nullopt;
  return fmt::format("needs {} stacks, the limit is {} ({})", stacks, limit.most, limit.setting);
}

std::optional<std::string> thread_limit(std::uint64_t threads) {
  Limit limit = tasks();
  lower_to_stacks(limit);
  if (threads <= limit.most) return std::nullopt;
  return fmt::format("needs {} threads, the limit is {} ({})", threads, limit.most, limit.setting);
}

std::optional<std::string> process_limit(std::uint64_t processes, std::uint64_t bytes_each) {
  const Limit limit = tasks();
  if (processes > limit.most) {
    return fmt::format("needs {} processes, the limit is {} ({})", processes, limit.most, limit.setting);
  }
  const std::uint64_t memory = available_memory();
  if (processes <= memory / bytes_each) return std::nullopt;
  return fmt::format("needs {} processes of about {} KiB each, available memory is {} MiB", processes, bytes_each >> 10,
                     memory >> 20);
}

}  // namespace interleave
