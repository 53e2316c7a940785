// Anonymous shared mappings.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/shared_pages.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace interleave {

SharedPages::SharedPages(std::size_t bytes, const char* what)
    : size_(bytes),
      mapped_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {
  if (mapped_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), what);
}

SharedPages::~SharedPages() { munmap(mapped_, size_); }

}  // namespace interleave
