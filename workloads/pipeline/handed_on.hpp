// Who produces, who consumes, and what they hand on.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/load/load.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/worker/bounded_queue.hpp"

namespace interleave {

// Of an input: wait_ns is its producer's pause before it, work its consumer's time for it in ns, argument what its
// producer begins with.

constexpr std::uint32_t content_of(const ItemInput& input) { return static_cast<std::uint32_t>(mix64(input.argument)); }
constexpr std::uint64_t parcel_digest(Parcel parcel) { return mix64(parcel.item, parcel.content); }

// The lanes of a run are its actors: the first ones produce, the others consume and are counted from 1 on.
inline bool is_producer(const Load& load, std::uint32_t actor) { return actor < load.queue->producers(); }
inline std::uint32_t consumer_of(const Load& load, std::uint32_t actor) { return actor + 1 - load.queue->producers(); }
inline bool is_item(const Load& load, std::uint32_t drawn) { return drawn < load.inputs.size(); }
inline std::chrono::nanoseconds pause_of(const Load& load, std::uint32_t item) {
  return std::chrono::nanoseconds(load.inputs[item].wait_ns);
}
inline std::chrono::nanoseconds time_for(const Load& load, Parcel parcel) {
  return std::chrono::nanoseconds(load.inputs[parcel.item].work);
}
inline Parcel parcel_of(const Load& load, std::uint32_t item) { return {item, content_of(load.inputs[item])}; }

// What an actor came to: no item.
inline constexpr ItemResult kNoItem{.item = UINT32_MAX, .outcome = Outcome::ok};

}  // namespace interleave
