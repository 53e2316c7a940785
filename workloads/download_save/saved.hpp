// What saving makes of an item's digest: what spec and bodies share.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/download/result.hpp"

namespace interleave {

// Of an input: work is 1 where the body is to be saved.

constexpr std::uint64_t saved_digest(std::uint64_t fetched, std::uint64_t bytes) { return mix64(fetched, bytes); }

}  // namespace interleave
