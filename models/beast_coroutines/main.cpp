// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/run_model.hpp"
#include "models/beast_coroutines/model.hpp"
#include "workloads/all_bodies.hpp"

int main(int argc, char** argv) {
  return interleave::run_model<interleave::BeastCoroutines>(argc, argv, interleave::AllWorkloads{});
}
