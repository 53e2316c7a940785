// An item's work, as plain bytes that threads and processes may do, and what its result makes of the item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "harness/load/item.hpp"
#include "harness/load/item_result.hpp"
#include "harness/numbers/mix.hpp"
#include "harness/worker/offload.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/executors/read_limits.hpp"

namespace interleave {

// Reads that many bytes of randomness from a file opened for it, which blocks. Returns how many came, and none where
// the buffer is as blank as before: so whoever returns the right number has read.
inline std::uint64_t read_random(std::uint64_t, std::uint64_t bytes) noexcept {
  std::array<unsigned char, kMostRead> buffer{};
  const int file = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t came = ::read(file, buffer.data(), std::min<std::uint64_t>(bytes, buffer.size()));
  ::close(file);
  const bool blank = std::all_of(buffer.begin(), buffer.end(), [](unsigned char byte) { return byte == 0; });
  return came < 0 || blank ? 0 : static_cast<std::uint64_t>(came);
}

inline Work delegated(const ItemInput& input) {
  if (input.argument == 0) return {&read_random, 0, input.work};
  return {&sum_of_squares, input.argument, input.work};
}
inline ItemResult delegated_result(std::uint32_t item, std::uint64_t result) {
  return {.item = item, .outcome = Outcome::ok, .digest = mix64(item, result)};
}

}  // namespace interleave
