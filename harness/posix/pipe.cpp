// pipe2.
// SPDX-License-Identifier: Apache-2.0
#include "harness/posix/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace interleave {

Pipe::Pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  read_end_ = ends[0];
  write_end_ = ends[1];
}

Pipe::~Pipe() {
  close_write_end();
  ::close(read_end_);
}

void Pipe::close_write_end() {
  if (write_end_ >= 0) ::close(write_end_);
  write_end_ = -1;
}

}  // namespace interleave
