// How much an item may read: what spec and bodies share.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace interleave {

// So few bytes come at once or not at all (random(4)), and so many are never all 0 by chance.
inline constexpr std::uint64_t kLeastRead = 16, kMostRead = 256;

}  // namespace interleave
