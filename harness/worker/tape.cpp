// The layout of a tape in its pages: the start, the records, the digests.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/tape.hpp"

#include <memory>

namespace interleave {

Tape::Tape(std::size_t items)
    : pages_(64 + items * (sizeof(Record) + sizeof(std::uint64_t)), "tape of the items' records") {
  started_ns_ = new (pages_.data()) std::int64_t{0};
  auto* const records = reinterpret_cast<Record*>(pages_.data() + 64);
  std::uninitialized_value_construct_n(records, items);
  auto* const digests = reinterpret_cast<std::uint64_t*>(records + items);
  std::uninitialized_value_construct_n(digests, items);
  records_ = {records, items};
  digests_ = {digests, items};
}

}  // namespace interleave
