// What the control groups this process is in allow it: its own and every one above, of version 1 and 2.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace interleave {

// So many of something for all in a group, and how many of them are still to be had.
struct CgroupBound {
  std::uint64_t most = 0;
  std::uint64_t left = 0;
  std::string file;  // that says so
};

// CPU time in a period of wall time; who has used it up stands still until the next period.
struct CpuQuota {
  double cores = 0;
  std::chrono::microseconds period{};
  std::string file;
};

struct CgroupLimits {
  std::vector<CpuQuota> cpu;        // from this process's group up; groups without a limit are left out
  std::vector<CgroupBound> memory;  // bytes; what could be dropped from caches counts as left
  std::vector<CgroupBound> tasks;   // processes and threads
};

// `self` is a process's directory in /proc.
CgroupLimits read_cgroup_limits(const std::filesystem::path& self = "/proc/self");
std::vector<CgroupBound> read_memory_bounds(const std::filesystem::path& self = "/proc/self");
std::vector<CgroupBound> read_task_bounds(const std::filesystem::path& self = "/proc/self");

// The one that binds: the least quota; the least in all; the least that is left. None where nothing limits.
std::optional<CpuQuota> tightest(const std::vector<CpuQuota>& quotas);
std::optional<CgroupBound> tightest(const std::vector<CgroupBound>& bounds);
std::optional<CgroupBound> least_left(const std::vector<CgroupBound>& bounds);

struct Throttled {
  std::uint64_t periods = 0;  // in which a quota stopped somebody of a group, since the group exists
  std::chrono::nanoseconds stopped{};
};

// Counts how often a quota has stopped this process or who shares its groups: children are in the same ones. Finds the
// groups once, so that asking costs a read of a small file for each.
class ThrottleMeter {
 public:
  explicit ThrottleMeter(const std::filesystem::path& self = "/proc/self");
  Throttled now() const;  // the sum over this process's group and those above

 private:
  std::vector<std::filesystem::path> files_;
};

}  // namespace interleave
