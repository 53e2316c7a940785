// A reply as a list of steps: what is written, when, and how the connection ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/server/exchange.hpp"
#include "harness/server/reply_header.hpp"
#include "harness/server/reply_plan.hpp"

namespace interleave {

struct Step {
  enum class Kind : std::uint8_t {
    text,    // write `text`
    body,    // write bytes [offset, offset + size) of the item's body, at `bytes_per_second` if that is not 0
    pause,   // wait `pause`
    finish,  // FIN, then wait until the client closes too
    reset,   // RST
    hang,    // wait until the client gives up
  };
  Kind kind = Kind::text;
  std::string text{};
  std::uint64_t item = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t bytes_per_second = 0;
  std::chrono::nanoseconds pause{0};
};

struct Script {
  std::vector<Step> steps;
  std::size_t at = 0;                 // the step that is under way
  std::int64_t body_started_ns = 0;   // CLOCK_MONOTONIC, from which a rate counts
  Ending ending = Ending::completed;  // how the exchange counts once the steps are through, or are cut short

  bool hangs() const { return at != steps.size() && steps[at].kind == Step::Kind::hang; }
  Script& text(std::string bytes);
  Script& body(std::uint64_t item, std::uint64_t offset, std::uint64_t size, std::uint32_t bytes_per_second = 0);
  Script& pause(std::chrono::nanoseconds time);
  Script& then(Step::Kind kind);
};

// The steps of a fate from the moment its delay is over.
Script script_of(const Exchange& exchange, const ReplyPlan& plan, const ReplyTerms& terms);

}  // namespace interleave
