// Ticking off items.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/attendance.hpp"

#include <sys/resource.h>

#include <ctime>
#include <utility>

#include "harness/numbers/clock.hpp"

namespace interleave {

Cost Cost::now() noexcept {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ns = [](const timeval& t) { return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_usec * 1000; };
  timespec cpu{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return {.wall_ns = now_ns(),
          .total_ns = std::int64_t{cpu.tv_sec} * 1'000'000'000 + cpu.tv_nsec,
          .user_ns = ns(usage.ru_utime),
          .system_ns = ns(usage.ru_stime)};
}

void Attendance::begin(std::vector<std::uint32_t> nobody_yet, std::uint64_t expected, std::uint64_t in_flight) {
  run_ = ++runs_;
  begun_ = false;
  seen_ = std::move(nobody_yet);
  expected_ = expected;
  unique_ = duplicates_ = unexpected_ = retries_ = 0;
  in_flight_ = InFlight();
  in_flight_.ask(in_flight);
}

void Attendance::arrived(std::uint64_t item, std::uint32_t attempt, std::int64_t now) noexcept {
  const auto lock = held();
  if (!begun_) first_ = Cost::now();
  begun_ = true;
  in_flight_.change(+1, now);
  if (item >= seen_.size()) {
    ++unexpected_;
    return;
  }
  std::uint32_t& attempts = seen_[item];
  const std::uint32_t bit = 1U << (attempt & 31);
  if ((attempts & bit) != 0) ++duplicates_;
  if (attempt != 0) ++retries_;
  if (attempts == 0) {
    ++unique_;
    in_flight_.last_arrival();
  }
  attempts |= bit;
}

void Attendance::left(std::int64_t now) noexcept {
  const auto lock = held();
  in_flight_.change(-1, now);
  if (all_here()) last_ = Cost::now();
}

Cost Attendance::last() const noexcept { return begun_ && all_here() ? last_ : Cost::now(); }

}  // namespace interleave
