// The two memory files of a trial: what each item is to do, and what it came to.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/load/item.hpp"
#include "harness/posix/descriptor.hpp"

namespace interleave {

// A tape as it was at one moment, in memory of the harness's own.
struct TapeCopy {
  FileHeader header{};
  std::vector<Record> records;
  bool guard_intact = true;   // nothing was written behind the last record
  bool header_intact = true;  // nor in the head, but for when the run starts
};

// The first records at a moment of the run: which of them told of an end.
struct TapeLook {
  std::int64_t at_ns = 0;
  std::vector<bool> ended;
};

// Both files are sealed in size, so that nobody can truncate them under who reads. The harness maps neither: their
// pages are the worker's in no other sense than that it uses them, and their size is known, so they count to nobody's
// memory.
class ItemFiles {
 public:
  // Throws std::system_error where memory or descriptors run out.
  explicit ItemFiles(std::uint32_t items);

  int tape() const noexcept { return tape_.get(); }        // for the worker to map for writing
  int inputs() const noexcept { return readable_.get(); }  // for the worker to map for reading; cannot be written

  // The inputs become visible to whoever has them mapped. Throws std::system_error.
  void fill(std::span<const ItemInput> inputs) const;
  TapeCopy copy_tape() const;                                 // throws std::system_error
  TapeLook look_at_tape() const;                              // throws std::system_error
  bool same_tape(const TapeCopy& copy) const;                 // whether nothing was written since
  bool same_inputs(std::span<const ItemInput> inputs) const;  // whether nobody changed them
  std::uint64_t bytes() const noexcept;                       // of both

 private:
  std::uint32_t items_;
  Descriptor tape_, inputs_, readable_;
};

// Why records cannot have been written when they say that their items ended: of those that had, by the whole tape,
// ended well before a look, it found less than half; none if that is not so.
std::optional<std::string> why_written_late(const TapeCopy& tape, const std::vector<TapeLook>& looks);

std::size_t tape_bytes(std::uint32_t items) noexcept;
std::size_t inputs_bytes(std::uint32_t items) noexcept;

// What is wrong with a header for so many items; none if it is right. For whoever was handed a file.
std::optional<std::string> header_fault(const FileHeader& header, const char (&magic)[8], std::size_t record_bytes,
                                        std::uint32_t items);

}  // namespace interleave
