// PR_SET_CHILD_SUBREAPER.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/orphans.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>

#include "harness/text/utf8.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/process_tree.hpp"

namespace interleave {
namespace {

constexpr int kMostRounds = 1000;  // of killing those whose parents were just killed

// Whether it is a child of this process, which the list in /proc, read in parts, is no proof of; and has it ended?
struct Found {
  bool is_child, has_ended;
};
Found found(pid_t pid) {
  siginfo_t about{};
  const int error = ::waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOHANG | WNOWAIT);
  return {.is_child = error == 0, .has_ended = error == 0 && about.si_pid != 0};
}

std::string name_of_process(pid_t pid) {
  std::string name;
  std::getline(std::ifstream(fmt::format("/proc/{}/comm", pid)), name);
  return utf8_of(name);
}

std::chrono::nanoseconds cpu_of_usage(const rusage& cost) {
  const auto ns_of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return ns_of(cost.ru_utime) + ns_of(cost.ru_stime);
}

}  // namespace

Orphans::Orphans() {
  const std::vector<pid_t> before = children_of(::getpid());
  on_ = std::all_of(before.begin(), before.end(), Child::is_one) && ::prctl(PR_SET_CHILD_SUBREAPER, 1UL) == 0;
}

Orphans::~Orphans() {
  if (!on_) return;
  end_all(0);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0UL);
}

std::vector<pid_t> Orphans::living() {
  std::vector<pid_t> alive = adopted();
  alive.erase(std::remove_if(alive.begin(), alive.end(), [&](pid_t pid) { return reap(pid, WNOHANG); }), alive.end());
  return alive;
}

LeftBehind Orphans::end_all(pid_t worker) {
  LeftBehind left;
  std::vector<pid_t> now = adopted();
  for (int round = 0; !now.empty() && round < kMostRounds; ++round, now = adopted()) {
    for (const pid_t pid : now) {
      if (::getpgid(pid) != worker && !found(pid).has_ended && left.processes++ == 0) left.name = name_of_process(pid);
    }
    // All are killed before one is waited for: one may trace another, which then ends for nobody else.
    const auto spared = std::remove_if(now.begin(), now.end(), [](pid_t pid) { return ::kill(pid, SIGKILL) != 0; });
    if (spared == now.begin()) break;  // a program of another user's
    std::for_each(now.begin(), spared, [&](pid_t pid) { reap(pid, 0); });
  }
  return left;
}

// Every child of this process that none of its Children is.
std::vector<pid_t> Orphans::adopted() const {
  if (!on_) return {};
  std::vector<pid_t> children = children_of(::getpid());
  const auto is_other = [](pid_t pid) { return Child::is_one(pid) || !found(pid).is_child; };
  children.erase(std::remove_if(children.begin(), children.end(), is_other), children.end());
  return children;
}

bool Orphans::reap(pid_t pid, int flags) {
  rusage cost{};
  pid_t got = 0;
  do {
    got = ::wait4(pid, nullptr, flags, &cost);
  } while (got < 0 && errno == EINTR);
  if (got == pid) ended_cpu_ += cpu_of_usage(cost);
  return got != 0;
}

}  // namespace interleave
