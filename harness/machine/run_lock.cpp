// flock() on a file that says who holds it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace interleave {
namespace {

std::string holder(int fd) {
  char text[32] = {};
  const ssize_t got = ::pread(fd, text, sizeof text - 1, 0);
  const bool lives = got > 0 && (::kill(std::atoi(text), 0) == 0 ||
                                 errno == EPERM);  // whoever holds it now may not have been able to write
  return lives ? std::string(text, std::strcspn(text, "\n")) : "unknown";
}

}  // namespace

std::filesystem::path lock_path() {
  if (const char* const file = std::getenv("INTERLEAVE_LOCK")) return file;
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  std::error_code ignored;
  const bool usable = runtime != nullptr && std::filesystem::is_directory(runtime, ignored);
  return std::filesystem::path(usable ? runtime : "/tmp") / "interleave.lock";
}

RunLock::RunLock(const std::filesystem::path& file) : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  const bool anothers =
      fd_ < 0 && (errno == EACCES || errno == EPERM);  // another user's can be held, though not written
  if (anothers) fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) {
    throw std::runtime_error(fmt::format("cannot open the lock file {}: {}; name another one in INTERLEAVE_LOCK",
                                         file.string(), std::strerror(errno)));
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const std::string pid = holder(fd_);
    ::close(fd_);
    throw std::runtime_error(fmt::format(
        "another run is measuring on this machine (pid {}, {}); wait for it or stop it: two at once measure each other",
        pid, file.string()));
  }
  if (anothers) return;
  const std::string pid = std::to_string(getpid()) + "\n";
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) {
    ::close(fd_);
    throw std::runtime_error("cannot write the lock file " + file.string());
  }
}

RunLock::~RunLock() { ::close(fd_); }

}  // namespace interleave
