// Dialling and warming up.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "harness/http/reply_reader.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/posix/stream_options.hpp"

namespace interleave {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kWarmUp = "GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void read_warm_up(const Socket& socket) {
  BufferedReplyReader reader;
  for (;;) {
    const auto space = reader.space();
    const ssize_t n = ::recv(socket.get(), space.data(), space.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw std::runtime_error("the server closed a connection while it was warmed up");
    if (reader.received(static_cast<std::size_t>(n))) break;
  }
  if (reader.reply().outcome != Outcome::ok) throw std::runtime_error("the server is not ready: /ready failed");
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

void set_patience(const Socket& socket, int option, nanoseconds limit) {
  const auto micros = std::max<std::int64_t>(limit.count() / 1000, limit.count() > 0 ? 1 : 0);
  const timeval time{micros / 1'000'000, micros % 1'000'000};
  setsockopt(socket.get(), SOL_SOCKET, option, &time, sizeof time);
}

Socket dial(std::uint16_t port, nanoseconds limit) {
  const std::int64_t due = limit.count() > 0 ? now_ns() + limit.count() : INT64_MAX;
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) fail("socket");
  set_stream_options(socket.get());
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (limit.count() > 0) set_patience(socket, SO_SNDTIMEO, limit);
  while (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == EINTR) continue;
    const bool waited = errno == EINPROGRESS || errno == EALREADY;
    if (!waited) fail("connecting to the server");
    const std::int64_t left = due - now_ns();
    errno = ETIMEDOUT;
    if (left <= 0) fail("connecting to the server");
    set_patience(socket, SO_SNDTIMEO, nanoseconds(left));
  }
  return socket;
}

Outcome outcome_of_dialling(const std::system_error& error, nanoseconds limit) {
  const bool in_vain = limit.count() > 0 && error.code() == std::errc::timed_out;  // without a limit the kernel has one
  return in_vain ? Outcome::timeout : Outcome::refused;
}

std::vector<Socket> dial_all(std::uint16_t port, std::uint32_t count) {
  // In batches below the kernel's accept queue, so that no connection request is dropped and sent again a second later.
  constexpr std::size_t kBatch = 512;
  std::vector<Socket> sockets;
  sockets.reserve(count);
  while (sockets.size() < count) {
    const std::size_t first = sockets.size();
    while (sockets.size() < count && sockets.size() - first < kBatch) {
      sockets.push_back(dial(port));
      if (::send(sockets.back().get(), kWarmUp.data(), kWarmUp.size(), MSG_NOSIGNAL) < 0) fail("warming up");
    }
    for (std::size_t i = first; i < sockets.size(); ++i) read_warm_up(sockets[i]);
  }
  return sockets;
}

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace interleave
