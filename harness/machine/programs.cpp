// Fingerprints, and what stat() says.
// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/programs.hpp"

#include <fmt/format.h>

#include "harness/http/crc32c.hpp"
#include "harness/posix/files.hpp"

namespace interleave {
namespace {

using nlohmann::json;

json fingerprint_of(const std::filesystem::path& file) {
  const auto bytes = text_in(file);
  if (!bytes) return nullptr;
  return {{"bytes", bytes->size()}, {"crc32c", fmt::format("{:08x}", crc32c(0, *bytes))}};
}

bool same(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

bool untouched(const struct stat& before, const struct stat& now) {
  return before.st_dev == now.st_dev && before.st_ino == now.st_ino && before.st_size == now.st_size &&
         same(before.st_mtim, now.st_mtim) && same(before.st_ctim, now.st_ctim);
}

}  // namespace

json fingerprints_of(const Programs& programs) {
  json prints = json::object();
  for (const auto& [name, file] : programs) prints[name] = fingerprint_of(file);
  return prints;
}

ProgramWatch::ProgramWatch(Programs programs, json fingerprints) : fingerprints_(std::move(fingerprints)) {
  for (auto& [name, file] : programs) watched_.push_back({name, std::move(file), {}});  // read once, at the first look
}

std::optional<std::string> ProgramWatch::changed() {
  for (Watched& each : watched_) {
    struct stat now{};
    if (::stat(each.file.c_str(), &now) != 0) return fmt::format("{} ({}) is gone", each.name, each.file.string());
    if (untouched(each.seen, now)) continue;
    if (fingerprint_of(each.file) != fingerprints_.value(each.name, json()))
      return fmt::format("{} ({}) has been replaced", each.name, each.file.string());
    each.seen = now;
  }
  return std::nullopt;
}

}  // namespace interleave
