// A preloaded library that counts heap allocations of a whole process tree into a file it maps.
// SPDX-License-Identifier: Apache-2.0
//
// LD_PRELOAD=libinterleave_allocations.so INTERLEAVE_ALLOCATIONS=FILE program ...; FILE holds 16 bytes: the number of
// allocations and their bytes, as two little-endian 64-bit counts. Forked children map the same file, and no way of
// ending loses a count.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// glibc's own names for what is replaced here (malloc/malloc.c); they need no look-up that would itself allocate.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

struct Counts {
  std::atomic<std::uint64_t> allocations;
  std::atomic<std::uint64_t> bytes;
};
std::atomic<Counts*> counts{nullptr};

__attribute__((constructor)) void map_counts() {
  const char* const file = std::getenv("INTERLEAVE_ALLOCATIONS");
  if (file == nullptr) return;
  const int fd = open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void* const mapped = mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) counts.store(static_cast<Counts*>(mapped), std::memory_order_release);
}

void count(std::size_t size) noexcept {
  Counts* const to = counts.load(std::memory_order_acquire);
  if (to == nullptr) return;
  to->allocations.fetch_add(1, std::memory_order_relaxed);
  to->bytes.fetch_add(size, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  count(size);
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}
void* realloc(void* old, std::size_t size) {
  count(size);
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** made, std::size_t alignment, std::size_t size) {
  count(size);
  *made = __libc_memalign(alignment, size);
  return *made == nullptr ? ENOMEM : 0;
}

}  // extern "C"
