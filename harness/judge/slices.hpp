// What went on while a trial ran: its makespan in equal slices.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

namespace interleave {

// Empty where there are too few items to tell anything of parts of a run.
struct Slices {
  std::vector<std::uint32_t> finished;  // items that ended in each
  std::vector<std::int64_t>
      median_us;  // of their times, by nearest rank, every k-th of more than 20,000; 0 where there is none
};

// 50 slices, or as many as leave ten items for each on average; none below ten of them. Ends are absolute, in the order
// of `times_ns`, and none is before `begin_ns` or more than `makespan_ns` after it. O(n).
Slices slices_of(std::span<const std::int64_t> ends_ns, std::span<const std::int64_t> times_ns, std::int64_t begin_ns,
                 std::int64_t makespan_ns);

// {"finished":[items,..],"median_us":[us,..]}: less than a kilobyte.
void to_json(nlohmann::json& out, const Slices& slices);

}  // namespace interleave
