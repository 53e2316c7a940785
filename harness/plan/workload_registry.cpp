// The registry of workloads.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/workload_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "harness/text/joined.hpp"

namespace interleave {
namespace {

std::deque<Workload>& registry() {
  static std::deque<Workload> all = [] {
    std::vector<Workload> built_in = built_in_workloads();
    return std::deque<Workload>(std::make_move_iterator(built_in.begin()), std::make_move_iterator(built_in.end()));
  }();
  return all;
}

}  // namespace

const std::deque<Workload>& known_workloads() { return registry(); }

const Workload& known_workload(std::string_view name) {
  for (const Workload& workload : registry()) {
    if (workload.about.name == name) return workload;
  }
  const std::string known = joined(registry(), ", ", [](const Workload& workload) { return workload.about.name; });
  throw std::invalid_argument(fmt::format("unknown workload '{}'; known: {}", name, known));
}

void add_workload(Workload workload) {
  for (const Workload& known : registry()) {
    if (known.about.name != workload.about.name) continue;
    throw std::invalid_argument(
        fmt::format("{}: there is a workload {} already", workload.about.program, known.about.name));
  }
  registry().push_back(std::move(workload));
}

}  // namespace interleave
