// An io_uring with places to receive into, and whether this machine has one at all.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <liburing.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>

#include "harness/http/reply_reader.hpp"

namespace interleave {

// Unmapped and closed at the end; the kernel then ends what is still under way. Only the thread that makes it may use
// it.
class Ring {
 public:
  // Room for `completions` at once is asked for. Throws std::system_error.
  explicit Ring(std::uint32_t completions) {
    io_uring_params parameters{};
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL |
                       IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
    parameters.cq_entries = std::max(completions, 2 * kSubmissions);
    if (const int error = -io_uring_queue_init_params(kSubmissions, &ring_, &parameters); error != 0) {
      throw std::system_error(error, std::generic_category(), "io_uring_setup");
    }
    io_uring_register_ring_fd(&ring_);  // saves a look-up each call; without it all works as well
  }
  ~Ring() { io_uring_queue_exit(&ring_); }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  io_uring* get() noexcept { return &ring_; }

 private:
  static constexpr std::uint32_t kSubmissions = 1024;
  io_uring ring_{};
};

// Places that the kernel picks from when something has come in, and gets back when that has been looked at: so a
// connection that waits holds none.
class ReceiveBuffers {
 public:
  static constexpr std::uint16_t kGroup = 0;

  // Up to `wanted` places, at most kMost. Throws std::system_error.
  ReceiveBuffers(Ring& ring, std::uint32_t wanted)
      : count_(std::bit_ceil(std::clamp<std::uint32_t>(wanted, 16, kMost))),
        places_(std::make_unique_for_overwrite<ReceiveBuffer[]>(count_)) {
    void* const pages = mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap of the buffer ring");
    free_ = static_cast<io_uring_buf_ring*>(pages);
    io_uring_buf_ring_init(free_);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(pages);
    registration.ring_entries = count_;
    registration.bgid = kGroup;
    if (const int error = -io_uring_register_buf_ring(ring.get(), &registration, 0); error != 0) {
      munmap(pages, size());
      throw std::system_error(error, std::generic_category(), "io_uring_register");
    }
    for (std::uint32_t i = 0; i < count_; ++i) give_back(static_cast<std::uint16_t>(i));
  }
  ~ReceiveBuffers() { munmap(free_, size()); }
  ReceiveBuffers(const ReceiveBuffers&) = delete;
  ReceiveBuffers& operator=(const ReceiveBuffers&) = delete;

  // What a completion has put into place `id`.
  std::span<const char> received(std::uint16_t id, int n) const noexcept {
    return std::span<const char>(places_[id]).first(static_cast<std::size_t>(std::max(n, 0)));
  }
  void give_back(std::uint16_t id) noexcept {
    io_uring_buf_ring_add(free_, places_[id].data(), sizeof(ReceiveBuffer), id, io_uring_buf_ring_mask(count_), 0);
    io_uring_buf_ring_advance(free_, 1);
  }

 private:
  static constexpr std::uint32_t kMost = 1024;
  std::size_t size() const noexcept { return count_ * sizeof(io_uring_buf); }
  std::uint32_t count_;
  std::unique_ptr<ReceiveBuffer[]> places_;
  io_uring_buf_ring* free_ = nullptr;
};

// Why there is no io_uring on this machine that will do; none: there is.
inline std::optional<std::string> ring_refusal() try {
  Ring ring(1);
  ReceiveBuffers buffers(ring, 1);
  return std::nullopt;
} catch (const std::system_error& error) {
  std::string why = std::strerror(error.code().value());
  switch (error.code().value()) {
    case EPERM: why = "forbidden by sysctl kernel.io_uring_disabled or by a seccomp filter"; break;
    case ENOSYS: why = "this kernel is built without it, or a seccomp filter hides it"; break;
    case EINVAL: why = "this kernel is too old: Linux 6.1 is needed"; break;
    case ENOMEM: why = "out of memory, or RLIMIT_MEMLOCK (ulimit -l) is too low"; break;
    default: break;
  }
  return "io_uring cannot be used: " + why;
}

}  // namespace interleave
