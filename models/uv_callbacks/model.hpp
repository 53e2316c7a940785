// uv_callbacks: one thread, one libuv loop, every step of an item a callback.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <uv.h>

#include <memory>
#include <optional>
#include <vector>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/loop_sub_lanes.hpp"
#include "harness/worker/model.hpp"
#include "models/uv/connection.hpp"
#include "models/uv/datagrams.hpp"
#include "models/uv/loop.hpp"
#include "models/uv/queue.hpp"

namespace interleave {

class UvCallbacks {
 public:
  using SubLane = LoopSubLane<UvConnection>;

  // Handles are embedded: a sleeping item costs this object and nothing else. Every continuation is called by the loop.
  class Lane {
   public:
    template <class K>
    void fetch(const Request& request, K next) {
      connection_->fetch_within(request, nanoseconds(0), next);
    }
    template <class K>
    void fetch_within(const Request& request, nanoseconds limit, K next) {
      connection_->fetch_within(request, limit, next);
    }
    template <class K>
    void sleep(nanoseconds time, K next) {
      on_wake_.set(next);
      uv_timer_start(&timer_, &Lane::on_timer, uv_timeout_until(timer_.loop, now_ns() + time.count()), 0);
    }
    // Work done inline calls back at once.
    template <class K>
    void offload(const Work& work, K next) {
      OffloadPort& port = model_->loop_.offload();
      if (port.is_inline()) return next(work());
      more().on_result.set(next);
      port.post(work, more_->on_result);
    }
    template <class K>
    void put(Parcel parcel, K next) {
      more().place.on_put.set(next);
      model_->queue_->put(more_->place, parcel);
    }
    template <class K>
    void get(K next) {
      more().place.on_got.set(next);
      model_->queue_->get(more_->place);
    }
    void hang_up() { model_->queue_->hang_up(); }
    // The first sub-lane takes over the lane's own connection, the others connect when they are needed.
    void fork(std::uint32_t n) {
      UvLoop& loop = model_->loop_;
      more().subs.fork(n, loop.offload(), connection_,
                       [&] { return std::make_unique<UvConnection>(loop, model_->load_->port); });
    }
    SubLane& sub(std::uint32_t k) { return more_->subs[k]; }
    void cancel() { more_->subs.cancel(); }
    const std::string& kept_body() const { return connection_->body(); }
    void send_to(std::uint16_t port, Octets bytes) { datagrams_->send_to(port, bytes); }
    template <class K>
    void receive_within(nanoseconds limit, K next) {
      datagrams_->receive_within(limit, next);
    }
    template <class K>
    void exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit, K next) {
      datagrams_->exchange_within(port, bytes, limit, next);
    }
    // A body that ends before it returns is followed by the loop in admit(), not by a deeper call.
    void finish() {
      if (model_->in_body_ == this) model_->in_body_ = nullptr;
      else model_->admit(*this);
    }

   private:
    friend class UvCallbacks;
    // What a lane that only sleeps or fetches does without; from the first call on that needs it.
    struct More {
      Continuation<std::uint64_t> on_result;
      QueuePlace place;
      LoopSubLanes<UvConnection> subs;
    };
    More& more() {
      if (!more_) more_ = std::make_unique<More>();
      return *more_;
    }
    static void on_timer(uv_timer_t* timer) { static_cast<Lane*>(timer->data)->on_wake_(); }

    UvCallbacks* model_ = nullptr;
    std::unique_ptr<UvConnection> connection_;  // only where the load connects
    std::unique_ptr<UvDatagrams> datagrams_;    // only where it looks names up
    std::unique_ptr<More> more_;
    uv_timer_t timer_;
    Continuation<> on_wake_;
  };

  static Description describe() {
    return {.name = "uv_callbacks",
            .family = Family::callbacks,
            .library = std::string("libuv ") + uv_version_string(),
            .back_end = "epoll",
            .threads = "1",
            .bears_family = true,
            .counterparts = {"uv_coroutines"}};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }

  UvCallbacks(const Load& load, std::vector<Socket> sockets)
      : loop_(load), lanes_(std::make_unique<Lane[]>(load.in_flight)) {
    if (load.queue != nullptr) queue_.emplace(loop_, *load.queue);
    for (std::uint32_t i = 0; i < load.in_flight; ++i) {
      Lane& lane = lanes_[i];
      lane.model_ = this;
      uv_check(uv_timer_init(loop_.get(), &lane.timer_), "uv_timer_init");
      lane.timer_.data = &lane;
      if (!sockets.empty()) lane.connection_ = std::make_unique<UvConnection>(loop_, load.port, std::move(sockets[i]));
      if (load.name_port != 0) lane.datagrams_ = std::make_unique<UvDatagrams>(loop_);
    }
  }
  UvCallbacks(const UvCallbacks&) = delete;
  UvCallbacks& operator=(const UvCallbacks&) = delete;
  ~UvCallbacks() { loop_.close_all(); }

  void for_each_item(const Load& load, CallbackBody<Lane> body) {
    load_ = &load;
    body_ = body;
    under_way_ = load.in_flight;
    for (std::uint32_t i = 0; i < load.in_flight; ++i) admit(lanes_[i]);
    loop_.run();
  }

 private:
  // Gives a free lane the next items, until one of them has to wait.
  void admit(Lane& lane) {
    do {
      if (next_ == load_->items) {
        in_body_ = nullptr;
        if (--under_way_ == 0) loop_.stop();
        return;
      }
      in_body_ = &lane;
      body_(lane, *load_, next_++, Done<Lane>{&lane, load_});
    } while (in_body_ == nullptr);  // the item is over already
    in_body_ = nullptr;
  }

  UvLoop loop_;
  std::optional<UvQueue> queue_;
  std::unique_ptr<Lane[]> lanes_;
  const Load* load_ = nullptr;
  CallbackBody<Lane> body_ = nullptr;
  std::uint32_t next_ = 0;
  std::uint32_t under_way_ = 0;
  const Lane* in_body_ = nullptr;  // whose body is on the stack and not over
};

static_assert(CallbackModel<UvCallbacks>);
static_assert(CallbackDeadline<UvCallbacks::Lane>);
static_assert(CallbackOffload<UvCallbacks::Lane>);
static_assert(CallbackQueue<UvCallbacks::Lane>);
static_assert(CallbackSubLanes<UvCallbacks::Lane>);
static_assert(CallbackDatagrams<UvCallbacks::Lane>);

}  // namespace interleave
