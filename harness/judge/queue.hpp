// The judge of a bounded queue: its bound, its order and its back-pressure, from the records of what went through it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "harness/judge/reason.hpp"
#include "harness/load/item.hpp"
#include "harness/load/workload.hpp"
#include "harness/numbers/quantiles.hpp"

namespace interleave {

// What went through, and how. A time that no stamp can tell counts for nobody: an item is in the queue for certain from
// when its producer was told that it is, until the consumer that took it asked for one, at the latest.
struct Passage {
  std::vector<Reason> reasons;
  std::uint32_t most_at_once = 0;         // in the queue for certain
  std::uint64_t blocked = 0;              // items whose producer found the queue full
  std::int64_t blocked_ns = 0;            // that producers waited for room, added up over the blocked
  Quantiles queued;                       // from being in the queue to being taken
  std::vector<std::int64_t> handed_late;  // from when an item and a consumer were there for each other to its taking
};

// Pure; O(n log n). Of a record: start: its producer had it; server_sent: it was in the queue; first_byte: it was
// taken; end: it was consumed; lane: by which consumer, from 1 on; status 1: its producer found the queue full. What is
// asked, under the name `queue`:
//   one consumer has one item at a time, and each is taken after it was ready and before it was consumed
//   first in, first out: none is taken before one that was in the queue when it was not yet ready is even asked for
//   never more in the queue than its capacity
Passage passage_of(std::span<const Record> records, const Handover& handover, std::int64_t run_starts_ns);

}  // namespace interleave
