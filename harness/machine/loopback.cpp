// Trying it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/loopback.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace interleave {
namespace {

class Socket {
 public:
  Socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

std::optional<std::string> why_no_loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const Socket listening, connecting;  // the kernel completes the connection without anybody accepting it
  const bool works = listening.fd() >= 0 && connecting.fd() >= 0 && ::bind(listening.fd(), any, size) == 0 &&
                     ::listen(listening.fd(), 1) == 0 && ::getsockname(listening.fd(), any, &size) == 0 &&
                     ::connect(connecting.fd(), any, size) == 0;
  if (works) return std::nullopt;
  return std::string("127.0.0.1 cannot be used: ") + std::strerror(errno);
}

}  // namespace interleave
