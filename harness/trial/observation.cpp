// Waiting for a worker without disturbing it: one poll, woken only by what happens.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/observation.hpp"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <ctime>

#include "harness/numbers/clock.hpp"
#include "harness/trial/phases.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kLimitNs = 20'000'000'000;
constexpr std::int64_t kLatestSampleNs = 10'000'000'000;  // after the run's start
constexpr std::int64_t kSecondLookNs = 20'000'000;
constexpr std::int64_t kShortestPlateauNs = 20'000'000;

class Observer {
 public:
  Observer(Launch launch, std::chrono::nanoseconds ideal, int server_pidfd, const Interrupt& interrupt)
      : ideal_ns_(ideal.count()),
        server_pidfd_(server_pidfd),
        interrupt_(interrupt),
        child_(with_phases(launch)),
        limit_(now_ns() + kLimitNs + 10 * ideal_ns_) {
    phases_.close_write_end();
  }

  Observation observe() {
    while (!child_.ended()) {
      wait();
      interrupt_.check();
      if (server_gone_ || now_ns() > limit_) {
        observation_.server_died = server_gone_;
        observation_.hung = !server_gone_;
        child_.kill_all();
        child_.wait();
        break;
      }
      if (open_) open_ = phases_.read();
      if (due() <= now_ns()) look();
    }
    observation_.ended = child_.wait();
    return observation_;
  }

 private:
  const Launch& with_phases(Launch& launch) {
    launch.descriptors.emplace_back(phases_.write_end(), 3);
    return launch;
  }

  // When to look next; INT64_MAX: not before something happens.
  std::int64_t due() const {
    if (phases_.run_ns == 0 || phases_.over_ns != 0 || looks_ == 2) return INT64_MAX;
    const std::int64_t parts = looks_ == 0 ? 4 : 2;  // of the ideal
    if (ideal_ns_ > 0) return phases_.run_ns + std::min(ideal_ns_ / parts, kLatestSampleNs / parts);
    return phases_.run_ns + (looks_ == 0 ? 0 : kSecondLookNs);
  }

  // Two looks, since no single moment is right for all: threads made for each item may not all be there at the first,
  // and those without an item left may be gone at the second. A look that the end of the run overtook counts for
  // nothing.
  void look() {
    ++looks_;
    const std::vector<pid_t> tree = process_tree(child_.pid());
    PlateauSample sample{census_of(tree), memory_of(tree), run_queue_wait_of(tree), false};
    const std::int64_t seen = now_ns();
    sample.decisive = decisive(seen - phases_.run_ns);
    if (open_) open_ = phases_.read();
    const bool overtaken = phases_.over_ns != 0 && phases_.over_ns < seen;
    if (!overtaken && !child_.ended()) observation_.samples.push_back(sample);
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
                     {open_ ? phases_.read_end() : -1, POLLIN, 0}};
    const std::int64_t left = std::max<std::int64_t>(0, std::min(limit_, due()) - now_ns() + 1);
    const timespec time{left / 1'000'000'000, left % 1'000'000'000};
    if (::ppoll(fds, 4, &time, nullptr) > 0) server_gone_ = fds[2].revents != 0;
  }

  std::int64_t ideal_ns_;
  int server_pidfd_;
  const Interrupt& interrupt_;
  Phases phases_;
  Child child_;
  std::int64_t limit_;
  Observation observation_;
  bool open_ = true;
  bool server_gone_ = false;
  int looks_ = 0;
};

}  // namespace

Observation observe(Launch launch, std::chrono::nanoseconds ideal, int server_pidfd, const Interrupt& interrupt) {
  return Observer(std::move(launch), ideal, server_pidfd, interrupt).observe();
}

}  // namespace interleave
