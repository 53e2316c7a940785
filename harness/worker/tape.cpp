// Mapping the two files of a trial.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/tape.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include "harness/judge/item_files.hpp"

namespace interleave {
namespace {

void check(const char* flag, const char* data, const char (&magic)[8], std::size_t record_bytes, std::uint32_t items) {
  const auto& header = *reinterpret_cast<const FileHeader*>(data);
  if (const auto fault = header_fault(header, magic, record_bytes, items)) {
    throw std::invalid_argument(std::string(flag) + ": the file " + *fault);
  }
}

void* mapped(int fd, std::size_t bytes, MappedFile::For use, const char* what) {
  struct stat file{};
  if (fstat(fd, &file) != 0) throw std::system_error(errno, std::generic_category(), what);
  if (static_cast<std::size_t>(file.st_size) < bytes) {
    throw std::invalid_argument(std::string(what) + ": the file has " + std::to_string(file.st_size) + " bytes, " +
                                std::to_string(bytes) + " are needed");
  }
  const int rights = use == MappedFile::For::writing ? PROT_READ | PROT_WRITE : PROT_READ;
  void* const at = mmap(nullptr, bytes, rights, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), what);
  return at;
}

}  // namespace

MappedFile::MappedFile(int fd, std::size_t bytes, For use, const char* what)
    : size_(bytes), mapped_(mapped(fd, bytes, use, what)) {}

MappedFile::~MappedFile() { munmap(mapped_, size_); }

void MappedFile::touch_for_writing() const noexcept { madvise(mapped_, size_, MADV_POPULATE_WRITE); }

Tape::Tape(int fd, std::uint32_t items)
    : file_(fd, tape_bytes(items), MappedFile::For::writing, "--tape"),
      header_(reinterpret_cast<FileHeader*>(file_.data())),
      records_(reinterpret_cast<Record*>(file_.data() + sizeof(FileHeader)), items) {
  check("--tape", file_.data(), kTapeMagic, sizeof(Record), items);
}

Inputs::Inputs(int fd, std::uint32_t items)
    : file_(fd, inputs_bytes(items), MappedFile::For::reading, "--inputs"),
      all_(reinterpret_cast<const ItemInput*>(file_.data() + sizeof(FileHeader)), items) {
  check("--inputs", file_.data(), kInputsMagic, sizeof(ItemInput), items);
}

}  // namespace interleave
