// Whether a server's memory, looked at between rounds, grows without an end.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace interleave::soak {

// KiB of a process's resident memory that no file backs; throws std::runtime_error if it is gone.
std::uint64_t resident_kib(pid_t pid);

// Compares the median of the last third of the rounds with that of the first, once the first fifth (at least two) is
// put aside, in which buffers come to their size. Answers a sentence if it is more than `most_growth_kib` above. Fewer
// than kLeastRounds say nothing.
inline constexpr std::size_t kLeastRounds = 11;
std::optional<std::string> growth(const std::vector<std::uint64_t>& kib, std::uint64_t most_growth_kib);

}  // namespace interleave::soak
