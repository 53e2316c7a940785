// The classic flag downloads: 194 countries, a small picture and a line of metadata each.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace interleave {

inline constexpr std::uint64_t kFlags = 194;
inline constexpr std::uint64_t kFlagItems = 2 * kFlags;  // pictures first, then metadata

struct FlagFile {
  std::uint64_t item = 0;  // below kFlagItems; what its fate is drawn by
  std::string content_type;
  std::string content;
};

// "/flags/br/br.gif" and "/flags/br/metadata.json", in lower case; nothing for any other path.
std::optional<FlagFile> flag_file(std::string_view path);

// A picture of 64 x 40 points in four colours, stripes and an emblem that are the country's own: GIF 89a.
std::string flag_gif(std::string_view country_code);

}  // namespace interleave
