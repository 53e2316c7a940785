// The poorest lane and model of each style: what a body may count on, and no more. Nothing here runs; every body must
// compile against it (tests/conformance). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <coroutine>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/model.hpp"

namespace interleave::archetype {

// A lane is used by reference: it cannot be copied or moved, and has nothing to default-construct it with.
class Fixed {
 public:
  Fixed(const Fixed&) = delete;
  Fixed& operator=(const Fixed&) = delete;

 protected:
  Fixed() = default;
  ~Fixed() = default;
};

// ---- blocking
struct BlockingCore : Fixed {
  Reply fetch(const Request&);
  void sleep(nanoseconds);
};
struct BlockingFull : BlockingCore {
  Reply fetch_within(const Request&, nanoseconds limit);
  std::uint64_t offload(const Work&);
  bool put(Parcel);
  std::optional<Parcel> get();
  void hang_up();
  struct SubLane : Fixed {
    Reply fetch_within(const Request&, nanoseconds limit);
    std::uint64_t offload(const Work&);
  };
  template <class F>
    requires std::invocable<F, SubLane&, std::uint32_t>
  void fork(std::uint32_t, F) {}
  void cancel();
  void send_to(std::uint16_t port, Octets);
  const std::string& kept_body() const;
  Datagram receive_within(nanoseconds limit);
  Datagram exchange_within(std::uint16_t port, Octets, nanoseconds limit);
};

// ---- callback: a continuation takes exactly what the concept says, is plain bytes, and no more than 48 of them.
template <class K>
void check() {
  static_assert(sizeof(K) <= 48 && std::is_trivially_copyable_v<K>);
}
struct CallbackCore : Fixed {
  template <class K>
    requires std::invocable<K, const Reply&>
  void fetch(const Request&, K) {
    check<K>();
  }
  template <class K>
    requires std::invocable<K>
  void sleep(nanoseconds, K) {
    check<K>();
  }
  void finish();
};
// What a sub-lane has as well.
struct CallbackWithin {
  template <class K>
    requires std::invocable<K, const Reply&>
  void fetch_within(const Request&, nanoseconds, K) {
    check<K>();
  }
  template <class K>
    requires std::invocable<K, std::uint64_t>
  void offload(const Work&, K) {
    check<K>();
  }
};
struct CallbackFull : CallbackCore, CallbackWithin {
  template <class K>
    requires std::invocable<K, bool>
  void put(Parcel, K) {
    check<K>();
  }
  template <class K>
    requires std::invocable<K, std::optional<Parcel>>
  void get(K) {
    check<K>();
  }
  void hang_up();
  struct SubLane : Fixed, CallbackWithin {};
  void fork(std::uint32_t);
  SubLane& sub(std::uint32_t);
  void cancel();
  const std::string& kept_body() const;
  void send_to(std::uint16_t port, Octets);
  template <class K>
    requires std::invocable<K, const Datagram&>
  void receive_within(nanoseconds, K) {
    check<K>();
  }
  template <class K>
    requires std::invocable<K, const Datagram&>
  void exchange_within(std::uint16_t, Octets, nanoseconds, K) {
    check<K>();
  }
};

// ---- coroutine: the task is lazy, moves only, and awaits nothing but the lane's own operations and its like.
template <class R>
struct Operation {
  R result;
};
template <>
struct Operation<void> {};
template <class R>
struct Awaiter {
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  R await_resume();
};
template <class T>
class Task {
 public:
  struct promise_type {
    Task get_return_object();
    std::suspend_always initial_suspend() noexcept;
    std::suspend_always final_suspend() noexcept;
    void return_value(T);
    void unhandled_exception();
    template <class R>
    Awaiter<R> await_transform(Operation<R>);
    Awaiter<T> await_transform(Task<T>);
  };
  Task(Task&&) noexcept;
  ~Task();
};
struct CoroutineCore : Fixed {
  template <class T>
  using Task = archetype::Task<T>;
  Operation<Reply> fetch(const Request&);
  Operation<void> sleep(nanoseconds);
};
struct CoroutineFull : CoroutineCore {
  Operation<Reply> fetch_within(const Request&, nanoseconds limit);
  Operation<std::uint64_t> offload(const Work&);
  Operation<bool> put(Parcel);
  Operation<std::optional<Parcel>> get();
  void hang_up();
  struct SubLane : Fixed {
    Operation<Reply> fetch_within(const Request&, nanoseconds limit);
    Operation<std::uint64_t> offload(const Work&);
  };
  template <class State>
  Operation<void> fork(std::uint32_t, Task<bool> (*)(SubLane&, State&, std::uint32_t), State&);
  void cancel();
  const std::string& kept_body() const;
  void send_to(std::uint16_t port, Octets);
  Operation<Datagram> receive_within(nanoseconds limit);
  Operation<Datagram> exchange_within(std::uint16_t port, Octets, nanoseconds limit);
};

template <class L, class Body>
struct ModelOf {
  using Lane = L;
  ModelOf(const Load&, std::vector<Socket>);
  static Description describe();
  static Claims claims(const Load&);
  static std::optional<std::string> refusal(const Load&);
  void for_each_item(const Load&, Body);
};
template <BlockingLane L>
using BlockingOf = ModelOf<L, BlockingBody<L>>;
template <CallbackLane L>
using CallbackOf = ModelOf<L, CallbackBody<L>>;
template <CoroutineLane L>
using CoroutineOf = ModelOf<L, CoroutineBody<L>>;

static_assert(Model<BlockingOf<BlockingCore>> && Model<CallbackOf<CallbackCore>> && Model<CoroutineOf<CoroutineCore>>);
static_assert(!BlockingDeadline<BlockingCore> && !CallbackDeadline<CallbackCore> && !CoroutineDeadline<CoroutineCore>);
static_assert(!HasSubLanes<BlockingCore> && !HasSubLanes<CallbackCore> && !HasSubLanes<CoroutineCore>);
static_assert(!Queues<BlockingCore> && !Queues<CallbackCore> && !Queues<CoroutineCore>);
static_assert(!Offloads<BlockingCore> && !Offloads<CallbackCore> && !Offloads<CoroutineCore>);
static_assert(!KeepsBodies<BlockingCore> && !KeepsBodies<CallbackCore> && !KeepsBodies<CoroutineCore>);
static_assert(!HasDatagrams<BlockingCore> && !HasDatagrams<CallbackCore> && !HasDatagrams<CoroutineCore>);

}  // namespace interleave::archetype
