// The loop over the plan.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measuring.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "harness/cli/progress.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/plan/make_plan.hpp"
#include "harness/trial/trial.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// A directory for point.json, trial.json and what children write to stderr; gone with the object.
class Scratch {
 public:
  Scratch() {
    std::string path = (fs::temp_directory_path() / "interleave-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), "cannot make " + path);
    path_ = path;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// What a resumed run need not find out again.
void remember_skips(const Plan& plan, const std::vector<json>& trials, TrialRunner& runner) {
  std::map<std::pair<std::string, std::string>, Reason> skips;
  for (const json& trial : trials) {
    if (trial.at("verdict") == "skipped")
      skips[{trial.at("point"), trial.at("model")}] = trial.at("reasons").front().get<Reason>();
  }
  for (std::size_t p = 0; p < plan.points.size(); ++p) {
    for (std::size_t m = 0; m < plan.models.size(); ++m) {
      const auto found = skips.find({plan.points[p].id, plan.models[m].name});
      if (found != skips.end()) runner.remember_skip(p, m, found->second);
    }
  }
}

std::string resume_line(const fs::path& dir) { return fmt::format("interleave run --resume {}", dir.string()); }

}  // namespace

Measured measure(const Plan& plan, const fs::path& dir, StoredTrials stored) {
  Measured measured;
  measured.trials = std::move(stored.trials);
  std::vector<bool> done(plan.order.size());
  for (const json& trial : measured.trials) done.at(trial.at("trial")) = true;
  try {
    const Scratch scratch;
    const Interrupt interrupt;
    TrialLog log(dir, stored.whole_bytes);
    const std::vector<int> cpus = allowed_cpus();
    move_to(
        {cpus.back()});  // beside the server: the harness sleeps through a run, and must not wake on the model's core
    TrialRunner runner(plan, scratch.path(), cpus, interrupt);
    remember_skips(plan, measured.trials, runner);
    Progress progress(plan.order.size(), measured.trials.size(), expected_time(plan));
    const double share = 1.0 / static_cast<double>(plan.order.size());
    for (const PlannedTrial& trial : plan.order) {
      if (done[trial.trial]) continue;
      progress.next(fmt::format("{} at {}", plan.models[trial.model].name, plan.points[trial.point].label));
      json line = runner.run(trial);
      log.append(line);
      progress.done(line, share);
      measured.trials.push_back(std::move(line));
    }
  } catch (const Interrupted&) {
    measured.interrupted = true;
    measured.stopped = fmt::format("interrupted after {} of {} trials; go on with: {}", measured.trials.size(),
                                   plan.order.size(), resume_line(dir));
  } catch (const std::system_error& error) {
    const bool full = error.code().value() == ENOSPC || error.code().value() == EDQUOT;
    measured.stopped =
        fmt::format("{}{}; {} finished trials are kept; go on with: {}", error.what(),
                    full ? ": the disk is full, make room" : "", measured.trials.size(), resume_line(dir));
  } catch (const std::exception& error) {  // the server, mostly
    measured.stopped = fmt::format("stopped: {}; {} finished trials are kept; go on with: {}", error.what(),
                                   measured.trials.size(), resume_line(dir));
  }
  return measured;
}

}  // namespace interleave
