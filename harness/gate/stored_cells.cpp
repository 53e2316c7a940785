// Costs of rounds, out of the trials.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/stored_cells.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/verdict/cells.hpp"

namespace interleave {
namespace {

using nlohmann::json;

// 0 where the trial does not tell.
double cpu_per_request(const json& trial) {
  const json ledger = trial.value("ledger", json());
  if (trial.at("verdict") != "valid" || !ledger.is_object()) return 0;
  const double requests = ledger.value("requests", 0.0);
  const json cpu = ledger.value("cpu_ns", json());
  return requests > 0 && cpu.is_object() ? cpu.value("total", 0.0) / requests : 0;
}

}  // namespace

StoredCells cells_of(const StoredRun& run) {
  StoredCells cells;
  const Cells gathered = gather(run.plan, run.trials);
  for (const Point& point : run.plan.points) {
    for (const auto& [model, cell] : gathered.at(point.id)) {
      StoredCell& stored = cells[{point.id, model}];
      stored.status = cell.status();
      stored.reason = cell.reason().sentence();
      for (const double value : cell.values) {
        if (value > 0) stored.values.push_back(value);
      }
    }
  }
  return cells;
}

json work_of(const Point& point) {
  json work = point.load;
  work.erase("seed");
  return work;
}

std::vector<double> server_cpu_per_request(const StoredRun& run, const std::string& point,
                                           const std::vector<std::string>& models) {
  struct Round {
    std::size_t models = 0;
    double logs = 0;
  };
  std::map<std::uint32_t, Round> rounds;
  for (const json& trial : run.trials) {
    if (trial.at("point") != point) continue;
    if (std::find(models.begin(), models.end(), trial.at("model").get<std::string>()) == models.end()) continue;
    const double cost = cpu_per_request(trial);
    if (!(cost > 0)) continue;
    Round& round = rounds[trial.at("round").get<std::uint32_t>()];
    ++round.models;
    round.logs += std::log(cost);
  }
  std::vector<double> values;
  for (const auto& [number, round] : rounds) {
    if (round.models == models.size()) values.push_back(std::exp(round.logs / static_cast<double>(round.models)));
  }
  return values;
}

}  // namespace interleave
