// A bounded queue in shared memory, for lanes that block, and what every model's lanes share beside a queue.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>

#include "harness/load/workload.hpp"
#include "harness/worker/shared_pages.hpp"

namespace interleave {

// What goes through a queue: an item, and what its producer made for it.
struct Parcel {
  std::uint32_t item = 0;
  std::uint32_t content = 0;
};

// A ring, a mutex and two condition variables, made before the model, so that it may fork afterwards. Any thread or
// process may use it. A loop has a queue of its own kind, and shares only the drawing and the hanging up.
class BoundedQueue {
 public:
  // Throws std::system_error.
  BoundedQueue(const Handover& handover, std::uint32_t producers);
  ~BoundedQueue();
  BoundedQueue(const BoundedQueue&) = delete;
  BoundedQueue& operator=(const BoundedQueue&) = delete;

  std::uint32_t capacity() const noexcept { return capacity_; }
  std::uint32_t producers() const noexcept { return producers_; }

  // 0, 1, 2, ...: each number once, whoever asks.
  std::uint32_t draw() noexcept;
  // Waits while the queue is full; says whether it had to.
  bool put(Parcel parcel) noexcept;
  // The one that was put first; waits while there is none. Nothing: it is empty, and every producer has hung up.
  std::optional<Parcel> get() noexcept;
  // A producer's last act: it puts nothing more. True: it was the last of them.
  bool hang_up() noexcept;

 private:
  struct Shared;
  std::uint32_t capacity_, producers_;
  SharedPages pages_;
  Shared* shared_;
  Parcel* ring_;
};

}  // namespace interleave
