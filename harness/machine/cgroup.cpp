// Finding the groups: /proc/self/cgroup says which they are, /proc/self/mountinfo where they are shown.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/cgroup.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace interleave {
namespace {

namespace fs = std::filesystem;

// A hierarchy of groups as it is mounted: `root` of it is seen at `point`.
struct Mount {
  fs::path root, point;
  std::string controllers;  // ",cpu,cpuacct," and the like; empty: version 2
};

bool lists(const std::string& controllers, const std::string& name) {
  return ("," + controllers + ",").find("," + name + ",") != std::string::npos;
}

// Spaces and the like are written as \040.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else plain += text[i];
  }
  return plain;
}

// "36 35 98:0 <root> <point> <options> [<more>...] - <type> <source> <options of the file system>"
std::vector<Mount> mounts_in(const fs::path& mountinfo) {
  std::vector<Mount> mounts;
  std::ifstream in(mountinfo);
  for (std::string line; std::getline(in, line);) {
    const std::size_t dash = line.find(" - cgroup");
    if (dash == std::string::npos) continue;
    std::string skipped, root, point, type, source, options;
    std::istringstream(line) >> skipped >> skipped >> skipped >> root >> point;
    std::istringstream(line.substr(dash + 3)) >> type >> source >> options;
    if (type == "cgroup2") mounts.push_back({unescaped(root), unescaped(point), ""});
    if (type == "cgroup") mounts.push_back({unescaped(root), unescaped(point), options});
  }
  return mounts;
}

// The directory of the group and of those above it that are mounted. A group outside of what is mounted (its own
// container's, seen from within) is what the mount shows.
std::vector<fs::path> chain(const Mount& mount, const std::string& group) {
  fs::path below = fs::path(group).lexically_relative(mount.root);
  if (below.empty() || *below.begin() == ".." || below == ".") below.clear();
  std::vector<fs::path> directories;
  for (; !below.empty(); below = below.parent_path()) directories.push_back(mount.point / below);
  directories.push_back(mount.point);
  return directories;
}

// The groups that may limit what `controller` governs, of either version.
std::vector<fs::path> groups_of(const fs::path& self, const std::string& controller) {
  const std::vector<Mount> mounts = mounts_in(self / "mountinfo");
  std::vector<fs::path> directories;
  std::ifstream in(self / "cgroup");
  for (std::string line; std::getline(in, line);) {  // "4:memory:/some/group"; version 2 is "0::/some/group"
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!controllers.empty() && !lists(controllers, controller)) continue;
    const auto shows = [&](const Mount& mount) {
      return controllers.empty() ? mount.controllers.empty() : lists(mount.controllers, controller);
    };
    const auto mount = std::find_if(mounts.begin(), mounts.end(), shows);
    if (mount == mounts.end()) continue;
    for (fs::path& directory : chain(*mount, line.substr(second + 1))) directories.push_back(std::move(directory));
  }
  return directories;
}

// What is no number ("max") or is not there limits nothing.
std::optional<std::uint64_t> number_in(const fs::path& file) {
  std::ifstream in(file);
  std::int64_t number = 0;
  if (!(in >> number) || number < 0) return std::nullopt;
  return number;
}

std::uint64_t value_in(const fs::path& file, const std::string& key) {
  std::ifstream in(file);
  std::string name;
  std::uint64_t value = 0;
  while (in >> name >> value) {
    if (name == key) return value;
  }
  return 0;
}

std::optional<CpuQuota> quota_of(const fs::path& group) {
  double quota = 0, period = 0;
  if (std::ifstream in(group / "cpu.max"); in >> quota >> period) {
    return CpuQuota{quota / period, std::chrono::microseconds(std::int64_t(period)), (group / "cpu.max").string()};
  }
  const auto of_v1 = number_in(group / "cpu.cfs_quota_us"), period_of_v1 = number_in(group / "cpu.cfs_period_us");
  if (!of_v1 || !period_of_v1 || *period_of_v1 == 0) return std::nullopt;
  return CpuQuota{static_cast<double>(*of_v1) / static_cast<double>(*period_of_v1),
                  std::chrono::microseconds(*period_of_v1), (group / "cpu.cfs_quota_us").string()};
}

