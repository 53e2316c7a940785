// Waiting for a worker without disturbing it: one poll, woken only by what happens.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/observation.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <ctime>

#include "harness/machine/stall_watch.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/trial/control_line.hpp"

namespace interleave {
namespace {

constexpr int kControl = 3;
constexpr std::int64_t kLimitNs = 20'000'000'000;
constexpr std::int64_t kLatestSampleNs = 10'000'000'000;  // after the run's start
constexpr std::int64_t kSecondLookNs = 20'000'000;
constexpr std::int64_t kShortestPlateauNs = 20'000'000;
constexpr std::int64_t kLatelyNs = 5'000'000'000;
constexpr int kMostIdleLines = 16;  // that mean nothing; `connected` is one

// Whether any item has: who is slow is no one who hangs.
bool has_ended_lately(const TapeCopy& tape) {
  const std::int64_t now = now_ns();
  return std::any_of(tape.records.begin(), tape.records.end(), [&](const Record& record) {
    return record.finishes != 0 && record.end_ns <= now && record.end_ns > now - kLatelyNs;
  });
}

class Observer {
 public:
  Observer(Launch launch, const ItemFiles& files, std::span<const ItemInput> inputs, std::chrono::nanoseconds ideal,
           int server_pidfd, const Interrupt& interrupt)
      : files_(files),
        inputs_(inputs),
        ideal_ns_(ideal.count()),
        server_pidfd_(server_pidfd),
        interrupt_(interrupt),
        cpus_(launch.cpus),
        child_(with_descriptors(launch)),
        limit_(now_ns() + kLimitNs + 10 * ideal_ns_) {
    control_.close_far_end();
  }

  Observation observe() {
    while (!child_.ended()) {
      wait();
      interrupt_.check();
      if (server_gone_ || now_ns() - watch_.stalled().count() > limit_) {
        observation_.server_died = server_gone_;
        observation_.hung = !server_gone_;
        observation_.went_on = running() && has_ended_lately(files_.copy_tape());
        child_.kill_all();
        break;
      }
      hear();
      if (due() <= now_ns()) look();
      if (!observation_.babbled) continue;
      child_.kill_all();
      break;
    }
    observation_.ended = child_.wait();
    observation_.left_behind = orphans_.end_all(child_.pid());
    observation_.stalled = watch_.stalled();
    return std::move(observation_);
  }

 private:
  const Launch& with_descriptors(Launch& launch) {
    launch.descriptors.emplace_back(control_.far_end(), kControl);
    launch.descriptors.emplace_back(files_.tape(), kControl + 1);
    launch.descriptors.emplace_back(files_.inputs(), kControl + 2);
    for (const auto& [flag, fd] :
         {std::pair("--control", kControl), {"--tape", kControl + 1}, {"--inputs", kControl + 2}}) {
      launch.arguments.emplace_back(flag);
      launch.arguments.push_back(std::to_string(fd));
    }
    return launch;
  }

  // The worker first; whoever lost a parent of it is a child of this process by now.
  std::vector<pid_t> whole_tree() {
    std::vector<pid_t> tree = process_tree(child_.pid());
    for (const pid_t orphan : orphans_.living()) {
      const std::vector<pid_t> branch = process_tree(orphan);
      tree.insert(tree.end(), branch.begin(), branch.end());
    }
    return tree;
  }
  TreeCpu cpu() {
    TreeCpu cpu = cpu_of(whole_tree());
    cpu.ended += orphans_.ended_cpu();
    return cpu;
  }

  bool running() const { return observation_.window.go_ns != 0 && observation_.window.over_ns == 0; }

  void hear() {
    while (!observation_.babbled) {
      const auto line = control_.next();
      if (!line) break;
      if (*line == "ready" && observation_.window.go_ns == 0) let_go();
      else if (*line == "over" && running()) note_end();
      else observation_.babbled = ++idle_lines_ > kMostIdleLines;
    }
    observation_.babbled = observation_.babbled || control_.too_long();
  }

  // The worker waits, so its clocks stand still; what its items are to do becomes visible now.
  void let_go() {
    cpu_before_ = cpu();
    files_.fill(inputs_);
    observation_.window.go_ns = now_ns();
    control_.tell("go\n");
  }
  void note_end() {
    observation_.window.over_ns = now_ns();
    const TreeCpu after = cpu();
    observation_.tree_cpu = after.living + after.ended - cpu_before_.living - cpu_before_.ended;
    observation_.has_ticks = after.ended != cpu_before_.ended;
    observation_.tape = files_.copy_tape();
    control_.tell("noted\n");
  }

