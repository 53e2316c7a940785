// mkdtemp.
// SPDX-License-Identifier: Apache-2.0
#include "harness/posix/scratch.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "harness/posix/files.hpp"
#include "harness/posix/foreign_file.hpp"

namespace interleave {
namespace {

constexpr std::size_t kRoom = 16 << 10;  // bytes; trial.json has some 2,000, what a program says on stderr a line

}  // namespace

Scratch::Scratch() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) throw std::system_error(error, "$TMPDIR is no directory");
  std::string path = (folder / "interleave-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "cannot make a folder in " + folder.string());
  path_ = path;
}

Scratch::~Scratch() { remove_foreign(path_); }

void Scratch::require_room() const try {
  ::mkdir(path_.c_str(), 0700);  // a worker may have taken it away, closed it, or made anything of the name
  ::chmod(path_.c_str(), 0700);
  const std::filesystem::path probe = path_ / "room";
  remove_foreign(probe);
  write_checked(probe, std::string(kRoom, '\n'));
  remove_foreign(probe);
} catch (const std::system_error& error) {
  throw std::system_error(error.code(), "cannot write to " + path_.parent_path().string() + " ($TMPDIR)");
}

}  // namespace interleave
