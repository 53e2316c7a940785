// The phase pipe.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/phases.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace interleave {

Phases::Phases() {
  if (::pipe2(ends_, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
}

Phases::~Phases() {
  ::close(ends_[0]);
  close_write_end();
}

void Phases::close_write_end() {
  if (ends_[1] >= 0) ::close(ends_[1]);
  ends_[1] = -1;
}

bool Phases::read() {
  char text[512];
  for (;;) {
    const ssize_t got = ::read(ends_[0], text, sizeof text);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    pending_.append(text, static_cast<std::size_t>(got));
    for (std::size_t end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
      take(pending_.substr(0, end));
      pending_.erase(0, end + 1);
    }
  }
}

void Phases::take(const std::string& line) {
  const std::size_t space = line.find(' ');
  if (space == std::string::npos) return;
  const std::string phase = line.substr(0, space);
  const std::int64_t at = std::strtoll(line.c_str() + space, nullptr, 10);
  if (phase == "connected") connected_ns = at;
  if (phase == "run") run_ns = at;
  if (phase == "over") over_ns = at;
}

}  // namespace interleave
