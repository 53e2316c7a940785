// The stacks of threads that a library makes with default attributes.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <pthread.h>

#include <cstddef>

namespace interleave {

// A body needs some 10 KiB. The usual 8 MiB would be address space only, but where transparent huge pages are on, a
// stack of 2 MiB or more may be backed by whole ones, and 10,000 threads would take 20 GB.
inline constexpr std::size_t kThreadStack = 256 * 1024;

// For every thread made from now on in this process.
inline void use_small_stacks() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kThreadStack);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

}  // namespace interleave
