// fibers: blocking code on stacks of its own, switched by Boost.Context where it waits on one Boost.Asio loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <unistd.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/context/fixedsize_stack.hpp>
#include <deque>
#include <memory>

#include "harness/text/parameters.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/model.hpp"
#include "models/asio/connection.hpp"
#include "models/asio/datagrams.hpp"
#include "models/asio/loop.hpp"

namespace interleave {

class Fibers {
 public:
  // Used by its own fiber alone: what looks blocking switches to the loop and is resumed by a completion.
  class Lane {
   public:
    Lane(AsioLoop& loop, std::uint16_t port, Socket socket) : loop_(loop), timer_(loop.io()) {
      if (socket) connection_ = std::make_unique<AsioConnection>(loop.io(), port, std::move(socket));
      if (loop.datagrams()) datagrams_ = std::make_unique<AsioDatagramLane>(loop.io());
    }

    Reply fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
    Reply fetch_within(const Request& request, nanoseconds limit) {
      AsioConnection& link = *connection_;
      AsioError error;
      const auto wait = (*yield_)[error];
      link.begin(request, limit);
      if (!link.open()) {
        link.socket().async_connect(link.server(), wait);
        link.connected(error);
      }
      while (!link.over() && !link.send()) link.socket().async_wait(AsioSocket::wait_write, wait);
      while (!link.over()) {
        const std::size_t n = link.socket().async_read_some(link.space(), wait);
        link.received(error, n);
      }
      return link.reply();
    }
    const std::string& kept_body() const { return connection_->body(); }
    void sleep(nanoseconds time) {
      timer_.expires_after(time);
      timer_.async_wait(*yield_);
    }
    // Waits with the timer as Asio's condition variable: it never expires, and is cancelled when the result is there.
    std::uint64_t offload(const Work& work) {
      if (loop_.offload().is_inline()) return work();
      timer_.expires_at(AsioTimer::time_point::max());
      loop_.offload().post(work, this, [](void* self, std::uint64_t result) {
        Lane* const lane = static_cast<Lane*>(self);
        lane->result_ = result;
        lane->timer_.cancel();
      });
      AsioError cancelled;
      timer_.async_wait((*yield_)[cancelled]);
      return result_;
    }

    bool put(Parcel parcel) {
      AsioChannel& channel = loop_.channel();
      if (channel.try_send(AsioError(), parcel)) return false;
      AsioError closed;
      channel.async_send(AsioError(), parcel, (*yield_)[closed]);
      return true;
    }
    std::optional<Parcel> get() {
      AsioError closed;
      const Parcel parcel = loop_.channel().async_receive((*yield_)[closed]);
      if (closed) return std::nullopt;
      loop_.has_taken();
      return parcel;
    }
    void hang_up() { loop_.hang_up(); }
    void send_to(std::uint16_t to, Octets bytes) { datagrams_->datagrams().send_to(to, bytes); }
    Datagram receive_within(nanoseconds limit) {
      AsioDatagrams& datagrams = datagrams_->datagrams();
      AsioError error;
      datagrams.begin(limit);
      const std::size_t n = datagrams.socket().async_receive(datagrams.space(), (*yield_)[error]);
      return datagrams.received(error, n);
    }
    Datagram exchange_within(std::uint16_t to, Octets bytes, nanoseconds limit) {
      AsioMessageConnection& link = datagrams_->connection();
      AsioError error;
      const auto wait = (*yield_)[error];
      link.begin(to, bytes, limit);
      link.socket().async_connect(link.server(), wait);
      link.connected(error);
      while (!link.over()) {
        const std::size_t n = link.socket().async_read_some(link.room(), wait);
        link.received(error, n);
      }
      return link.answer();
    }

   private:
    friend class Fibers;
    using Yield = boost::asio::basic_yield_context<AsioExecutor>;
    AsioLoop& loop_;
    AsioTimer timer_;
    std::unique_ptr<AsioConnection> connection_;   // none in a lane that only sleeps
    std::unique_ptr<AsioDatagramLane> datagrams_;  // only where it looks names up
    Yield* yield_ = nullptr;                       // on the fiber's stack
    std::uint64_t result_ = 0;                     // of the work handed over
  };

  static Description describe() {
    return {.name = "fibers",
            .family = Family::threads,
            .library = "Boost.Asio " + asio_version() + " spawn, Boost.Context",
            .back_end = kAsioBackEnd,
            .threads = "1",
            .policies = {{"stack_kib", "64", "stack of each fiber in KiB, 16 to 8192"}}};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  // A fiber dirties two pages of its stack, whatever the rest of it is.
  static std::optional<std::string> refusal(const Load& load) {
    const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
    if (load.in_flight <= pages / 4) return std::nullopt;
    return "in_flight " + std::to_string(load.in_flight) + " needs two pages of stack each, the limit is " +
           std::to_string(pages / 4) + " (half of the memory)";
  }

  Fibers(const Load& load, std::vector<Socket> sockets) : stack_(stack_of(load)), loop_(load, load.in_flight) {
    sockets.resize(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(loop_, load.port, std::move(socket));
  }

  // Fibers are spawned from inside the loop, where a new one starts at once instead of being queued first.
  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    boost::asio::post(loop_.io(), [&] {
      for (Lane& lane : lanes_) {
        boost::asio::spawn(
            loop_.io().get_executor(), std::allocator_arg, boost::context::fixedsize_stack(stack_),
            [&](Lane::Yield yield) { drive(lane, yield, load, body); }, boost::asio::detached);
      }
    });
    loop_.run();
  }

 private:
  static std::size_t stack_of(const Load& load) {
    return whole_number(load.policies, "stack_kib", 64, {16, 8192}) * 1024;
  }
  void drive(Lane& lane, Lane::Yield& yield, const Load& load, BlockingBody<Lane> body) {
    lane.yield_ = &yield;
    while (next_ < load.items) body(lane, load, next_++);
    if (lane.connection_) lane.connection_->retire();
    if (lane.datagrams_) lane.datagrams_->retire();
    loop_.leave();
  }

  std::size_t stack_;
  AsioLoop loop_;
  std::deque<Lane> lanes_;  // after loop_: lanes go first
  std::uint32_t next_ = 0;
};

static_assert(BlockingModel<Fibers>);
static_assert(BlockingDeadline<Fibers::Lane>);
static_assert(BlockingOffload<Fibers::Lane>);
static_assert(BlockingDatagrams<Fibers::Lane>);

}  // namespace interleave
