// A reply as a list of steps: what is written, when, and how the connection ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/server/exchange.hpp"

namespace interleave {

struct Step {
  enum class Kind : std::uint8_t {
    text,    // write `text`
    body,    // write bytes [offset, offset + size) of the item's body
    pause,   // wait `pause`
    finish,  // FIN, then wait until the client closes too
    reset,   // RST
    hang,    // wait until the client gives up
  };
  Kind kind = Kind::text;
  std::string text;
  std::uint64_t item = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::chrono::nanoseconds pause{0};
};

struct Script {
  std::vector<Step> steps;
  Ending ending = Ending::completed;  // how the exchange counts once the steps are through

  Script& text(std::string bytes);
  Script& body(std::uint64_t item, std::uint64_t offset, std::uint64_t size);
  Script& then(Step::Kind kind);
};

// The steps of a seeded fate, from the moment its delay is over; `written_ns` is now. Not for none and status, which
// are written without a script.
Script script_of(const Exchange& exchange, std::int64_t written_ns);

}  // namespace interleave
