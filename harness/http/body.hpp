// Generated bodies: byte `offset` of an item's body is a pure function of (item, offset).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/numbers/mix.hpp"

namespace interleave {

// Every body is a window on one fixed noise of kNoisePeriod bytes: noise byte k is byte k%8 (little-endian)
// of mix64(k/8). Nothing is generated per request, and both sides can name any byte of any body.
inline constexpr std::size_t kNoisePeriod = 1U << 20;
// The noise is stored with this much of its beginning repeated, so a window up to this long is contiguous.
inline constexpr std::size_t kContiguous = 1U << 16;

constexpr std::size_t body_start(std::uint64_t item) noexcept { return mix64(item, 0xb0d1e5) % kNoisePeriod; }

// Bytes [offset, offset+n) of the item's body, n <= kContiguous. Points into static storage made at the first call.
std::string_view body_window(std::uint64_t item, std::uint64_t offset, std::size_t n) noexcept;

// CRC-32C of the whole body of `size` bytes.
std::uint32_t body_digest(std::uint64_t item, std::uint64_t size) noexcept;

}  // namespace interleave
