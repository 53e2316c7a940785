// Names of system calls.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/call_kinds.hpp"

#include <algorithm>
#include <iterator>

#include "harness/text/leading_number.hpp"

namespace interleave {
namespace {

constexpr std::int64_t kLongNs = 1'000'000;
constexpr std::string_view kTurns[] = {"epoll_wait", "epoll_pwait", "epoll_pwait2", "poll",
                                       "ppoll",      "select",      "pselect6",     "io_uring_enter"};
constexpr std::string_view kSleeps[] = {"nanosleep", "clock_nanosleep", "wait4",           "waitid",
                                        "pause",     "rt_sigtimedwait", "restart_syscall", "rt_sigsuspend"};
constexpr std::string_view kReads[] = {"read", "readv", "recv", "recvfrom", "recvmsg", "recvmmsg"};

template <std::size_t N>
bool is_one(const std::string_view (&names)[N], const TracedCall& call) {
  return std::find(std::begin(names), std::end(names), call.name) != std::end(names);
}

}  // namespace

bool is_loop_turn(const TracedCall& call) { return is_one(kTurns, call); }

bool is_wait(const TracedCall& call) {
  if (is_loop_turn(call) || is_one(kSleeps, call)) return true;
  if (call.name == "futex" && call.arguments.find("FUTEX_WAIT") != std::string::npos) return true;
  return call.to_ns - call.from_ns >= kLongNs;
}

bool is_read(const TracedCall& call) { return is_one(kReads, call); }

std::optional<int> descriptor_of(const TracedCall& call) {
  const auto number = leading_number<int>(call.arguments);
  return number.error == std::errc() && number.value >= 0 ? std::optional(number.value) : std::nullopt;
}

}  // namespace interleave
