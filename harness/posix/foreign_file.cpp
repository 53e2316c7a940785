// open() without following, and without waiting for the other end of a pipe.
// SPDX-License-Identifier: Apache-2.0
#include "harness/posix/foreign_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "harness/posix/descriptor.hpp"

namespace interleave {
namespace {

constexpr std::size_t kPiece = 64 << 10;

std::string first_bytes(int fd, std::size_t most) {
  std::string text;
  while (text.size() < most) {
    const std::size_t before = text.size(), piece = std::min(kPiece, most - before);
    text.resize(before + piece);
    const ssize_t got = ::read(fd, text.data() + before, piece);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0 || (got < 0 && errno != EINTR)) break;
  }
  return text;
}

// Folders below a folder, and it, so that what is in them can be removed. Never through a link.
void open_up(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(folder, error))) return;
  ::chmod(folder.c_str(), 0700);
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    open_up(at->path());
  }
}

}  // namespace

void remove_foreign(const std::filesystem::path& path) noexcept try {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (!error) return;
  open_up(path);
  std::filesystem::remove_all(path, error);
} catch (...) {  // of memory alone: whoever makes something there says that it cannot
}

std::optional<ForeignFile> read_foreign(const std::filesystem::path& file, std::size_t most) {
  // A device may act on being opened: what it is, is asked before, and again of what was opened.
  struct stat about{};
  if (::lstat(file.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!in || ::fstat(in.get(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  return ForeignFile{
      .text = first_bytes(in.get(), most),
      .bytes = static_cast<std::uint64_t>(about.st_size),
      .changed_ns = std::int64_t{about.st_ctim.tv_sec} * 1'000'000'000 + about.st_ctim.tv_nsec,
  };
}

}  // namespace interleave