// `may_go`: how much of what is used could be dropped; asked where there is a limit, for that may take a while.
template <class MayGo>
std::optional<CgroupBound> bound_of(const fs::path& most, const fs::path& used, MayGo may_go) {
  constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;  // version 1 says "none" by a number close to 2^63
  const auto limit = number_in(most);
  if (!limit || *limit >= kNoLimit) return std::nullopt;
  const std::uint64_t now = number_in(used).value_or(0), gone = may_go(), kept = now > gone ? now - gone : 0;
  return CgroupBound{*limit, *limit > kept ? *limit - kept : 0, most.string()};
}

// Version 2 has two: at memory.high processes are slowed down until they have given back, at memory.max one is killed.
std::optional<CgroupBound> memory_of(const fs::path& group) {
  if (!fs::exists(group / "memory.current"))
    return bound_of(group / "memory.limit_in_bytes", group / "memory.usage_in_bytes",
                    [&] { return value_in(group / "memory.stat", "total_inactive_file"); });
  const auto may_go = [&] { return value_in(group / "memory.stat", "inactive_file"); };
  const auto high = bound_of(group / "memory.high", group / "memory.current", may_go);
  const auto most = bound_of(group / "memory.max", group / "memory.current", may_go);
  return high && (!most || high->most < most->most) ? high : most;
}

std::optional<CgroupBound> tasks_of(const fs::path& group) {
  return bound_of(group / "pids.max", group / "pids.current", [] { return 0U; });
}

template <class Limit>
std::vector<Limit> limits_of(const std::vector<fs::path>& groups, std::optional<Limit> (*of)(const fs::path&)) {
  std::vector<Limit> limits;
  for (const fs::path& group : groups) {
    if (auto limit = of(group)) limits.push_back(std::move(*limit));
  }
  return limits;
}

template <class Limit, class By>
std::optional<Limit> least(const std::vector<Limit>& limits, By by) {
  const auto less = [&](const Limit& a, const Limit& b) { return by(a) < by(b); };
  const auto found = std::min_element(limits.begin(), limits.end(), less);
  return found == limits.end() ? std::nullopt : std::optional<Limit>(*found);
}

}  // namespace

CgroupLimits read_cgroup_limits(const fs::path& self) {
  return {limits_of<CpuQuota>(groups_of(self, "cpu"), quota_of), read_memory_bounds(self), read_task_bounds(self)};
}

std::vector<CgroupBound> read_memory_bounds(const fs::path& self) {
  return limits_of<CgroupBound>(groups_of(self, "memory"), memory_of);
}

std::vector<CgroupBound> read_task_bounds(const fs::path& self) {
  return limits_of<CgroupBound>(groups_of(self, "pids"), tasks_of);
}

std::optional<CpuQuota> tightest(const std::vector<CpuQuota>& quotas) {
  return least(quotas, [](const CpuQuota& quota) { return quota.cores; });
}

std::optional<CgroupBound> tightest(const std::vector<CgroupBound>& bounds) {
  return least(bounds, [](const CgroupBound& bound) { return bound.most; });
}

std::optional<CgroupBound> least_left(const std::vector<CgroupBound>& bounds) {
  return least(bounds, [](const CgroupBound& bound) { return bound.left; });
}

ThrottleMeter::ThrottleMeter(const fs::path& self) {
  for (const fs::path& group : groups_of(self, "cpu")) {
    if (fs::exists(group / "cpu.stat")) files_.push_back(group / "cpu.stat");
  }
}

Throttled ThrottleMeter::now() const {
  Throttled sum;
  for (const fs::path& file : files_) {
    std::ifstream in(file);
    std::string name;
    for (std::int64_t value = 0; in >> name >> value;) {
      if (name == "nr_throttled") sum.periods += static_cast<std::uint64_t>(value);
      if (name == "throttled_time") sum.stopped += std::chrono::nanoseconds(value);   // version 1
      if (name == "throttled_usec") sum.stopped += std::chrono::microseconds(value);  // version 2
    }
  }
  return sum;
}

}  // namespace interleave
