// Memory that this process and those it forks share.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace interleave {

// Zeroed pages, touched before use so that no page fault falls into a run; unmapped at the end.
class SharedPages {
 public:
  // Throws std::system_error; `what` says what the memory was for.
  SharedPages(std::size_t bytes, const char* what);
  ~SharedPages();
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;
  char* data() const noexcept { return static_cast<char*>(mapped_); }

 private:
  std::size_t size_;
  void* mapped_;
};

}  // namespace interleave
