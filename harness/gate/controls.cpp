// Placing the kernels as trials are placed.
// SPDX-License-Identifier: Apache-2.0
#include "harness/gate/controls.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "harness/machine/cpus.hpp"
#include "harness/trial/child.hpp"

namespace interleave {

std::map<std::string, double> run_controls(const std::filesystem::path& program, const std::vector<int>& cpus) {
  const Placement cores = place(cpus, 1, true);
  const int model = cores.model.front(), server = cores.server.empty() ? model : cores.server.front();
  const auto said = nlohmann::json::parse(
      output_of(program, {std::to_string(model), std::to_string(server)}, std::chrono::seconds(60)));
  return said.get<std::map<std::string, double>>();
}

}  // namespace interleave
