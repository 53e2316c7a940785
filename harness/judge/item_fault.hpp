// One way in which items may be at fault: the first of them, and how many there are.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "harness/judge/reason.hpp"

namespace interleave {

class ItemFault {
 public:
  explicit ItemFault(const char* check) : check_(check) {}
  // `words` is asked for the first alone.
  template <class Words>
  void note(std::size_t item, Words words) {
    if (count_++ == 0) first_ = fmt::format("item {}: {}", item, words());
  }
  std::uint64_t count() const { return count_; }
  void tell(std::vector<Reason>& reasons) const {
    if (count_ == 0) return;
    reasons.push_back({check_, count_ == 1 ? first_ : fmt::format("{} (and {} more items)", first_, count_ - 1)});
  }

 private:
  const char* check_;
  std::uint64_t count_ = 0;
  std::string first_;
};

}  // namespace interleave
