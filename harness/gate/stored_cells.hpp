// The cells of a stored run, each with the values of its rounds: what two runs are compared by.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "harness/plan/plan.hpp"

namespace interleave {

// The name under which the server stands where models do: "(server)", which no model can have.
inline constexpr const char* kServerCell = "(server)";

// A model at a load, by what ranks there; or the server at a load, by its CPU time a request.
struct StoredCell {
  std::string status;          // as Cell::status(): valid, void, skipped, too_slow, not_run
  std::string reason;          // for its status
  std::vector<double> values;  // costs: more is slower; infinite for a lost round
};

struct StoredRun {
  std::string name;  // as the user gave it
  Plan plan;
  std::vector<nlohmann::json> trials;
  nlohmann::json environment;  // an empty object where the run has none
};

using CellKey = std::pair<std::string, std::string>;  // point's id, model
using StoredCells = std::map<CellKey, StoredCell>;

// Of every model at every load of the plan.
StoredCells cells_of(const StoredRun& run);

// What makes two loads of one id the same work. The seed only says which items wait how long.
nlohmann::json work_of(const Point& point);

// CPU nanoseconds of the server a request: of each round in which all of `models` have a valid trial at that point, the
// geometric mean over them; none where the load does not connect.
std::vector<double> server_cpu_per_request(const StoredRun& run, const std::string& point,
                                           const std::vector<std::string>& models);

}  // namespace interleave
