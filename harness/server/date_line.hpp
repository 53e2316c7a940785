// The Date field of every reply: rendered once a second, copied otherwise.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace interleave {

// Belongs to one shard.
class DateLine {
 public:
  // "Date: Thu, 26 Nov 2026 10:00:00 GMT" with its CRLF, for the moment `now` of CLOCK_MONOTONIC, which is at most a
  // little behind. A clock that is set meanwhile is believed a second later.
  std::string_view at(std::int64_t now) noexcept {
    if (now >= until_ns_) render(now);
    return {text_.data(), text_.size()};
  }

 private:
  static constexpr std::size_t kSize = sizeof("Date: Thu, 26 Nov 2026 10:00:00 GMT\r\n") - 1;
  void render(std::int64_t now) noexcept;
  std::int64_t until_ns_ = 0;  // CLOCK_MONOTONIC, when the next second begins
  std::array<char, kSize> text_{};
};

}  // namespace interleave
