// Reading back.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/saved_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

#include "harness/http/crc32c.hpp"
#include "harness/judge/item_fault.hpp"
#include "harness/numbers/clock.hpp"

namespace interleave {
namespace {

// What stands in a file of `path`; none: there is none.
std::optional<std::string> text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

std::int64_t ns_of(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

// A moment of CLOCK_MONOTONIC by the clock that files are stamped with, whose stamps are never ahead of it.
std::int64_t in_file_time(std::int64_t monotonic_ns) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return ns_of(now) - now_ns() + monotonic_ns;
}

bool written_after(const std::filesystem::path& path, std::int64_t at_ns) {
  constexpr std::int64_t kSlack = 1'000'000;  // between the two readings above
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0 && ns_of(about.st_mtim) > at_ns + kSlack;
}

}  // namespace

SavedFiles::SavedFiles(std::filesystem::path folder, const std::vector<SavedFile>& expected)
    : folder_(std::move(folder)), expected_(expected) {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directory(folder_);
}

SavedFiles::~SavedFiles() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<Reason> SavedFiles::why_void(Window window) const {
  const std::int64_t over = in_file_time(window.over_ns);
  ItemFault missing(check::kOracle), content(check::kOracle), late(check::kWindow);
  std::size_t wanted = 0;
  for (std::size_t item = 0; item < expected_.size(); ++item) {
    const SavedFile& want = expected_[item];
    if (!want.is_one) continue;
    ++wanted;
    const std::filesystem::path path = folder_ / std::to_string(item);
    const auto text = text_of(path);
    if (!text) {
      missing.note(item, [] { return "it left no file"; });
    } else if (text->size() != want.bytes || crc32c(0, *text) != want.digest) {
      content.note(item, [&] {
        return fmt::format("its file has {} bytes with CRC-32C {:08x}, expected {} with {:08x}", text->size(),
                           crc32c(0, *text), want.bytes, want.digest);
      });
    } else if (written_after(path, over)) {
      late.note(item, [] { return "its file was written after the run was over"; });
    }
  }
  std::vector<Reason> reasons;
  for (const ItemFault* each : {&missing, &content, &late}) each->tell(reasons);
  const auto files = static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  if (files + missing.count() != wanted) {
    reasons.push_back({check::kOracle, fmt::format("{} files were left, {} asked for", files, wanted)});
  }
  return reasons;
}

}  // namespace interleave
