// The line to a worker.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/control_line.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace interleave {
namespace {

constexpr std::size_t kMostPending = 1024;  // of a line that does not end

}  // namespace

ControlLine::ControlLine() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  near_ = Descriptor(ends[0]);
  far_ = Descriptor(ends[1]);
  ::fcntl(near_.get(), F_SETFL, O_NONBLOCK);
}

std::optional<std::string> ControlLine::next() {
  if (pending_.find('\n') == std::string::npos) read();
  const std::size_t end = pending_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  return line;
}

void ControlLine::tell(std::string_view line) { ::send(near_.get(), line.data(), line.size(), MSG_NOSIGNAL); }

void ControlLine::read() {
  char text[512];
  while (open_ && pending_.size() < kMostPending) {
    const ssize_t got = ::recv(near_.get(), text, sizeof text, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) open_ = false;
    else pending_.append(text, static_cast<std::size_t>(got));
  }
  too_long_ = pending_.size() >= kMostPending && pending_.find('\n') == std::string::npos;
  if (too_long_) open_ = false;
}

}  // namespace interleave
