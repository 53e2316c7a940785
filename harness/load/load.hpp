// One point of the grid: which workload, how much of it, under which limits.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "harness/http/profile.hpp"
#include "harness/text/parameters.hpp"

namespace interleave {

struct ItemInput;
class Tape;
class Offload;
class BoundedQueue;
class LoopLag;

struct Load {
  std::string workload;
  std::uint32_t items = 1000;
  std::uint32_t in_flight = 1;  // lanes; never more than items
  std::uint32_t cores = 1;      // cores the model may run on
  std::uint64_t seed = 1;
  std::chrono::microseconds timeout{10'000'000};  // of one request, from its sending; 0: none
  Profile profile;
  std::uint16_t port = 0;       // of the delay/error server on 127.0.0.1; 0 for a workload that does not connect
  std::uint16_t name_port = 0;  // of its name server, UDP and TCP; 0 for a workload that looks no names up
  std::string folder;           // where items are saved; empty for a workload that saves none
  Settings parameters;          // of the workload, as its README lists them
  Settings policies;            // of the model, as its README lists them
  // What the worker's main lends the run; each outlives the model.
  std::span<const ItemInput> inputs{};  // one an item; filled in when the run is let go, and not before
  Tape* tape = nullptr;
  Offload* offload = nullptr;     // who does CPU work that is handed over; null: the caller, inline
  BoundedQueue* queue = nullptr;  // that lanes hand items on through; null: they do not
  int folder_fd = -1;             // `folder`, open
  LoopLag* loop_lag = nullptr;    // where loops record their heartbeats; null: not wanted
};

// {"workload","items","in_flight","cores","seed","timeout_us","profile":{...},"parameters":{},"policies":{}}; `port`,
// `name_port` and `folder` where there is one. from_json checks every number's range and throws std::invalid_argument
// naming the key.
void to_json(nlohmann::json& out, const Load& load);
void from_json(const nlohmann::json& from, Load& load);

}  // namespace interleave
