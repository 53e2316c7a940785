// Descriptors 0, 1 and 2.
// SPDX-License-Identifier: Apache-2.0
#include "harness/posix/standard_streams.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "harness/posix/files.hpp"

namespace interleave {

void open_standard_descriptors() noexcept {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest number that is free is this one. None can be written to: what is lost shall be told.
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF && ::open("/dev/null", O_RDONLY) != fd) return;
  }
}

void ignore_broken_pipes() noexcept { std::signal(SIGPIPE, SIG_IGN); }

void say(std::string_view text) noexcept { write_all(STDERR_FILENO, text); }

void say_without_waiting(std::string_view text) noexcept {
  pollfd room{STDERR_FILENO, POLLOUT, 0};  // of a pipe: room for a page, which no line of progress fills
  if (::poll(&room, 1, 0) > 0 && (room.revents & POLLOUT) != 0) say(text);
}

}  // namespace interleave
