// The tape's memory: shared with forked workers, touched before the run.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/tape.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace interleave {

Tape::Tape(std::size_t items) : size_(64 + items * (sizeof(Record) + sizeof(std::uint64_t))) {
  mapped_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (mapped_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "tape of the items' records");
  auto* const base = static_cast<char*>(mapped_);
  started_ns_ = new (base) std::int64_t{0};
  auto* const records = reinterpret_cast<Record*>(base + 64);
  std::uninitialized_value_construct_n(records, items);
  auto* const digests = reinterpret_cast<std::uint64_t*>(records + items);
  std::uninitialized_value_construct_n(digests, items);
  records_ = {records, items};
  digests_ = {digests, items};
}

Tape::~Tape() { munmap(mapped_, size_); }

}  // namespace interleave
