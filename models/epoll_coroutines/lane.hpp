// A lane that is awaited with our own lazy task, and the lanes of one loop working through the items.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/numbers/clock.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/task.hpp"
#include "models/epoll_coroutines/timers.hpp"

namespace interleave {

template <class Connection>
struct DatagramsOf {
  using Type = std::nullptr_t;
};
template <class Connection>
  requires requires { typename Connection::Datagrams; }
struct DatagramsOf<Connection> {
  using Type = typename Connection::Datagrams;
};

// `Connection` says by begin() and reply() how to fetch, and names its Loop and, where it has such, its Datagrams. All
// of a lane happens on its loop's thread.
template <class Connection>
class LoopLanes;

template <class Connection>
class LoopLane final : private TaskEnd<ItemResult> {
 public:
  template <class T>
  using Task = interleave::Task<T>;
  using Datagrams = typename DatagramsOf<Connection>::Type;
  static constexpr bool kHasDatagrams = !std::is_null_pointer_v<Datagrams>;

  // A lane that only sleeps has neither, and is three pointers whatever there is.
  union Peer {
    Connection* connection = nullptr;
    Datagrams* datagrams;
  };
  LoopLane(LoopLanes<Connection>& lanes, Peer peer) : lanes_(lanes), peer_(peer) {}
  LoopLane(LoopLane&&) = delete;  // tasks know its address

  // Waits for the reply; goes on at once where the sending fails.
  class Fetch {
   public:
    Fetch(Connection& connection, const Request& request, nanoseconds limit)
        : connection_(connection), request_(request), limit_(limit) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) { return connection_.begin(request_, limit_, waiter); }
    const Reply& await_resume() const noexcept { return connection_.reply(); }

   private:
    Connection& connection_;
    Request request_;
    nanoseconds limit_;
  };
  Fetch fetch(const Request& request) { return {*peer_.connection, request, nanoseconds(0)}; }
  Fetch fetch_within(const Request& request, nanoseconds limit) { return {*peer_.connection, request, limit}; }

  const std::string& kept_body() const noexcept { return peer_.connection->body(); }

  // Waits for a time, at least until the loop's next turn. Asleep from the moment it is made, which is where it stays:
  // its frame then need not keep until when. So it must be awaited at once.
  class [[nodiscard]] Sleep {
   public:
    Sleep(Timers& timers, std::int64_t due_ns) { timers.add(due_ns, sleeper_); }
    Sleep(Sleep&&) = delete;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { sleeper_.waiter = waiter; }
    void await_resume() const noexcept {}

   private:
    Sleeper sleeper_;
  };
  Sleep sleep(nanoseconds time) { return {lanes_.loop().agenda().timers(), now_ns() + time.count()}; }

  // begin(datagrams, waiter) begins what is awaited, and end(datagrams) is what it came to.
  template <class Begin, class End>
  class Receive {
   public:
    Receive(Datagrams& datagrams, Begin begin, End end) : datagrams_(datagrams), begin_(begin), end_(end) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) { return begin_(datagrams_, waiter); }
    const Datagram& await_resume() const noexcept { return end_(datagrams_); }

   private:
    Datagrams& datagrams_;
    [[no_unique_address]] Begin begin_;
    [[no_unique_address]] End end_;
  };
  void send_to(std::uint16_t port, Octets bytes)
    requires kHasDatagrams
  {
    peer_.datagrams->send_to(port, bytes);
  }
  auto receive_within(nanoseconds limit)
    requires kHasDatagrams
  {
    return Receive(
        *peer_.datagrams, [limit](Datagrams& on, std::coroutine_handle<> waiter) { return on.begin(limit, waiter); },
        [](Datagrams& on) -> const Datagram& { return on.answer(); });
  }
  auto exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit)
    requires kHasDatagrams
  {
    return Receive(
        *peer_.datagrams,
        [port, bytes, limit](Datagrams& on, std::coroutine_handle<> waiter) {
          return on.exchange().begin(port, bytes, limit, waiter);
        },
        [](Datagrams& on) -> const Datagram& { return on.exchange().answer(); });
  }

  Offloaded offload(const Work& work) { return {lanes_.loop().offload_port(), work}; }

 private:
  friend class LoopLanes<Connection>;
  std::coroutine_handle<> take_result(ItemResult&& result) noexcept override {
    lanes_.finish(*this, result);
    return {};
  }
  LoopLanes<Connection>& lanes_;
  Peer peer_;
};

// Admission: a lane that gets free takes the next item. `next` may be shared with other loops, of threads or of
// processes.
template <class Connection>
class LoopLanes {
 public:
  using Loop = typename Connection::Loop;
  using Lane = LoopLane<Connection>;

  // One lane for each socket; `sleepers` lanes where there is none. Throws std::system_error.
  LoopLanes(const Load& load, std::span<Socket> sockets, std::uint32_t lanes) : loop_(load) {
    for (std::uint32_t i = 0; i < lanes; ++i) {
      lanes_.emplace_back(*this, i < sockets.size() ? connected(load, std::move(sockets[i])) : unconnected(load));
    }
  }
  Loop& loop() noexcept { return loop_; }

  // Does items until `next` has given out the last one, and returns when all that were taken here are over.
  void run(const Load& load, CoroutineBody<Lane> body, std::atomic<std::uint32_t>& next) {
    work_ = {&load, body, &next};
    loop_.agenda().run_starts();
    busy_ = static_cast<std::uint32_t>(lanes_.size());
    for (Lane& lane : lanes_) {
      free_.push_back(&lane);
      admit();
    }
    while (busy_ != 0) {
      loop_.turn([this](std::coroutine_handle<> waiter) {
        waiter.resume();
        admit();
      });
      admit();  // for those that offloaded work resumed
    }
    loop_.agenda().run_ends();
  }

 private:
  friend Lane;
  struct Work {
    const Load* load = nullptr;
    CoroutineBody<Lane> body = nullptr;
    std::atomic<std::uint32_t>* next = nullptr;
  };

  using Peer = typename Lane::Peer;
  Peer connected(const Load& load, Socket socket) {
    if (!socket) return {};
    return {.connection = &connections_.emplace_back(loop_, load.port, std::move(socket))};
  }
  Peer unconnected(const Load& load) {
    if constexpr (Lane::kHasDatagrams) {
      if (load.name_port != 0) return {.datagrams = &datagrams_.emplace_back(loop_)};
    }
    return {};
  }

  // Inside the co_return of the lane's task: notes the lane, since starting the next task here would deepen the stack.
  void finish(Lane& lane, const ItemResult& result) {
    work_.load->tape->finish(result);
    free_.push_back(&lane);
  }
  void admit() {
    while (!free_.empty()) {
      Lane& lane = *free_.back();
      free_.pop_back();
      const std::uint32_t item = work_.next->fetch_add(1, std::memory_order_relaxed);
      if (item >= work_.load->items) --busy_;
      else work_.body(lane, *work_.load, item).start(lane);
    }
  }

  Loop loop_;
  std::deque<Connection> connections_;  // either these, or those
  std::deque<typename Lane::Datagrams> datagrams_;
  std::deque<Lane> lanes_;  // after what they use: lanes go first
  std::vector<Lane*> free_;
  std::uint32_t busy_ = 0;
  Work work_;
};

}  // namespace interleave
