// built_in_workloads(): the one place where all specs are compiled.
// SPDX-License-Identifier: Apache-2.0
#include "workloads/all_specs.hpp"

namespace interleave {
namespace {

template <Spec... Ss>
std::vector<Workload> all_of(Specs<Ss...>) {
  return {workload<Ss>()...};
}

}  // namespace

std::vector<Workload> built_in_workloads() { return all_of(AllSpecs{}); }

}  // namespace interleave
