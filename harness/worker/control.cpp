// The harness at the other end.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/control.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace interleave {

void RemoteControl::ready() {
  tell("ready\n");
  await("go\n");
}

void RemoteControl::over() {
  tell("over\n");
  await("noted\n");
}

void RemoteControl::tell(std::string_view line) const {
  if (::send(fd_, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) return;
  throw std::runtime_error(std::string("--control: ") + std::strerror(errno));
}

void RemoteControl::await(std::string_view line) const {
  std::string got;
  while (got.size() < line.size()) {
    char byte;
    const ssize_t n = ::read(fd_, &byte, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw std::runtime_error("--control: the harness is gone");
    got += byte;
  }
  if (got != line) throw std::runtime_error("--control: the harness says '" + got + "'");
}

}  // namespace interleave
