// Reading back.
// SPDX-License-Identifier: Apache-2.0
#include "harness/judge/saved_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <ctime>
#include <string>
#include <system_error>

#include "harness/http/crc32c.hpp"
#include "harness/judge/item_fault.hpp"
#include "harness/numbers/clock.hpp"
#include "harness/posix/foreign_file.hpp"

namespace interleave {
namespace {

std::int64_t ns_of(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

// A moment of CLOCK_MONOTONIC by the clock that files are stamped with, whose stamps are never ahead of it.
std::int64_t in_file_time(std::int64_t monotonic_ns) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return ns_of(now) - now_ns() + monotonic_ns;
}

constexpr std::int64_t kSlack = 1'000'000;  // ns, between the two readings above

// How many names the folder has; that it is gone is no reason to stop.
std::size_t files_in(const std::filesystem::path& folder) {
  std::error_code error;
  std::size_t files = 0;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) ++files;
  return files;
}

bool has_nothing_at(const std::filesystem::path& path) {
  struct stat about{};
  return ::lstat(path.c_str(), &about) != 0;
}

}  // namespace

SavedFiles::SavedFiles(std::filesystem::path folder, const std::vector<SavedFile>& expected)
    : folder_(std::move(folder)), expected_(expected) {
  remove_foreign(folder_);
  std::filesystem::create_directory(folder_);
}

SavedFiles::~SavedFiles() { remove_foreign(folder_); }

std::vector<Reason> SavedFiles::why_void(Window window) const {
  const std::int64_t over = in_file_time(window.over_ns) + kSlack;
  ItemFault missing(check::kOracle), odd(check::kOracle), content(check::kOracle), late(check::kWindow);
  std::size_t wanted = 0;
  for (std::size_t item = 0; item < expected_.size(); ++item) {
    const SavedFile& want = expected_[item];
    if (!want.is_one) continue;
    ++wanted;
    const std::filesystem::path path = folder_ / std::to_string(item);
    const auto file = read_foreign(path, want.bytes);
    if (!file && has_nothing_at(path)) {
      missing.note(item, [] { return "it left no file"; });
    } else if (!file) {
      odd.note(item, [] { return "what it left is no regular file that can be read"; });
    } else if (file->bytes != want.bytes) {
      content.note(item, [&] { return fmt::format("its file has {} bytes, expected {}", file->bytes, want.bytes); });
    } else if (const std::uint32_t digest = crc32c(0, file->text); digest != want.digest) {
      content.note(item, [&] {
        return fmt::format("its file has {} bytes with CRC-32C {:08x}, expected {:08x}", file->bytes, digest,
                           want.digest);
      });
    } else if (file->changed_ns > over) {
      late.note(item, [] { return "its file was written after the run was over"; });
    }
  }
  std::vector<Reason> reasons;
  for (const ItemFault* each : {&missing, &odd, &content, &late}) each->tell(reasons);
  if (const std::size_t files = files_in(folder_); files + missing.count() != wanted) {
    reasons.push_back({check::kOracle, fmt::format("{} files were left, {} asked for", files, wanted)});
  }
  return reasons;
}

}  // namespace interleave
