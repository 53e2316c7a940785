// flock() on a file that says who holds it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "harness/text/leading_number.hpp"

namespace interleave {
namespace {

std::string holder(int fd) {
  char text[32] = {};
  const ssize_t got = ::pread(fd, text, sizeof text - 1, 0);
  const auto pid = leading_number<pid_t>({text, static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
  const bool is_one = pid.error == std::errc() && pid.rest == "\n" && pid.value > 0;
  const bool lives =
      is_one && (::kill(pid.value, 0) == 0 || errno == EPERM);  // whoever holds it now may not have been able to write
  return lives ? std::to_string(pid.value) : "unknown";
}

bool is_refused(int error) { return error == EACCES || error == EPERM || error == EROFS; }

constexpr int kSafely = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;  // neither another's link nor a pipe that waits

// Where all may write, another user's file must not be opened for making it (fs.protected_regular), so that comes last,
// and only if there is none. It is made for all to hold: a lock that others may not take is theirs alone.
int opened(const std::filesystem::path& file) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    int fd = ::open(file.c_str(), O_RDWR | kSafely);
    if (fd < 0 && is_refused(errno)) fd = ::open(file.c_str(), O_RDONLY | kSafely);
    if (fd >= 0 || errno != ENOENT) return fd;
    fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | kSafely, 0666);
    if (fd >= 0) ::fchmod(fd, 0666);  // whatever the umask
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  errno = EAGAIN;
  return -1;
}

bool is_usable(const char* directory) {
  struct stat what{};
  return ::stat(directory, &what) == 0 && S_ISDIR(what.st_mode) && ::access(directory, W_OK | X_OK) == 0;
}

std::runtime_error unusable(const std::filesystem::path& file, const char* why) {
  return std::runtime_error(
      fmt::format("cannot open the lock file {}: {}; name another one in INTERLEAVE_LOCK", file.string(), why));
}

}  // namespace

// One place for all users and sessions: what XDG_RUNTIME_DIR or TMPDIR name is each one's own.
std::filesystem::path lock_path() {
  if (const char* const file = std::getenv("INTERLEAVE_LOCK")) return file;
  return std::filesystem::path(is_usable("/run/lock") ? "/run/lock" : "/tmp") / "interleave.lock";
}

RunLock::RunLock(const std::filesystem::path& file) : fd_(opened(file)) {
  if (fd_ < 0) throw unusable(file, std::strerror(errno));
  struct stat what{};
  if (::fstat(fd_, &what) != 0 || !S_ISREG(what.st_mode)) {
    ::close(fd_);
    throw unusable(file, "it is no file");
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const std::string pid = holder(fd_);
    ::close(fd_);
    throw std::runtime_error(fmt::format(
        "another run is measuring on this machine (pid {}, {}); wait for it or stop it: two at once measure each other",
        pid, file.string()));
  }
  // Who holds it, for the refused. Another user's file can be held, though perhaps not written.
  const std::string pid = std::to_string(getpid()) + "\n";
  if ((::fcntl(fd_, F_GETFL) & O_ACCMODE) != O_RDWR) return;
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) {
    const int error = errno;
    ::close(fd_);
    throw std::runtime_error(fmt::format("cannot write the lock file {}: {}", file.string(), std::strerror(error)));
  }
}

RunLock::~RunLock() { ::close(fd_); }

}  // namespace interleave
