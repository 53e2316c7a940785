// The lane of models that have a queue of their own kind between them: its list grows, and a lie says who is next.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "tests/conformance/lying/lying_pool.hpp"

namespace interleave {

// Lie::room(capacity) is how many it holds, Lie::take(parcels) removes the one that is next.
template <class Lie>
class QueueLane : public SocketLane {
 public:
  QueueLane(const Load& load, Socket socket) : SocketLane(load, std::move(socket)), load_(load) {}
  bool put(Parcel parcel) {
    std::unique_lock lock(mutex);
    const std::size_t room = Lie::room(load_.queue->capacity());
    const bool waits = parcels.size() >= room;
    changed.wait(lock, [&] { return parcels.size() < room; });
    parcels.push_back(parcel);
    changed.notify_all();
    return waits;
  }
  std::optional<Parcel> get() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [] { return !parcels.empty() || all_hung_up; });
    if (parcels.empty()) return std::nullopt;
    changed.notify_all();
    return Lie::take(parcels);
  }
  void hang_up() {
    const std::lock_guard lock(mutex);
    all_hung_up = load_.queue->hang_up();
    changed.notify_all();
  }

 private:
  static inline std::mutex mutex;
  static inline std::condition_variable changed;
  static inline std::deque<Parcel> parcels;
  static inline bool all_hung_up = false;
  const Load& load_;
};

inline Parcel first_of(std::deque<Parcel>& parcels) {
  const Parcel parcel = parcels.front();
  parcels.pop_front();
  return parcel;
}
inline Parcel last_of(std::deque<Parcel>& parcels) {
  const Parcel parcel = parcels.back();
  parcels.pop_back();
  return parcel;
}

}  // namespace interleave
