// The measuring itself: the plan's trials, one after another, each on the disk before the next.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "harness/machine/programs.hpp"
#include "harness/plan/course.hpp"
#include "harness/plan/plan.hpp"
#include "harness/results/run_directory.hpp"

namespace interleave {

struct Measured {
  std::vector<nlohmann::json> trials;  // all of the run, earlier sittings included
  bool interrupted = false;
  bool time_is_over = false;  // before the plan was: what is open stays so
  std::string stopped;        // why the run ended before its plan did, in one line; empty if it did not
};

using Deadline = std::chrono::steady_clock::time_point;  // max(): none

// What is to be measured, and the command that goes on with it.
struct Measuring {
  const Plan& plan;
  Course& course;
  std::chrono::seconds expected;
  const char* command;  // "run"
};

// Runs what the course says and has no line in trials.jsonl yet, until the deadline, as long as `programs`
// are what they were. Never throws for what happens to trials, server or disk: what is finished is kept and returned,
// with the reason.
Measured measure(const Measuring& measuring, const std::filesystem::path& dir, StoredTrials stored,
                 ProgramWatch programs, Deadline deadline);

// Writes what can be computed again from the run; where that fails, as on a full disk, says the command that does it.
bool kept(const std::filesystem::path& file, const std::string& text);

// Says where the results are, why the run ended before its course did, and how to go on: an exit status where that
// decides it.
std::optional<int> said_end(const std::filesystem::path& dir, const Measured& measured, const char* command,
                            const char* time = "the time of --within");

// The command that goes on with a run, for a shell.
std::string resume_line(const std::filesystem::path& dir, const char* command);

}  // namespace interleave