  // When to look next; INT64_MAX: not before something happens.
  std::int64_t due() const {
    if (!running() || looks_ == 2) return INT64_MAX;
    const std::int64_t run_ns = observation_.window.go_ns;
    const std::int64_t parts = looks_ == 0 ? 4 : 2;  // of the ideal
    if (ideal_ns_ > 0) return run_ns + std::min(ideal_ns_ / parts, kLatestSampleNs / parts);
    return run_ns + (looks_ == 0 ? 0 : kSecondLookNs);
  }

  // Two looks, since no single moment is right for all: threads made for each item may not all be there at the first,
  // and those without an item left may be gone at the second. A look that the end of the run overtook counts for
  // nothing.
  void look() {
    ++looks_;
    const std::vector<pid_t> tree = whole_tree();
    PlateauSample sample{.census = census_of(tree),
                         .memory = memory_of(tree),
                         .run_queue_wait = run_queue_wait_of(tree),
                         .decisive = false};
    sample.decisive = decisive(now_ns() - observation_.window.go_ns);
    const TapeLook tape = files_.look_at_tape();
    hear();
    if (!running() || child_.ended()) return;
    observation_.samples.push_back(sample);
    observation_.left_its_cores = observation_.left_its_cores || is_outside(sample.run_queue_wait.cores);
    observation_.tape_looks.push_back(tape);
  }

  // Of the cores that were given, where any were.
  bool is_outside(cpu_set_t cores) const {
    for (const int cpu : cpus_) CPU_CLR(static_cast<std::size_t>(cpu), &cores);
    return !cpus_.empty() && CPU_COUNT(&cores) > 0;
  }

  // A busy machine may bring the look late, when workers without an item left are gone; very short runs are all
  // beginning and end.
  bool decisive(std::int64_t since_run) const {
    if (ideal_ns_ == 0) return looks_ == 2;
    return ideal_ns_ >= kShortestPlateauNs && since_run <= ideal_ns_ * 3 / 4;
  }

  void wait() {
    pollfd fds[4] = {{child_.pidfd(), POLLIN, 0},
                     {interrupt_.fd(), POLLIN, 0},
                     {server_pidfd_, POLLIN, 0},
                     {control_.open() ? control_.near_end() : -1, POLLIN, 0}};
    const nanoseconds time = watch_.begin_wait(now_ns(), nanoseconds(std::min(limit_, due()) - now_ns() + 1));
    const timespec wait{time.count() / 1'000'000'000, time.count() % 1'000'000'000};
    if (::ppoll(fds, 4, &wait, nullptr) > 0) server_gone_ = fds[2].revents != 0;
    watch_.end_wait(now_ns());
  }

  const ItemFiles& files_;
  std::span<const ItemInput> inputs_;
  std::int64_t ideal_ns_;
  int server_pidfd_;
  const Interrupt& interrupt_;
  ControlLine control_;
  std::vector<int> cpus_;
  Orphans orphans_;
  Child child_;
  std::int64_t limit_;
  StallWatch watch_;
  Observation observation_;
  TreeCpu cpu_before_;
  bool server_gone_ = false;
  int looks_ = 0, idle_lines_ = 0;
};

}  // namespace

std::optional<Reason> why_killed(const Observation& seen) {
  if (seen.hung) {
    return Reason{seen.went_on ? check::kPatience : check::kWorker,
                  "it had not ended after 20 s and ten times the ideal: killed"};
  }
  if (seen.babbled) return Reason{check::kWorker, "it said more on the control socket than the contract has: killed"};
  return std::nullopt;
}

std::string why_void(const LeftBehind& left) {
  if (left.processes == 0) return {};
  return fmt::format("it left {} process{} behind, which went on when it had ended ({}): ended", left.processes,
                     left.processes == 1 ? "" : "es", left.name);
}

Observation observe(Launch launch, const ItemFiles& files, std::span<const ItemInput> inputs,
                    std::chrono::nanoseconds ideal, int server_pidfd, const Interrupt& interrupt) {
  return Observer(std::move(launch), files, inputs, ideal, server_pidfd, interrupt).observe();
}

}  // namespace interleave
