// mkdtemp.
// SPDX-License-Identifier: Apache-2.0
#include "harness/posix/scratch.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "harness/posix/files.hpp"

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

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Scratch::require_room() const try {
  ::mkdir(path_.c_str(), 0700);  // a worker may have taken it away, or made anything of the name
  const std::filesystem::path probe = path_ / "room";
  std::error_code ignored;
  std::filesystem::remove_all(probe, ignored);
  write_checked(probe, std::string(kRoom, '\n'));
  std::filesystem::remove(probe, ignored);
} catch (const std::system_error& error) {
  throw std::system_error(error.code(), "cannot write to " + path_.parent_path().string() + " ($TMPDIR)");
}

}  // namespace interleave
