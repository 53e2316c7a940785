// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/run_model.hpp"
#include "models/loop_per_core/model.hpp"
#include "workloads/all_bodies.hpp"

int main(int argc, char** argv) {
  return interleave::run_model<interleave::LoopPerCore>(argc, argv, interleave::AllWorkloads{});
}
