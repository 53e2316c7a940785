// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/run_model.hpp"
#include "models/epoll_coroutines/model.hpp"
#include "workloads/all_bodies.hpp"

int main(int argc, char** argv) {
  return interleave::run_model<interleave::EpollCoroutines>(argc, argv, interleave::AllWorkloads{});
}
