// uv_callbacks: one thread, one libuv loop, every step of an item a callback.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <uv.h>

#include <memory>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/model.hpp"
#include "models/uv_callbacks/connection.hpp"

namespace interleave {

class UvCallbacks {
 public:
  // Handles are embedded: a sleeping item costs this object and nothing else.
  class Lane {
   public:
    template <class K>
    void fetch(const Request& request, K next) { connection_->fetch_within(request, nanoseconds(0), next); }
    template <class K>
    void fetch_within(const Request& request, nanoseconds limit, K next) { connection_->fetch_within(request, limit, next); }
    template <class K>
    void sleep(nanoseconds time, K next) {
      on_wake_.set(next);
      uv_timer_start(&timer_, &Lane::on_timer, uv_timeout_until(timer_.loop, now_ns() + time.count()), 0);
    }
    // A body that ends before it returns is followed by the loop in admit(), not by a deeper call.
    void finish() {
      if (in_body_) ended_inside_ = true;
      else model_->admit(*this);
    }

   private:
    friend class UvCallbacks;
    static void on_timer(uv_timer_t* timer) { static_cast<Lane*>(timer->data)->on_wake_(); }

    UvCallbacks* model_ = nullptr;
    std::unique_ptr<UvConnection> connection_;  // only where the load connects
    Continuation<> on_wake_;
    uv_timer_t timer_;
    bool in_body_ = false;
    bool ended_inside_ = false;
  };

  static Description describe() { return {"uv_callbacks", std::string("libuv ") + uv_version_string(), "epoll", "1"}; }
  static Claims claims(const Load&) { return {1, 1, 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }

  UvCallbacks(const Load& load, std::vector<Socket> sockets) : lanes_(std::make_unique<Lane[]>(load.in_flight)) {
    uv_check(uv_loop_init(&loop_), "uv_loop_init");
    for (std::uint32_t i = 0; i < load.in_flight; ++i) {
      Lane& lane = lanes_[i];
      lane.model_ = this;
      uv_check(uv_timer_init(&loop_, &lane.timer_), "uv_timer_init");
      lane.timer_.data = &lane;
      if (!sockets.empty()) lane.connection_ = std::make_unique<UvConnection>(&loop_, load.port, std::move(sockets[i]));
    }
  }
  UvCallbacks(const UvCallbacks&) = delete;
  UvCallbacks& operator=(const UvCallbacks&) = delete;
  ~UvCallbacks() {
    const auto close = [](uv_handle_t* handle, void*) {
      if (!uv_is_closing(handle)) uv_close(handle, nullptr);
    };
    uv_walk(&loop_, close, nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }

  void for_each_item(const Load& load, CallbackBody<Lane> body) {
    load_ = &load;
    body_ = body;
    next_ = 0;
    under_way_ = load.in_flight;
    for (std::uint32_t i = 0; i < load.in_flight; ++i) admit(lanes_[i]);
    uv_run(&loop_, UV_RUN_DEFAULT);  // until uv_stop, since connections keep listening
  }

 private:
  // Gives a free lane the next items, until one of them has to wait.
  void admit(Lane& lane) {
    do {
      if (next_ == load_->items) {
        if (--under_way_ == 0) uv_stop(&loop_);
        return;
      }
      lane.in_body_ = true;
      lane.ended_inside_ = false;
      body_(lane, *load_, next_++, Done<Lane>{&lane, load_});
      lane.in_body_ = false;
    } while (lane.ended_inside_);
  }

  uv_loop_t loop_;
  std::unique_ptr<Lane[]> lanes_;
  const Load* load_ = nullptr;
  CallbackBody<Lane> body_ = nullptr;
  std::uint32_t next_ = 0;
  std::uint32_t under_way_ = 0;
};

static_assert(CallbackModel<UvCallbacks>);
static_assert(CallbackDeadline<UvCallbacks::Lane>);

}  // namespace interleave
