// The queue of oneTBB between the lanes of its tasks.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oneapi/tbb/concurrent_queue.h>

#include <cstdint>
#include <optional>

#include "harness/worker/bounded_queue.hpp"

namespace interleave {

// It knows no end, so the last producer puts one in for each consumer, behind everything else.
class TbbQueue {
 public:
  TbbQueue(BoundedQueue& shared, std::uint32_t consumers) : shared_(shared), consumers_(consumers) {
    queue_.set_capacity(static_cast<std::ptrdiff_t>(shared.capacity()));
  }

  // Says whether it had to wait.
  bool put(Parcel parcel) {
    if (queue_.try_push(parcel)) return false;
    queue_.push(parcel);
    return true;
  }
  std::optional<Parcel> get() {
    std::optional<Parcel> parcel;
    queue_.pop(parcel);
    return parcel;
  }
  void hang_up() {
    if (!shared_.hang_up()) return;
    for (std::uint32_t consumer = 0; consumer < consumers_; ++consumer) queue_.push(std::nullopt);
  }

 private:
  BoundedQueue& shared_;
  std::uint32_t consumers_;
  tbb::concurrent_bounded_queue<std::optional<Parcel>> queue_;
};

}  // namespace interleave
