// The plan of a run: points, models and the order of all trials; written before the first of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/worker/load.hpp"

namespace interleave {

enum class RanksBy : std::uint8_t { none, cpu_per_item, efficiency, makespan };
std::string_view name_of(RanksBy ranks_by) noexcept;

struct Point {
  std::string id;
  std::string label;  // for people
  Load load;
  RanksBy ranks_by = RanksBy::none;
  std::string series;  // the label without in_flight and cores: points that differ in these alone have it in common
};

// A model as its own --describe says, and where it is.
struct PlannedModel {
  std::string name, style, library, back_end, threads, executable;
  std::vector<std::string> capabilities;
  std::vector<std::string> workloads;
  std::vector<std::string> policies;                       // keys it understands
  std::vector<std::pair<std::string, std::string>> skips;  // workload, why
};

struct PlannedTrial {
  std::uint32_t trial = 0, round = 0;
  std::size_t point = 0, model = 0;  // places in points and models
};

struct PlannedSkip {
  std::string model, point, reason;
};

struct Plan {
  std::string version, commit, created;
  std::uint64_t seed = 0;
  std::string profile;
  std::uint32_t rounds = 0;
  std::uint32_t block = 0;  // rounds of one whole Williams square
  std::vector<std::string> command;
  std::vector<Point> points;
  std::vector<PlannedModel> models;
  std::vector<PlannedSkip> skips;
  std::vector<PlannedTrial> order;
};

// As docs/design.md lays plan.json down. from_json throws std::invalid_argument in one line.
nlohmann::json to_json(const Plan& plan);
Plan plan_from_json(const nlohmann::json& from);

// The part of a point that a worker is given, without the port.
nlohmann::json to_json(const Load& load);
PlannedModel model_from_json(const nlohmann::json& description);

}  // namespace interleave
