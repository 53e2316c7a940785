// How the lanes are dealt out to the loops.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/load/load.hpp"
#include "harness/worker/socket.hpp"

namespace interleave {

// One loop a core, but none without a lane.
inline std::uint32_t loops_for(const Load& load) { return std::min(load.cores, load.in_flight); }

// Neighbouring lanes, as many as for every other loop or one more.
struct Share {
  Share(const Load& load, std::uint32_t loop)
      : first(begin_of(load, loop)), lanes(begin_of(load, loop + 1) - begin_of(load, loop)) {}
  // Their connections; empty where the workload does not connect.
  std::span<Socket> sockets_of(std::vector<Socket>& sockets) const {
    return sockets.empty() ? std::span<Socket>() : std::span(sockets).subspan(first, lanes);
  }
  std::uint32_t first, lanes;

 private:
  static std::uint32_t begin_of(const Load& load, std::uint32_t loop) {
    return static_cast<std::uint32_t>(std::uint64_t{load.in_flight} * loop / loops_for(load));
  }
};

}  // namespace interleave
