// System calls.
// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace interleave::soak {
namespace {

constexpr std::uint32_t kAddresses = 16;  // 127.0.0.1 to 127.0.0.16

void check(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in address(std::uint32_t host, std::uint16_t port) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_port = htons(port);
  made.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return made;
}

void set(int fd, int level, int name, int value) {
  check(::setsockopt(fd, level, name, &value, sizeof value) == 0, "setsockopt");
}

}  // namespace

int connecting(std::uint16_t port, std::uint32_t number, bool narrow) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  check(fd >= 0, "socket");
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  if (narrow) set(fd, SOL_SOCKET, SO_RCVBUF, 1);  // the kernel makes it its least
  const sockaddr_in from = address(number % kAddresses, 0);
  check(::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0, "bind");
  const sockaddr_in to = address(0, port);
  const int got = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  check(got == 0 || errno == EINPROGRESS, "connect");
  return fd;
}

void send_whole(int fd, std::string_view bytes, bool more) {
  const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  if (sent >= 0 && static_cast<std::size_t>(sent) != bytes.size()) errno = ENOBUFS;
  check(static_cast<std::size_t>(sent) == bytes.size(), "send");
}

void send_some(int fd, std::string_view bytes) noexcept {
  [[maybe_unused]] const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void close_with_reset(int fd) noexcept {
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
}

}  // namespace interleave::soak
