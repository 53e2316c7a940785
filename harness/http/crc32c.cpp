// CRC-32C by table and by instruction.
// SPDX-License-Identifier: Apache-2.0
#include "harness/http/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace interleave {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78U;  // reflected

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[byte] = crc;
  }
  return table;
}
constexpr auto kTable = make_table();

std::uint32_t table_raw(std::uint32_t crc, const char* p, std::size_t n) noexcept {
  for (; n != 0; ++p, --n) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(*p)) & 0xff];
  return crc;
}

#if defined(__x86_64__)
// What appending kLane zero bytes does to a raw CRC is linear in its bits, so four byte-wide tables
// give it: this lets three streams run side by side and be joined afterwards.
constexpr std::size_t kLane = 256;
using Shift = std::array<std::array<std::uint32_t, 256>, 4>;

Shift make_shift() noexcept {
  const std::array<char, kLane> zeros{};
  std::array<std::uint32_t, 32> bit{};
  for (unsigned i = 0; i < 32; ++i) bit[i] = table_raw(1U << i, zeros.data(), kLane);
  Shift shift{};
  for (unsigned place = 0; place < 4; ++place) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      for (unsigned i = 0; i < 8; ++i) {
        if ((byte >> i & 1) != 0) shift[place][byte] ^= bit[place * 8 + i];
      }
    }
  }
  return shift;
}

std::uint32_t shifted(const Shift& s, std::uint32_t crc) noexcept {
  return s[0][crc & 0xff] ^ s[1][crc >> 8 & 0xff] ^ s[2][crc >> 16 & 0xff] ^ s[3][crc >> 24];
}

std::uint64_t word_at(const char* p) noexcept {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

__attribute__((target("sse4.2"))) std::uint32_t instruction_raw(std::uint32_t start, const char* p,
                                                                std::size_t n) noexcept {
  static const Shift shift = make_shift();
  std::uint64_t a = start;
  for (; n >= 3 * kLane; p += 3 * kLane, n -= 3 * kLane) {
    std::uint64_t b = 0;
    std::uint64_t c = 0;
    for (std::size_t i = 0; i < kLane; i += 8) {
      a = _mm_crc32_u64(a, word_at(p + i));
      b = _mm_crc32_u64(b, word_at(p + kLane + i));
      c = _mm_crc32_u64(c, word_at(p + 2 * kLane + i));
    }
    a = shifted(shift, static_cast<std::uint32_t>(a)) ^ b;
    a = shifted(shift, static_cast<std::uint32_t>(a)) ^ c;
  }
  for (; n >= 8; p += 8, n -= 8) a = _mm_crc32_u64(a, word_at(p));
  auto crc = static_cast<std::uint32_t>(a);
  for (; n != 0; ++p, --n) crc = _mm_crc32_u8(crc, static_cast<unsigned char>(*p));
  return crc;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::uint32_t crc, std::string_view bytes) noexcept {
  return ~table_raw(~crc, bytes.data(), bytes.size());
}

std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes) noexcept {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return ~instruction_raw(~crc, bytes.data(), bytes.size());
#endif
  return crc32c_by_table(crc, bytes);
}

}  // namespace interleave
