// write() until nothing is left, and streams for reading.
// SPDX-License-Identifier: Apache-2.0
#include "harness/posix/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace interleave {

int write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return 0;
}

std::optional<std::string> text_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream whole;
  whole << in.rdbuf();  // what cannot be read, as a directory, is empty
  return std::move(whole).str();
}

void write_checked(const std::filesystem::path& file, std::string_view text) {
  const auto failed = [&](int error) {
    return std::system_error(error, std::generic_category(), "cannot write " + file.string());
  };
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) throw failed(errno);
  int error = write_all(fd, text);
  if (::close(fd) != 0 && error == 0) error = errno;  // some file systems say only now that there is no room
  if (error != 0) throw failed(error);
}

void require_writable(const std::filesystem::path& file) {
  const bool is_there = std::filesystem::exists(file);
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot write " + file.string());
  ::close(fd);
  if (!is_there) ::unlink(file.c_str());
}

}  // namespace interleave
