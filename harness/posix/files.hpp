// Reading and writing all of a file, or saying which could not be written.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace interleave {

// All of the text, however often the kernel takes only a part; the error's number, or 0.
int write_all(int fd, std::string_view text) noexcept;

// All that it holds; none: it cannot be opened.
std::optional<std::string> text_in(const std::filesystem::path& file);

// Makes the file, or replaces what it holds. Throws std::system_error naming it.
void write_checked(const std::filesystem::path& file, std::string_view text);

// That write_checked() could begin; leaves what is there. Throws std::system_error naming the file.
void require_writable(const std::filesystem::path& file);

}  // namespace interleave
