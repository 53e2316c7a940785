// One point of the grid: which workload, how much of it, under which limits.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "harness/http/profile.hpp"

namespace interleave {

class Tape;
class Offload;
class LoopLag;

struct Load {
  std::string workload;
  std::uint32_t items = 1000;
  std::uint32_t in_flight = 1;  // lanes; never more than items
  std::uint32_t cores = 1;      // cores the model may run on
  std::uint64_t seed = 1;
  std::chrono::microseconds timeout{10'000'000};  // of one request, from its sending; 0: none
  Profile profile;
  std::uint16_t port = 0;  // of the delay/error server on 127.0.0.1; 0 for a workload that does not connect
  std::map<std::string, std::string> parameters;  // of the workload, as its README lists them
  std::map<std::string, std::string> policies;    // of the model, as its README lists them
  // What the worker's main lends the run; each outlives the model.
  Tape* tape = nullptr;
  Offload* offload = nullptr;   // who does CPU work that is handed over; null: the caller, inline
  LoopLag* loop_lag = nullptr;  // where loops record their heartbeats; null: not wanted
};

}  // namespace interleave
