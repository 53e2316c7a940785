// An io_uring with the best set-up this kernel has, and whether it has one at all.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <liburing.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

namespace interleave {

// Unmapped and closed at the end; the kernel then ends what is still under way.
class Ring {
 public:
  // Room for `completions` at once is asked for. Only the thread that makes it may use it. Throws std::system_error.
  explicit Ring(std::uint32_t completions) {
    for (const SetUp& set_up : kSetUps) {
      io_uring_params parameters{};
      parameters.flags = set_up.flags | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
      parameters.cq_entries = std::max(completions, 2 * kSubmissions);
      const int error = -io_uring_queue_init_params(kSubmissions, &ring_, &parameters);
      if (error == EINVAL && &set_up != kSetUps + std::size(kSetUps) - 1) continue;  // older than this set-up
      if (error != 0) throw std::system_error(error, std::generic_category(), "io_uring_setup");
      name_ = set_up.name;
      features_ = parameters.features;
      break;
    }
    io_uring_register_ring_fd(&ring_);  // saves a look-up each call; without it all works as well
  }
  ~Ring() { io_uring_queue_exit(&ring_); }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  io_uring* get() noexcept { return &ring_; }
  const char* name() const noexcept { return name_; }
  // Time-outs of the wait itself and no lost completions (Linux 5.11).
  bool is_new_enough() const noexcept {
    return (features_ & IORING_FEAT_EXT_ARG) != 0 && (features_ & IORING_FEAT_NODROP) != 0;
  }

 private:
  struct SetUp {
    unsigned flags;
    const char* name;
  };
  // From the newest kernel to the oldest that knows all we ask for (POLL_FIRST is of 5.19, too).
  static constexpr SetUp kSetUps[] = {
      {IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, "io_uring, SINGLE_ISSUER, DEFER_TASKRUN"},  // Linux 6.1
      {IORING_SETUP_COOP_TASKRUN, "io_uring, COOP_TASKRUN"},  // Linux 5.19
  };
  static constexpr std::uint32_t kSubmissions = 1024;
  io_uring ring_{};
  const char* name_ = "io_uring";
  std::uint32_t features_ = 0;
};

// What this machine says to an io_uring: its set-up, or why there is none.
struct RingProbe {
  std::string back_end;
  std::optional<std::string> refusal;
};
inline RingProbe probe_ring() try {
  Ring ring(1);
  if (ring.is_new_enough()) return {ring.name(), std::nullopt};
  return {"io_uring", "io_uring of this kernel is too old: Linux 5.19 is needed"};
} catch (const std::system_error& error) {
  std::string why = std::strerror(error.code().value());
  switch (error.code().value()) {
    case EPERM: why = "forbidden by sysctl kernel.io_uring_disabled or by a seccomp filter"; break;
    case ENOSYS: why = "this kernel is built without it, or a seccomp filter hides it"; break;
    case EINVAL: why = "this kernel is too old: Linux 5.19 is needed"; break;
    case ENOMEM: why = "out of memory, or RLIMIT_MEMLOCK (ulimit -l) is too low"; break;
    default: break;
  }
  return {"io_uring", "io_uring cannot be used: " + why};
}

}  // namespace interleave
