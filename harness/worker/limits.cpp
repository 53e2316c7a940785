// Limits as the kernel tells them, less what is in use; a file that is absent or says "max" limits nothing.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/limits.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>

#include "harness/machine/cgroup.hpp"

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

void lower(Limit& limit, std::uint64_t most, std::string setting) {
  if (most < limit.most) limit = {most, std::move(setting)};
}

// What is left of `most` when others have `used`.
void lower_to_left(Limit& limit, std::uint64_t most, std::uint64_t used, const char* setting) {
  if (most == UINT64_MAX) return;
  lower(limit, most > used ? most - used : 0, fmt::format("{}: {}, in use {}", setting, most, used));
}

// Of the whole machine: "0.35 0.29 0.27 2/345 6789" has 345.
std::uint64_t all_tasks() {
  std::ifstream in("/proc/loadavg");
  std::string word;
  for (int i = 0; i < 4; ++i) in >> word;
  const std::size_t slash = word.find('/');
  return slash == std::string::npos ? 0 : std::stoull(word.substr(slash + 1));
}

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// Threads whose real user is this process's.
std::uint64_t tasks_of_process(const std::string& pid, uid_t user) {
  std::ifstream in("/proc/" + pid + "/status");
  uid_t owner = user;
  std::uint64_t threads = 0;
  for (std::string key; in >> key;) {
    if (key == "Uid:") in >> owner;
    if (key == "Threads:") {
      in >> threads;
      break;
    }
  }
  return owner == user ? threads : 0;
}

std::uint64_t tasks_of_user() {
  const std::unique_ptr<DIR, CloseDir> proc(::opendir("/proc"));
  if (!proc) return 0;
  std::uint64_t tasks = 0;
  while (const dirent* const entry = ::readdir(proc.get())) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') tasks += tasks_of_process(entry->d_name, ::getuid());
  }
  return tasks;
}

// The kernel holds neither root nor who may raise the limit anyway to RLIMIT_NPROC.
bool is_above_user_limits() {
  std::ifstream in("/proc/self/status");
  for (std::string key, value; in >> key;) {
    if (key != "CapEff:") continue;
    in >> value;
    const std::uint64_t capabilities = std::stoull(value, nullptr, 16);
    return ((capabilities >> CAP_SYS_RESOURCE) & 1) != 0 || ((capabilities >> CAP_SYS_ADMIN) & 1) != 0;
  }
  return false;
}

void lower_to_users(Limit& limit) {
  rlimit user{};
  if (getrlimit(RLIMIT_NPROC, &user) != 0 || user.rlim_cur == RLIM_INFINITY || is_above_user_limits()) return;
  lower_to_left(limit, user.rlim_cur, tasks_of_user(), "ulimit -u");
}

Limit tasks() {
  Limit limit;
  lower_to_users(limit);
  for (const CgroupBound& bound : read_task_bounds())
    lower_to_left(limit, bound.most, bound.most - bound.left, bound.file.c_str());
  const std::uint64_t everyones = all_tasks();
  lower_to_left(limit, number_in("/proc/sys/kernel/threads-max"), everyones, "kernel.threads-max");
  lower_to_left(limit, number_in("/proc/sys/kernel/pid_max"), everyones, "kernel.pid_max");
  return limit;
}

void lower_to_stacks(Limit& limit) {
  constexpr std::uint64_t kOtherMappings = 1000;
  const std::uint64_t mappings = number_in("/proc/sys/vm/max_map_count");
  if (mappings != UINT64_MAX && mappings > kOtherMappings)
    lower(limit, (mappings - kOtherMappings) / 2, "half of vm.max_map_count");
}

// Of the machine, and of every control group above this process.
Limit memory() {
  Limit limit;
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("MemAvailable:", 0) == 0) lower(limit, std::stoull(line.substr(13)) * 1024, "the machine's");
  }
  for (const CgroupBound& bound : read_memory_bounds()) lower(limit, bound.left, bound.file);
  return limit;
}

// `own`: this process is one of those that are counted as in use, and of those it asks for.
std::optional<std::string> refusal(const Limit& limit, std::uint64_t asked, std::uint64_t own, const char* what) {
  if (limit.most == UINT64_MAX || asked <= limit.most + own) return std::nullopt;
  return fmt::format("needs {} {}, the limit is {} ({})", asked, what, limit.most + own, limit.setting);
}

}  // namespace

std::optional<std::string> stack_limit(std::uint64_t stacks) {
  Limit limit;
  lower_to_stacks(limit);
  return refusal(limit, stacks, 0, "stacks");
}

std::optional<std::string> thread_limit(std::uint64_t threads) {
  if (auto reason = refusal(tasks(), threads, 1, "threads")) return reason;
  Limit stacks;
  lower_to_stacks(stacks);
  return refusal(stacks, threads, 0, "threads");
}

std::optional<std::string> process_limit(std::uint64_t processes, std::uint64_t bytes_each) {
  if (auto reason = refusal(tasks(), processes, 1, "processes")) return reason;
  const Limit room = memory();
  if (processes <= room.most / bytes_each) return std::nullopt;
  return fmt::format("needs {} processes of about {} KiB each, available memory is {} MiB ({})", processes,
                     bytes_each >> 10, room.most >> 20, room.setting);
}

}  // namespace interleave
