// asio_callbacks: completion handlers on one Boost.Asio loop, one operation under way a lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/post.hpp>
#include <deque>
#include <memory>
#include <type_traits>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/continuation.hpp"
#include "harness/worker/loop_sub_lanes.hpp"
#include "harness/worker/model.hpp"
#include "models/asio/datagrams.hpp"
#include "models/asio/exchange.hpp"
#include "models/asio/loop.hpp"

namespace interleave {

class AsioCallbacks {
 public:
  using SubLane = LoopSubLane<AsioConnection>;

  // Every continuation is called by the loop, in a completion handler whose memory Asio has already taken back.
  class Lane {
   public:
    Lane(AsioCallbacks& model, const Load& load, Socket socket) : model_(model), timer_(model.loop_.io()) {
      if (socket) connection_ = std::make_unique<AsioConnection>(model.loop_.io(), load.port, std::move(socket));
      if (model.loop_.datagrams()) datagrams_ = std::make_unique<AsioDatagramLane>(model.loop_.io());
    }

    template <class K>
    void fetch(const Request& request, K next) {
      fetch_within(request, nanoseconds(0), next);
    }
    template <class K>
    void fetch_within(const Request& request, nanoseconds limit, K next) {
      connection_->fetch_within(request, limit, next);
    }
    // Here and in fetches the continuation rides in the operation itself: a lane has no place for it.
    template <class K>
    void sleep(nanoseconds time, K next) {
      static_assert(sizeof(K) <= 48 && std::is_trivially_copyable_v<K>, "a continuation holds at most 48 plain bytes");
      timer_.expires_after(time);
      timer_.async_wait([next](AsioError) { next(); });
    }
    // Work done inline calls back at once.
    template <class K>
    void offload(const Work& work, K next) {
      OffloadPort& port = model_.loop_.offload();
      if (port.is_inline()) return next(work());
      more().on_result.set(next);
      port.post(work, more_->on_result);
    }
    template <class K>
    void put(Parcel parcel, K next) {
      AsioChannel& channel = model_.loop_.channel();
      if (channel.try_send(AsioError(), parcel)) return boost::asio::post(model_.loop_.io(), [next] { next(false); });
      channel.async_send(AsioError(), parcel, [next](AsioError) { next(true); });
    }
    template <class K>
    void get(K next) {
      AsioLoop& loop = model_.loop_;
      loop.channel().async_receive([&loop, next](AsioError closed, Parcel parcel) {
        if (!closed) loop.has_taken();
        next(closed ? std::nullopt : std::optional(parcel));
      });
    }
    void hang_up() { model_.loop_.hang_up(); }
    // The first sub-lane takes over the lane's own connection, the others connect when they are needed.
    void fork(std::uint32_t n) {
      AsioLoop& loop = model_.loop_;
      more().subs.fork(n, loop.offload(), connection_,
                       [&] { return std::make_unique<AsioConnection>(loop.io(), model_.load_->port); });
    }
    SubLane& sub(std::uint32_t k) { return more_->subs[k]; }
    void cancel() { more_->subs.cancel(); }
    const std::string& kept_body() const { return connection_->body(); }
    void send_to(std::uint16_t port, Octets bytes) { datagrams_->datagrams().send_to(port, bytes); }
    template <class K>
    void receive_within(nanoseconds limit, K next) {
      datagrams_->receive_within(limit, next);
    }
    template <class K>
    void exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit, K next) {
      datagrams_->exchange_within(port, bytes, limit, next);
    }
    // Inside the body it only leaves a mark, so that items that never wait do not deepen the stack.
    void finish() {
      finished_ = true;
      if (!in_body_) run();
    }
    void run() {
      in_body_ = true;
      do {
        finished_ = false;
      } while (model_.admit(*this) && finished_);
      in_body_ = false;
    }
    void retire() {
      if (connection_) connection_->retire();
      if (datagrams_) datagrams_->retire();
      if (!more_) return;
      for (const auto& sub : more_->subs) sub->connection().retire();
    }

   private:
    // What a lane that only sleeps or fetches does without; from the first call on that needs it.
    struct More {
      Continuation<std::uint64_t> on_result;
      LoopSubLanes<AsioConnection> subs;
    };
    More& more() {
      if (!more_) more_ = std::make_unique<More>();
      return *more_;
    }

    AsioCallbacks& model_;
    AsioTimer timer_;
    std::unique_ptr<AsioConnection> connection_;  // none in a lane that only sleeps
    std::unique_ptr<More> more_;
    std::unique_ptr<AsioDatagramLane> datagrams_;
    bool in_body_ = false;
    bool finished_ = false;
  };

  static Description describe() {
    return {.name = "asio_callbacks",
            .family = Family::callbacks,
            .library = "Boost.Asio " + asio_version(),
            .back_end = kAsioBackEnd,
            .threads = "1",
            .counterparts = {"asio_coroutines"}};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }

  AsioCallbacks(const Load& load, std::vector<Socket> sockets) : loop_(load, load.in_flight) {
    sockets.resize(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(*this, load, std::move(socket));
  }

  void for_each_item(const Load& load, CallbackBody<Lane> body) {
    load_ = &load;
    body_ = body;
    boost::asio::post(loop_.io(), [this] {
      for (Lane& lane : lanes_) lane.run();
    });
    loop_.run();
  }

 private:
  // Begins the next item on this lane; false: there is none.
  bool admit(Lane& lane) {
    if (next_ == load_->items) {
      lane.retire();
      loop_.leave();
      return false;
    }
    body_(lane, *load_, next_++, Done<Lane>{&lane, load_});
    return true;
  }

  AsioLoop loop_;
  std::deque<Lane> lanes_;  // after loop_: lanes go first
  const Load* load_ = nullptr;
  CallbackBody<Lane> body_ = nullptr;
  std::uint32_t next_ = 0;
};

static_assert(CallbackModel<AsioCallbacks>);
static_assert(CallbackDeadline<AsioCallbacks::Lane>);
static_assert(CallbackOffload<AsioCallbacks::Lane>);
static_assert(CallbackQueue<AsioCallbacks::Lane>);
static_assert(CallbackSubLanes<AsioCallbacks::Lane>);
static_assert(CallbackDatagrams<AsioCallbacks::Lane>);

}  // namespace interleave
