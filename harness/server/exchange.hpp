// One request under way, as the ledger and the reply need it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "harness/http/fate.hpp"

namespace interleave {

struct Exchange {
  Fate fate;
  std::uint64_t item = 0;
  std::uint32_t attempt = 0;
  std::uint32_t run = 0;       // number of the run that counts it; 0: nobody counts it
  std::int64_t parsed_ns = 0;  // CLOCK_MONOTONIC: t1
  std::int64_t due_ns = 0;     // t2
};

// How an exchange ended. Every counted request ends in exactly one of these ways.
enum class Ending : std::uint8_t {
  completed,      // a well-formed reply was handed to the kernel to its last byte
  cut_by_server,  // its fate broke it, and was carried out
  cut_by_client,  // the client went away first
};

}  // namespace interleave
