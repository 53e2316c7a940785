// The plan of a run: points, models and the order of all trials; written before the first of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/load/workload.hpp"

namespace interleave {

// What orders the models at a load. cpu_keeping_up: CPU per item among those that keep up with what the load deals
// (kKeepsUp of its ideal); who does not has lost the round, however cheap.
enum class RanksBy : std::uint8_t { none, cpu_per_item, cpu_keeping_up, makespan, latency };
std::string_view name_of(RanksBy ranks_by) noexcept;

struct Point {
  std::string id;      // names everything in which two points differ
  std::string series;  // the label without in_flight and cores: points that differ in these alone have it in common
  std::string label;   // for people
  std::string said;    // the load in plain words, where it stands for its kind; else empty
  Load load;
  RanksBy ranks_by = RanksBy::none;
};

// A model as its own --describe says, and where it is.
struct PlannedModel {
  std::string name, family, style, library, language, back_end, threads, executable;
  bool bears_family = false;                // stands for it where families are compared
  std::vector<std::string> counterparts{};  // models that differ from it in a single thing
  std::vector<std::string> capabilities{};
  std::vector<std::string> workloads{};
  std::vector<std::string> policies{};                       // keys it understands
  std::vector<std::pair<std::string, std::string>> skips{};  // workload, why
};

struct PlannedTrial {
  std::uint32_t trial = 0, round = 0;
  std::size_t point = 0, model = 0;  // places in points and models
};

struct PlannedSkip {
  std::string model, point, reason;
};

// A ladder of `interleave limits`: a workload says what its own is, see Ladder.
struct PlannedLadder {
  std::string name, said, unit;
  double keeps_up = 0;     // efficiency that is asked for; 0: none
  double most_lag_ms = 0;  // 0: whatever it is
  std::vector<int> also;   // rungs below the limit that are measured, too
  bool is_a_task = false;
  std::vector<double> values;       // of the rungs, the easiest first
  std::vector<std::size_t> points;  // places in Plan::points
};

struct Plan {
  std::string version, commit, created;
  std::uint64_t seed = 0;
  std::string profile;
  std::uint32_t rounds = 0;
  std::uint32_t block = 0;  // rounds of one whole Williams square
  bool racing = false;      // a load is over when it is decided, and a model leaves it when it is shown to be behind
  double patience_s = 5;    // for a trial, beyond three times its ideal
  std::vector<std::string> command;
  std::vector<WorkloadAbout> workloads;  // those that occur
  std::vector<Point> points;
  std::vector<PlannedModel> models;
  std::vector<PlannedSkip> skips;
  std::vector<PlannedTrial> order;
  std::vector<PlannedLadder> ladders;  // where limits are looked for: then there is no order
  std::vector<std::string> cut{};      // where those end sooner than they would, for what the machine lends, and why
};

// As docs/design.md lays plan.json down. from_json throws std::invalid_argument in one line.
void to_json(nlohmann::json& out, const Plan& plan);
void from_json(const nlohmann::json& from, Plan& plan);

// As --describe says it, and as plan.json keeps it.
void to_json(nlohmann::json& out, const PlannedModel& model);
void from_json(const nlohmann::json& from, PlannedModel& model);

// What a workload of the plan is; throws std::invalid_argument where it has none of that name.
const WorkloadAbout& about_workload(const Plan& plan, std::string_view name);

}  // namespace interleave
