// When retries may come: what 429 and 503 said in Retry-After, so that those who come sooner are counted.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace interleave {

// May be used by all shards at once. Keys are whatever tells one retried request from another; times are
// CLOCK_MONOTONIC in ns.
class RetryBook {
 public:
  bool empty() const noexcept { return noted_.load(std::memory_order_acquire) == 0; }

  // Whether a request at `now` comes before its time; its note is forgotten.
  bool early(std::uint64_t key, std::int64_t now) {
    const std::lock_guard lock(mutex_);
    const auto found = not_before_.find(key);
    if (found == not_before_.end()) return false;
    const bool is_early = now < found->second;
    not_before_.erase(found);
    noted_.store(not_before_.size(), std::memory_order_release);
    return is_early;
  }
  // Beyond a million notes nothing more is noted.
  void note(std::uint64_t key, std::int64_t not_before) {
    const std::lock_guard lock(mutex_);
    if (not_before_.size() < kMost) not_before_[key] = not_before;
    noted_.store(not_before_.size(), std::memory_order_release);
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    not_before_.clear();
    noted_.store(0, std::memory_order_release);
  }

 private:
  static constexpr std::size_t kMost = 1'000'000;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::int64_t> not_before_;
  std::atomic<std::size_t> noted_{0};
};

}  // namespace interleave
