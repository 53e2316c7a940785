// The ring.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/bounded_queue.hpp"

#include <pthread.h>

#include <atomic>
#include <mutex>
#include <new>

namespace interleave {
namespace {

// Of processes as well as of threads, which the standard library's are not.
class Mutex {
 public:
  Mutex() noexcept {
    pthread_mutexattr_t shared;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&mutex_, &shared);
  }
  void lock() noexcept { pthread_mutex_lock(&mutex_); }
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }
  pthread_mutex_t* get() noexcept { return &mutex_; }

 private:
  pthread_mutex_t mutex_;
};

class Condition {
 public:
  Condition() noexcept {
    pthread_condattr_t shared;
    pthread_condattr_init(&shared);
    pthread_condattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&condition_, &shared);
  }
  template <class Holds>
  void wait(Mutex& mutex, Holds holds) noexcept {
    while (!holds()) pthread_cond_wait(&condition_, mutex.get());
  }
  void notify_one() noexcept { pthread_cond_signal(&condition_); }
  void notify_all() noexcept { pthread_cond_broadcast(&condition_); }

 private:
  pthread_cond_t condition_;
};

}  // namespace

struct BoundedQueue::Shared {
  Mutex mutex;  // guards the three numbers below and the ring
  Condition has_room, has_some;
  std::uint32_t first = 0, count = 0;
  std::uint32_t producers = 0;  // that have not hung up
  alignas(64) std::atomic<std::uint32_t> drawn{0};
};

BoundedQueue::BoundedQueue(const Handover& handover, std::uint32_t producers)
    : capacity_(handover.capacity),
      producers_(producers),
      pages_(sizeof(Shared) + handover.capacity * sizeof(Parcel), "the queue between lanes"),
      shared_(new(pages_.data()) Shared),
      ring_(reinterpret_cast<Parcel*>(pages_.data() + sizeof(Shared))) {
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
  shared_->producers = producers;
}

// Whoever waits in it was killed with its process: nothing is destroyed but the pages.
BoundedQueue::~BoundedQueue() = default;

std::uint32_t BoundedQueue::draw() noexcept { return shared_->drawn.fetch_add(1, std::memory_order_relaxed); }

bool BoundedQueue::put(Parcel parcel) noexcept {
  bool waited = false;
  {
    const std::lock_guard lock(shared_->mutex);
    waited = shared_->count == capacity_;
    shared_->has_room.wait(shared_->mutex, [this] { return shared_->count < capacity_; });
    ring_[(shared_->first + shared_->count++) % capacity_] = parcel;
  }
  shared_->has_some.notify_one();
  return waited;
}

std::optional<Parcel> BoundedQueue::get() noexcept {
  Parcel parcel;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->has_some.wait(shared_->mutex, [this] { return shared_->count != 0 || shared_->producers == 0; });
    if (shared_->count == 0) return std::nullopt;
    parcel = ring_[shared_->first];
    shared_->first = (shared_->first + 1) % capacity_;
    --shared_->count;
  }
  shared_->has_room.notify_one();
  return parcel;
}

bool BoundedQueue::hang_up() noexcept {
  {
    const std::lock_guard lock(shared_->mutex);
    if (--shared_->producers != 0) return false;
  }
  shared_->has_some.notify_all();
  return true;
}

}  // namespace interleave
