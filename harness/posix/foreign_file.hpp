// What a program that is not trusted left under a name that it was given.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace interleave {

struct ForeignFile {
  std::string text;             // its first bytes, as many as were asked for at most
  std::uint64_t bytes = 0;      // how many it has
  std::int64_t changed_ns = 0;  // its last change by CLOCK_REALTIME, be it of bytes or of times: nobody can set it back
};

// None where no regular file is there: a folder, a pipe, a device, a link to anywhere. Never waits, and takes no more
// memory than `most`.
std::optional<ForeignFile> read_foreign(const std::filesystem::path& file, std::size_t most);

// Removes whatever is there with all that is in it, also where folders are closed to their owner; as far as it can.
void remove_foreign(const std::filesystem::path& path) noexcept;

}  // namespace interleave
