// What a program that prints results does last.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

namespace interleave {

// Writes out what is still buffered. Throws std::runtime_error if any of what was printed is lost, as on a full disk.
inline void finish_output() {
  if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category(), "cannot write to stdout");
  if (std::ferror(stdout) != 0)
    throw std::runtime_error("cannot write to stdout: is the disk full?");  // earlier; why is not kept
}

}  // namespace interleave
