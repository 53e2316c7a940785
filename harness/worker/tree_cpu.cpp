// The CPU clocks of a process tree.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/tree_cpu.hpp"

#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace interleave {
namespace {

using std::chrono::nanoseconds;

nanoseconds time_of(const timeval& t) { return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec); }

nanoseconds read(clockid_t clock) {
  timespec t{};
  if (clock_gettime(clock, &t) != 0) return nanoseconds(0);
  return std::chrono::seconds(t.tv_sec) + nanoseconds(t.tv_nsec);
}

nanoseconds living_descendants(pid_t parent) {
  nanoseconds sum{0};
  std::error_code ignored;
  const std::filesystem::path tasks = "/proc/" + std::to_string(parent) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) {
      clockid_t clock{};
      if (clock_getcpuclockid(child, &clock) == 0) sum += read(clock);
      sum += living_descendants(child);
    }
  }
  return sum;
}

}  // namespace

CpuTime tree_cpu() {
  CpuTime time;
  rusage self{};
  rusage reaped{};
  getrusage(RUSAGE_SELF, &self);
  getrusage(RUSAGE_CHILDREN, &reaped);
  time.user = time_of(self.ru_utime) + time_of(reaped.ru_utime);
  time.system = time_of(self.ru_stime) + time_of(reaped.ru_stime);
  time.total = read(CLOCK_PROCESS_CPUTIME_ID) + time_of(reaped.ru_utime) + time_of(reaped.ru_stime) +
               living_descendants(getpid());
  return time;
}

}  // namespace interleave
