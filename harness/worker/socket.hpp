// Owned sockets, and the one blocking way in which every model's connections are dialled.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/http/outcome.hpp"

namespace interleave {

// Owns one descriptor; -1 is none.
class Socket {
 public:
  Socket() noexcept = default;
  explicit Socket(int fd) noexcept : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket();
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }  // for libraries that own what they are given
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// How long the calls of a blocking socket may wait: SO_RCVTIMEO or SO_SNDTIMEO, which connect() obeys too. 0: for ever.
// The kernel counts in its ticks and may end a wait a little early, so look at the clock.
void set_patience(const Socket& socket, int option, std::chrono::nanoseconds limit);

// One connection to 127.0.0.1:port: blocking, close-on-exec, with set_stream_options(). Throws std::system_error; its
// code is std::errc::timed_out if the server has not taken it up within the limit (0: none), and never sooner.
Socket dial(std::uint16_t port, std::chrono::nanoseconds limit = std::chrono::nanoseconds(0));

// What an item comes to whose connection could not be dialled again.
Outcome outcome_of_dialling(const std::system_error& error, std::chrono::nanoseconds limit);

// `count` connections, each warmed up by one request that the ledger does not count, so that the server has accepted
// and served every one before the run. Throws std::system_error, or std::runtime_error if the server does not answer.
std::vector<Socket> dial_all(std::uint16_t port, std::uint32_t count);

// Raises the soft limit of descriptors to the hard one, and returns it.
std::uint64_t raise_descriptor_limit();

}  // namespace interleave
