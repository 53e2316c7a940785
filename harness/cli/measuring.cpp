// The loop over the plan.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measuring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "harness/cli/commands.hpp"
#include "harness/cli/progress.hpp"
#include "harness/judge/reason.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/posix/shell_word.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/trial/trial.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// A program is no longer the one that finished trials were measured with.
struct ProgramChanged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// That --within left.
struct TimeIsOver {};

// What a resumed run need not find out again: who was too slow.
void remember(const Plan& plan, const std::vector<json>& trials, TrialRunner& runner) {
  std::map<std::string, std::size_t> points, models;
  for (std::size_t p = 0; p < plan.points.size(); ++p) points[plan.points[p].id] = p;
  for (std::size_t m = 0; m < plan.models.size(); ++m) models[plan.models[m].name] = m;
  for (const json& trial : trials) {
    runner.remember({.trial = trial.at("trial"),
                     .round = trial.at("round"),
                     .point = points.at(trial.at("point")),
                     .model = models.at(trial.at("model"))},
                    trial);
  }
}

class Sitting {
 public:
  Sitting(const Plan& plan, const fs::path& dir, std::uintmax_t whole_bytes, ProgramWatch programs, Deadline deadline)
      : plan_(plan), log_(dir, whole_bytes), programs_(std::move(programs)), deadline_(deadline) {
    scratch_.require_room();
    require_programs();
  }

  void run_what_is_left(std::vector<json>& trials, Course& course, std::chrono::seconds expected) {
    TrialRunner runner(plan_, scratch_.path(), place_.allowed(), interrupt_);
    remember(plan_, trials, runner);
    for (const json& trial : trials) course.add(trial);
    Progress progress(course.planned(), trials.size(), expected);
    const double share = 1.0 / static_cast<double>(course.planned());
    while (const std::optional<PlannedTrial> trial = course.next()) {
      if (std::chrono::steady_clock::now() >= deadline_) throw TimeIsOver();
      progress.next(fmt::format("{} at {}", plan_.models[trial->model].name, plan_.points[trial->point].label),
                    course.planned());
      json line = run(runner, *trial);
      log_.append(line);
      progress.done(line, share);
      course.add(line);
      trials.push_back(std::move(line));
    }
  }

 private:
  // A trial that a full disk or another program has spoilt is not kept: it is run again when that is mended.
  json run(TrialRunner& runner, const PlannedTrial& trial) {
    json line = runner.run(trial);
    if (line.at("verdict") != "valid") scratch_.require_room();
    require_programs();
    return line;
  }

  void require_programs() {
    if (const auto changed = programs_.changed()) throw ProgramChanged(*changed);
  }

  const Plan& plan_;
  const Scratch scratch_;  // for point.json, trial.json and what children write to stderr
  const Interrupt interrupt_;
  TrialLog log_;
  ProgramWatch programs_;
  const BesideTheServer place_{};
  const Deadline deadline_;
};

}  // namespace

std::string resume_line(const fs::path& dir, const char* command) {
  return fmt::format("interleave {} --resume {}", command, shell_word(dir.string()));
}

bool kept(const fs::path& file, const std::string& text) try {
  write_durably(file, text);
  return true;
} catch (const std::system_error& error) {
  say(fmt::format("interleave: {}; once there is room: interleave verdict {}\n", error.what(),
                  shell_word(file.parent_path().string())));
  return false;
}

std::optional<int> said_end(const fs::path& dir, const Measured& measured, const char* command, const char* time) {
  say(fmt::format("results: {}\n", dir.string()));
  if (!measured.stopped.empty()) say(fmt::format("interleave: {}\n", measured.stopped));
  if (measured.interrupted) return kInterrupted;
  if (measured.time_is_over) say(fmt::format("{} is over; go on with: {}\n", time, resume_line(dir, command)));
  return measured.stopped.empty() ? std::nullopt : std::optional<int>(kUsage);
}

Measured measure(const Measuring& measuring, const fs::path& dir, StoredTrials stored, ProgramWatch programs,
                 Deadline deadline) {
  Measured measured;
  measured.trials = std::move(stored.trials);
  const auto all_kept = [&] { return fmt::format("{} finished trials are kept", measured.trials.size()); };
  try {
    Sitting(measuring.plan, dir, stored.whole_bytes, std::move(programs), deadline)
        .run_what_is_left(measured.trials, measuring.course, measuring.expected);
  } catch (const Interrupted&) {
    measured.interrupted = true;
    measured.stopped = fmt::format("interrupted after {} of {} trials; go on with: {}", measured.trials.size(),
                                   measuring.course.planned(), resume_line(dir, measuring.command));
  } catch (const TimeIsOver&) {
    measured.time_is_over = true;
  } catch (const ProgramChanged& error) {
    measured.stopped = fmt::format("{} since the run was begun; {}; start a new run", error.what(), all_kept());
  } catch (const std::system_error& error) {
    const bool full = error.code().value() == ENOSPC || error.code().value() == EDQUOT;
    measured.stopped =
        fmt::format("{}{}; {}; go on with: {}", error.what(), full ? ": the disk is full, make room" : "", all_kept(),
                    resume_line(dir, measuring.command));
  } catch (const std::exception& error) {  // the server, mostly
    measured.stopped =
        fmt::format("stopped: {}; {}; go on with: {}", error.what(), all_kept(), resume_line(dir, measuring.command));
  }
  return measured;
}

}  // namespace interleave
