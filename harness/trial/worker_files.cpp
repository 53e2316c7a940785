// Reading what may be anything.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/worker_files.hpp"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "harness/posix/foreign_file.hpp"

namespace interleave {
namespace {

using nlohmann::json;

constexpr std::size_t kMostSaid = 1 << 20;  // bytes; it is some 2,000
constexpr int kMostLevels = 64;             // what is copied and written level by level must not exhaust the stack

}  // namespace

void make_way(const std::filesystem::path& file) {
  remove_foreign(file);
  ::mkdir(file.parent_path().c_str(), 0700);
}

json read_worker_json(const std::filesystem::path& file) {
  const auto said = read_foreign(file, kMostSaid + 1);
  if (!said || said->text.size() > kMostSaid) return nullptr;
  bool too_deep = false;
  const auto look = [&](int level, json::parse_event_t, const json&) {
    too_deep = too_deep || level > kMostLevels;
    return !too_deep;
  };
  json read = json::parse(said->text, look, false);
  return read.is_object() && !too_deep ? read : json();
}

}  // namespace interleave
