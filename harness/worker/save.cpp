// openat, write, close.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/save.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "harness/posix/files.hpp"
#include "harness/worker/exit_status.hpp"

namespace interleave {
namespace {

const std::string& body_at(std::uint64_t place) {
  return *reinterpret_cast<const std::string*>(static_cast<std::uintptr_t>(place));
}

[[noreturn]] void give_up(const char* item, int error) noexcept {
  std::fprintf(stderr, "item %s cannot be saved: %s\n", item, std::strerror(error));
  _exit(kUsage);
}

// `where`: the folder's descriptor << 32 | item.
std::uint64_t save(std::uint64_t place, std::uint64_t where) noexcept {
  const std::string& body = body_at(place);
  char name[16]{};
  std::to_chars(name, name + sizeof name - 1, static_cast<std::uint32_t>(where));
  const int file =
      ::openat(static_cast<int>(where >> 32), name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) give_up(name, errno);
  if (const int error = write_all(file, body); error != 0) give_up(name, error);
  if (::close(file) != 0) give_up(name, errno);
  return body.size();
}

std::uint64_t size_of(std::uint64_t place, std::uint64_t) noexcept { return body_at(place).size(); }

std::uint64_t place_of(const std::string& body) { return reinterpret_cast<std::uintptr_t>(&body); }

}  // namespace

Descriptor open_folder(const std::string& folder) {
  if (folder.empty()) return {};
  Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open) throw std::system_error(errno, std::generic_category(), "items cannot be saved into " + folder);
  return open;
}

Work saving(const Load& load, std::uint32_t item, const std::string& body) {
  return {&save, place_of(body), std::uint64_t{static_cast<std::uint32_t>(load.folder_fd)} << 32 | item};
}
Work not_saving(const std::string& body) { return {&size_of, place_of(body), 0}; }

}  // namespace interleave
