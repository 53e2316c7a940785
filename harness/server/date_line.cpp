// The preferred format of RFC 9110, 5.6.7, whatever the locale.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/date_line.hpp"

#include <fmt/format.h>

#include <ctime>

namespace interleave {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

void DateLine::render(std::int64_t now) noexcept {
  std::timespec wall{};
  ::clock_gettime(CLOCK_REALTIME, &wall);
  until_ns_ = now + kSecond - wall.tv_nsec;
  std::tm parts{};
  ::gmtime_r(&wall.tv_sec, &parts);
  fmt::format_to_n(text_.data(), text_.size(), "Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
                   kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                   kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900, parts.tm_hour,
                   parts.tm_min, parts.tm_sec);
}

}  // namespace interleave
