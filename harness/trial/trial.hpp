// Runs trials: begin, worker, census, end, reconcile; one JSON line each.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/judge/judge.hpp"
#include "harness/machine/cgroup.hpp"
#include "harness/plan/plan.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/observation.hpp"
#include "harness/trial/server_child.hpp"

namespace interleave {

// The server died again after it had been started anew: the run cannot go on.
struct ServerGone : ServerLost {
  using ServerLost::ServerLost;
};

// What a runner's trials have about them, where it is not as in a run.
struct Surroundings {
  ServerProgram server{};         // none: this very program
  bool fresh_server = false;      // each trial has a server of its own
  bool padding_by_round = false;  // trials of one round have environments of one length
};

class TrialRunner {
 public:
  // `scratch` exists and is this run's own; `cpus` are the cores that may be used. All references outlive the runner.
  TrialRunner(const Plan& plan, std::filesystem::path scratch, std::vector<int> cpus, const Interrupt& interrupt,
              Surroundings surroundings = {});
  ~TrialRunner();

  // One line of trials.jsonl. A limit of the model makes it skipped. Trials that take longer than the profile has
  // patience for are kept themselves, void or not, and make every later trial of their cell skipped. The server's
  // first death makes it void, and the next trial starts a new server. Throws ServerGone, ServerLost where the server
  // cannot be started, or Interrupted; the trial then has left nothing behind.
  nlohmann::json run(const PlannedTrial& trial);

  // Further variables of the workers to come, NAME=value.
  void set_environment(std::vector<std::string> environment) { environment_ = std::move(environment); }

  // A trial of an earlier part of the run: how long it took, or that patience was lost by then.
  void remember(const PlannedTrial& trial, const nlohmann::json& line);

 private:
  nlohmann::json measured(const PlannedTrial& trial, nlohmann::json line);
  Launch launch_of(const PlannedTrial& trial, const WorkloadAbout& workload, const std::filesystem::path& folder) const;
  static void judge(nlohmann::json& line, const Load& load, const WorkloadAbout& workload, const Prepared& work,
                    nanoseconds ideal, const Observation& seen, const ItemFiles& files);
  void lose_patience(const PlannedTrial& trial, const nlohmann::json& line);
  const Prepared& prepared(std::size_t point);
  nanoseconds ideal_of(std::size_t point);
  ServerChild& server();

  const Plan& plan_;
  std::filesystem::path scratch_;
  std::vector<int> cpus_;
  const Interrupt& interrupt_;
  const Surroundings surroundings_;
  std::vector<std::string> environment_;
  std::unique_ptr<ServerChild> server_;
  int deaths_ = 0;
  ThrottleMeter throttle_;
  std::map<std::size_t, Prepared> prepared_;  // of points, as long as they fit
  std::uint64_t prepared_bytes_ = 0;
  std::map<std::size_t, nanoseconds> exact_ideals_;
  std::map<std::pair<std::size_t, std::size_t>, Reason> skips_;
  struct Pace {
    int trials = 0, slow = 0;
  };
  std::map<std::pair<std::size_t, std::size_t>, Pace> paces_;  // of cells
};

}  // namespace interleave
