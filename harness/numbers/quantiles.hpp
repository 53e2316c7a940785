// The quantiles every table of times shows.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace interleave {

struct Quantiles {
  std::int64_t p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;  // nanoseconds, by nearest rank
};

}  // namespace interleave
