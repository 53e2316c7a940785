// memfd_create, seals, pread and pwrite.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/item_files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

constexpr std::size_t kPiece = 1 << 20;
constexpr std::uint32_t kMostLookedAt = 1024;        // 64 KiB, some 20 us
constexpr std::int64_t kWrittenWithin = 10'000'000;  // ns after its end, unless its writer has no core
constexpr std::size_t kFewestLate = 4;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void write_at(int fd, const void* data, std::size_t size, std::size_t at) {
  for (const char* from = static_cast<const char*>(data); size > 0;) {
    const ssize_t n = ::pwrite(fd, from, size, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("memory file of a trial");
    from += n;
    at += static_cast<std::size_t>(n);
    size -= static_cast<std::size_t>(n);
  }
}

void read_at(int fd, void* data, std::size_t size, std::size_t at) {
  for (char* to = static_cast<char*>(data); size > 0;) {
    const ssize_t n = ::pread(fd, to, size, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("memory file of a trial");
    to += n;
    at += static_cast<std::size_t>(n);
    size -= static_cast<std::size_t>(n);
  }
}

bool same_at(int fd, const void* data, std::size_t size, std::size_t at) {
  std::vector<char> piece(std::min(size, kPiece));
  for (const char* from = static_cast<const char*>(data); size > 0;) {
    const std::size_t n = std::min(size, piece.size());
    read_at(fd, piece.data(), n, at);
    if (std::memcmp(piece.data(), from, n) != 0) return false;
    from += n;
    at += n;
    size -= n;
  }
  return true;
}

// Its pages are there from now on, so that no fault of a reader or writer has to make them.
Descriptor sealed(const char* name, std::size_t bytes, const FileHeader& header) {
  Descriptor file(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) fail("memfd_create");
  if (::fallocate(file.get(), 0, 0, static_cast<off_t>(bytes)) != 0) fail("memory for the records of a trial's items");
  write_at(file.get(), &header, sizeof header, 0);
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) fail("F_ADD_SEALS");
  return file;
}

FileHeader header_of(const char (&magic)[8], std::size_t record_bytes, std::uint32_t items) {
  FileHeader header{};
  std::memcpy(header.magic, magic, sizeof header.magic);
  header.record_bytes = static_cast<std::uint32_t>(record_bytes);
  header.items = items;
  return header;
}

}  // namespace

std::size_t tape_bytes(std::uint32_t items) noexcept {
  return sizeof(FileHeader) + std::size_t{items} * sizeof(Record) + kGuardBytes;
}
std::size_t inputs_bytes(std::uint32_t items) noexcept {
  return sizeof(FileHeader) + std::size_t{items} * sizeof(ItemInput);
}

ItemFiles::ItemFiles(std::uint32_t items)
    : items_(items),
      tape_(sealed("interleave-tape", tape_bytes(items), header_of(kTapeMagic, sizeof(Record), items))),
      inputs_(sealed("interleave-inputs", inputs_bytes(items), header_of(kInputsMagic, sizeof(ItemInput), items))) {
  const std::string path = "/proc/self/fd/" + std::to_string(inputs_.get());
  readable_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!readable_) fail("memory file of a trial");
}

void ItemFiles::fill(std::span<const ItemInput> inputs) const {
  write_at(inputs_.get(), inputs.data(), inputs.size_bytes(), sizeof(FileHeader));
}

TapeCopy ItemFiles::copy_tape() const {
  TapeCopy copy;
  copy.records.resize(items_);
  read_at(tape_.get(), &copy.header, sizeof copy.header, 0);
  const std::size_t records = copy.records.size() * sizeof(Record);
  read_at(tape_.get(), copy.records.data(), records, sizeof(FileHeader));
  const auto none = [](std::uint64_t each) { return each == 0; };
  copy.header_intact = !header_fault(copy.header, kTapeMagic, sizeof(Record), items_) &&
                       std::all_of(std::begin(copy.header.reserved), std::end(copy.header.reserved), none);
  constexpr std::array<char, kGuardBytes> kZeros{};
  copy.guard_intact = same_at(tape_.get(), kZeros.data(), kZeros.size(), sizeof(FileHeader) + records);
  return copy;
}

TapeLook ItemFiles::look_at_tape() const {
  std::vector<Record> records(std::min(items_, kMostLookedAt));
  TapeLook look{.at_ns = now_ns(), .ended = {}};
  read_at(tape_.get(), records.data(), records.size() * sizeof(Record), sizeof(FileHeader));
  for (const Record& record : records) look.ended.push_back(record.finishes != 0);
  return look;
}

std::optional<std::string> why_written_late(const TapeCopy& tape, const std::vector<TapeLook>& looks) {
  for (const TapeLook& look : looks) {
    std::size_t due = 0, there = 0;
    for (std::size_t item = 0; item < std::min(look.ended.size(), tape.records.size()); ++item) {
      if (tape.records[item].end_ns > look.at_ns - kWrittenWithin) continue;
      ++due;
      there += look.ended[item] ? 1 : 0;
    }
    if (due >= kFewestLate && 2 * there < due) {
      return "of " + std::to_string(due) + " items that had ended, " + std::to_string(due - there) +
             " were written down later";
    }
  }
  return std::nullopt;
}

bool ItemFiles::same_tape(const TapeCopy& copy) const {
  return same_at(tape_.get(), copy.records.data(), copy.records.size() * sizeof(Record), sizeof(FileHeader)) &&
         same_at(tape_.get(), &copy.header, sizeof copy.header, 0);
}

bool ItemFiles::same_inputs(std::span<const ItemInput> inputs) const {
  const FileHeader header = header_of(kInputsMagic, sizeof(ItemInput), items_);
  return same_at(inputs_.get(), &header, sizeof header, 0) &&
         same_at(inputs_.get(), inputs.data(), inputs.size_bytes(), sizeof header);
}

std::uint64_t ItemFiles::bytes() const noexcept { return tape_bytes(items_) + inputs_bytes(items_); }

std::optional<std::string> header_fault(const FileHeader& header, const char (&magic)[8], std::size_t record_bytes,
                                        std::uint32_t items) {
  if (std::memcmp(header.magic, magic, sizeof header.magic) != 0)
    return "does not begin as docs/worker_contract.md says";
  if (header.record_bytes != record_bytes) {
    return "has records of " + std::to_string(header.record_bytes) + " bytes, not " + std::to_string(record_bytes);
  }
  if (header.items != items) {
    return "is for " + std::to_string(header.items) + " items, the point has " + std::to_string(items);
  }
  return std::nullopt;
}

}  // namespace interleave
