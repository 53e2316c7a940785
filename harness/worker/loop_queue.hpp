// A bounded queue among the lanes of one loop: whoever waits stands in one of two lists.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "harness/worker/bounded_queue.hpp"
#include "harness/worker/continuation.hpp"

namespace interleave {

// A lane's place in it, with what it does next; one operation at a time. It must not move.
class QueuePlace {
 public:
  Continuation<bool> on_put;                   // whether it had to wait
  Continuation<std::optional<Parcel>> on_got;  // nothing: all have hung up, and the queue is empty

 private:
  friend class LoopQueue;
  std::optional<Parcel> parcel_;
  bool puts_ = false, waited_ = false;
};

// Belongs to one loop's thread. Nobody is called back from inside put() or get(): all are from tell(), in the order in
// which their operations were over.
class LoopQueue {
 public:
  explicit LoopQueue(BoundedQueue& shared) : shared_(shared) {}

  void put(QueuePlace& place, Parcel parcel) {
    place.parcel_ = parcel;
    place.puts_ = true;
    place.waited_ = takers_.empty() && parcels_.size() == shared_.capacity();
    if (place.waited_) return putters_.push_back(&place);
    over_.push_back(&place);
    arrived(parcel);
  }
  void get(QueuePlace& place) {
    place.puts_ = false;
    place.parcel_.reset();
    if (parcels_.empty() && !closed_) return takers_.push_back(&place);
    if (!parcels_.empty()) place.parcel_ = next();
    over_.push_back(&place);
  }
  void hang_up() {
    closed_ = shared_.hang_up();
    if (closed_) over_.insert(over_.end(), takers_.begin(), takers_.end());
    if (closed_) takers_.clear();
  }

  // Whether tell() has someone to call: the loop then must come to it without waiting.
  bool has_news() const noexcept { return !over_.empty(); }
  void tell() {
    telling_.swap(over_);
    for (QueuePlace* const place : telling_) {
      if (place->puts_) place->on_put(place->waited_);
      else place->on_got(place->parcel_);
    }
    telling_.clear();
  }

 private:
  void arrived(Parcel parcel) {
    if (takers_.empty()) return parcels_.push_back(parcel);
    takers_.front()->parcel_ = parcel;
    over_.push_back(takers_.front());
    takers_.pop_front();
  }
  // The oldest, whose room goes to the one that has waited longest.
  Parcel next() {
    const Parcel oldest = parcels_.front();
    parcels_.pop_front();
    if (putters_.empty()) return oldest;
    parcels_.push_back(*putters_.front()->parcel_);
    over_.push_back(putters_.front());
    putters_.pop_front();
    return oldest;
  }

  BoundedQueue& shared_;
  std::deque<Parcel> parcels_;
  std::deque<QueuePlace*> putters_, takers_;  // of which one at least is empty
  std::vector<QueuePlace*> over_, telling_;
  bool closed_ = false;
};

}  // namespace interleave
