// A bounded queue on a libuv loop: an idle handle brings the news, and is active only while there is some.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <uv.h>

#include "harness/worker/loop_queue.hpp"
#include "models/uv/loop.hpp"

namespace interleave {

class UvQueue {
 public:
  UvQueue(UvLoop& loop, BoundedQueue& shared) : queue_(shared) {
    uv_check(uv_idle_init(loop.get(), &news_), "uv_idle_init");
    news_.data = this;
  }
  UvQueue(const UvQueue&) = delete;
  UvQueue& operator=(const UvQueue&) = delete;

  void put(QueuePlace& place, Parcel parcel) {
    queue_.put(place, parcel);
    watch();
  }
  void get(QueuePlace& place) {
    queue_.get(place);
    watch();
  }
  void hang_up() {
    queue_.hang_up();
    watch();
  }

 private:
  // An active idle handle keeps the loop from waiting in epoll.
  void watch() {
    if (queue_.has_news()) uv_idle_start(&news_, &UvQueue::on_idle);
  }
  static void on_idle(uv_idle_t* news) {
    UvQueue& self = *static_cast<UvQueue*>(news->data);
    self.queue_.tell();
    if (!self.queue_.has_news()) uv_idle_stop(news);
  }

  LoopQueue queue_;
  uv_idle_t news_;
};

}  // namespace interleave
