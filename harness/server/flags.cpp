// Pictures made of a country's code.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/flags.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "harness/numbers/mix.hpp"
#include "harness/server/countries.hpp"
#include "harness/server/text.hpp"

namespace interleave {
namespace {

static_assert(kCountries.size() == kFlags);

constexpr unsigned kWidth = 64;
constexpr unsigned kHeight = 40;

std::string upper(std::string_view text) {
  std::string raised(text);
  for (char& c : raised) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return raised;
}

// Codes of three bits, lowest bit first, in blocks of at most 255 bytes. A clear code before every two points keeps the
// code table from growing, so that no compressor is needed and the picture is still plain GIF.
class CodeStream {
 public:
  void put(unsigned code) {
    bits_ |= code << used_;
    for (used_ += 3; used_ >= 8; used_ -= 8, bits_ >>= 8) bytes_ += static_cast<char>(bits_ & 0xff);
  }
  std::string blocks() {
    if (used_ != 0) bytes_ += static_cast<char>(bits_ & 0xff);
    std::string blocks;
    for (std::size_t at = 0; at < bytes_.size(); at += 255) {
      const std::string block = bytes_.substr(at, 255);
      blocks += static_cast<char>(block.size());
      blocks += block;
    }
    return blocks + '\0';
  }

 private:
  std::string bytes_;
  unsigned bits_ = 0;
  unsigned used_ = 0;
};

unsigned colour_at(unsigned x, unsigned y, std::uint64_t key) {
  const unsigned stripes = (key & 1) != 0 ? x * 3 / kWidth : y * 3 / kHeight;
  const int dx = static_cast<int>(x) - static_cast<int>(kWidth / 2);
  const int dy = static_cast<int>(y) - static_cast<int>(kHeight / 2);
  return dx * dx + dy * dy < static_cast<int>(key >> 1 & 63) ? 3 : stripes;
}

}  // namespace

std::string flag_gif(std::string_view country_code) {
  std::uint64_t key = 0;
  for (const char c : country_code) key = mix64(key, static_cast<unsigned char>(c));
  std::string gif("GIF89a");
  for (const unsigned char byte : std::array<unsigned char, 7>{kWidth, 0, kHeight, 0, 0x81, 0, 0})
    gif += static_cast<char>(byte);
  for (std::uint64_t byte = 0; byte < 12; ++byte) gif += static_cast<char>(mix64(key, byte) & 0xff);  // four colours
  for (const unsigned char byte : std::array<unsigned char, 11>{0x2c, 0, 0, 0, 0, kWidth, 0, kHeight, 0, 0, 2}) {
    gif += static_cast<char>(byte);
  }
  constexpr unsigned kClear = 4;
  constexpr unsigned kEnd = 5;
  CodeStream codes;
  for (unsigned point = 0; point < kWidth * kHeight; ++point) {
    if (point % 2 == 0) codes.put(kClear);
    codes.put(colour_at(point % kWidth, point / kWidth, key));
  }
  codes.put(kEnd);
  return gif + codes.blocks() + ';';
}

std::optional<FlagFile> flag_file(std::string_view path) {
  const auto parts = split(path, '/');  // "", "flags", "br", "br.gif"
  if (parts.size() != 4 || parts[1] != "flags" || parts[2].size() != 2) return std::nullopt;
  const std::string code = upper(parts[2]);
  if (code == parts[2]) return std::nullopt;  // the classic files have lower-case names
  const auto country =
      std::find_if(kCountries.begin(), kCountries.end(), [&](const auto& each) { return each.first == code; });
  if (country == kCountries.end()) return std::nullopt;
  const auto index = static_cast<std::uint64_t>(country - kCountries.begin());
  if (parts[3] == std::string(parts[2]) + ".gif") return FlagFile{index, "image/gif", flag_gif(code)};
  if (parts[3] != "metadata.json") return std::nullopt;
  const nlohmann::json metadata{{"country", country->second}, {"gif_cc", code}};
  return FlagFile{kFlags + index, "application/json", metadata.dump()};
}

}  // namespace interleave
