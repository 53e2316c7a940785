// Waiting with ppoll.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/blocking_datagrams.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

using std::chrono::nanoseconds;

// False: it is `due_ns`, and the descriptor not ready.
bool wait_for(int fd, short events, std::int64_t due_ns) {
  pollfd waiting{fd, events, 0};
  for (;;) {
    const std::int64_t left = due_ns - now_ns();
    if (left <= 0) return false;
    const timespec time{left / 1'000'000'000, left % 1'000'000'000};
    if (::ppoll(&waiting, 1, &time, nullptr) > 0) return true;
  }
}

}  // namespace

Socket datagram_socket() {
  Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) throw std::system_error(errno, std::generic_category(), "a socket for datagrams");
  return socket;
}

void send_datagram(const Socket& socket, std::uint16_t port, Octets bytes) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::sendto(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

Datagram BlockingDatagramSocket::receive_within(nanoseconds limit) {
  const std::int64_t due = now_ns() + limit.count();
  while (wait_for(socket_.get(), POLLIN, due)) {
    const ssize_t n = ::recv(socket_.get(), space_.data(), space_.size(), 0);
    if (n >= 0) return {Outcome::ok, {space_.data(), static_cast<std::size_t>(n)}, now_ns()};
  }
  return {};
}

Datagram BlockingDatagramSocket::exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit) try {
  const std::int64_t due = now_ns() + limit.count();
  const Socket socket = dial(port, limit);
  stream_.begin(bytes);
  const Octets all = stream_.outgoing();  // which fits into a fresh socket's buffer
  ::send(socket.get(), all.data(), all.size(), MSG_NOSIGNAL);
  for (bool over = false; !over;) {
    if (!wait_for(socket.get(), POLLIN, due)) return {};
    const auto room = stream_.room();
    const ssize_t n = ::recv(socket.get(), room.data(), room.size(), 0);
    if (n >= 0) over = stream_.received(static_cast<std::size_t>(n));
    else if (errno != EINTR) over = stream_.failed(Outcome::reset);
  }
  return stream_.answer();
} catch (const std::system_error& error) {
  return {.outcome = outcome_of_dialling(error, limit)};
}

}  // namespace interleave
