// Trials of any two programs.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "harness/gate/gate_trials.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/trial/child.hpp"

namespace interleave {
namespace {

constexpr std::size_t kPaddings = 4096;
const char* const kWall = "wall time";
const char* const kCommandCpu = "CPU";
const char* const kMemory = "peak memory";

double ns_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
}

class CommandTrials final : public GateTrials {
 public:
  CommandTrials(std::array<std::string, 2> commands, std::uint64_t seed, const std::filesystem::path& scratch,
                const Interrupt& interrupt)
      : commands_(std::move(commands)),
        seed_(seed),
        err_(scratch / "stderr"),
        interrupt_(interrupt),
        cpus_(allowed_cpus()) {}

  TrialOutcome run(const GateCell&, Side side, std::uint32_t block) override {
    interrupt_.check();
    const std::string& command = commands_[static_cast<std::size_t>(side)];
    Launch launch;
    launch.program = "/bin/sh";
    launch.arguments = {"-c", command};
    launch.cpus = cpus_;
    // The longer command has the shorter padding: what lies on the stack is as long for both.
    launch.padding =
        mix64(seed_, block) % kPaddings + std::max(commands_[0].size(), commands_[1].size()) - command.size();
    launch.err = err_;
    const std::int64_t started = now_ns();
    Child child(launch);
    wait_for(child);
    const auto wall = static_cast<double>(now_ns() - started);
    const Ended& ended = child.wait();
    TrialOutcome outcome;
    if (ended.signal != 0) outcome.trouble = "void: it was ended by " + name_of_signal(ended.signal);
    else if (ended.exit_status != 0)
      outcome.trouble = fmt::format("void: it ended with status {}: {}", ended.exit_status, first_line(err_));
    outcome.is_fault = !outcome.trouble.empty();
    if (outcome.is_fault) return outcome;
    outcome.costs = {{kWall, wall},
                     {kCommandCpu, ns_of(ended.cost.ru_utime) + ns_of(ended.cost.ru_stime)},
                     {kMemory, static_cast<double>(ended.cost.ru_maxrss)}};
    return outcome;
  }

 private:
  void wait_for(const Child& child) const {
    pollfd fds[2] = {{child.pidfd(), POLLIN, 0}, {interrupt_.fd(), POLLIN, 0}};
    while (::poll(fds, 2, -1) < 0 && errno == EINTR) {
    }
    interrupt_.check();
  }

  const std::array<std::string, 2> commands_;
  const std::uint64_t seed_;
  const std::filesystem::path err_;
  const Interrupt& interrupt_;
  const std::vector<int> cpus_;
};

}  // namespace

std::vector<Quantity> quantities_of_commands() { return {{.name = kWall}, {.name = kCommandCpu}, {.name = kMemory}}; }

std::unique_ptr<GateTrials> command_trials(std::array<std::string, 2> commands, std::uint64_t seed,
                                           const std::filesystem::path& scratch, const Interrupt& interrupt) {
  return std::make_unique<CommandTrials>(std::move(commands), seed, scratch, interrupt);
}

}  // namespace interleave
