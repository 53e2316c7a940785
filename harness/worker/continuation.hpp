// The one place a callback lane keeps what to do next: 48 plain bytes, no allocation, no destructor.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <new>
#include <type_traits>

namespace interleave {

template <class... Args>
class Continuation {
 public:
  template <class K>
  void set(K next) noexcept {
    static_assert(sizeof(K) <= sizeof store_ && std::is_trivially_copyable_v<K>,
                  "a continuation holds at most 48 plain bytes");
    new (store_) K(next);
    call_ = [](void* store, Args... args) {
      K copy = *static_cast<K*>(store);  // the call may set the next continuation in the same place
      copy(args...);
    };
  }
  // Called once for each set().
  void operator()(Args... args) { call_(store_, args...); }

 private:
  alignas(std::max_align_t) unsigned char store_[48];
  void (*call_)(void*, Args...) = nullptr;
};

}  // namespace interleave
