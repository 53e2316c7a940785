// One measuring run at a time per machine, whoever starts it: two at once would measure each other.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

namespace interleave {

// Where the lock lives: $INTERLEAVE_LOCK, else interleave.lock in /run/lock, else in /tmp.
std::filesystem::path lock_path();

// Holds the lock for its lifetime; the kernel lets go of it however the process ends.
class RunLock {
 public:
  // Throws std::runtime_error naming the process that measures.
  explicit RunLock(const std::filesystem::path& file = lock_path());
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int fd_;
};

}  // namespace interleave
