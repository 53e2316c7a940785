// Reads what the counting tools print: `strace -c`, how often each system call was made; callgrind, how many
// instructions.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace interleave {

using CallCounts = std::map<std::string, std::uint64_t>;

// The counts of a summary made by `strace -f -c` (any sorting), its "total" line left out. Throws std::invalid_argument
// if the text is no such summary.
CallCounts parse_strace_summary(std::string_view text);

// Instructions of user mode in a file that callgrind wrote. Throws std::invalid_argument if it is no such file.
std::uint64_t parse_callgrind_total(std::string_view text);

// What one item costs, as the slope between a small and a large trial of the same load: start-up cancels out. Calls
// that do not grow with the items are left out (slope below `least` an item). items_large > items_small.
std::map<std::string, double> calls_per_item(const CallCounts& small, std::uint64_t items_small,
                                             const CallCounts& large, std::uint64_t items_large, double least = 0.005);

}  // namespace interleave
