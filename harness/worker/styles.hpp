// The three shapes a concurrency model may have: blocking, callback, coroutine.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "harness/http/reply.hpp"
#include "harness/http/request.hpp"
#include "harness/load/load.hpp"
#include "harness/worker/tape.hpp"

namespace interleave {

using std::chrono::nanoseconds;

// ---- blocking: an operation returns when it is over.
template <class L>
concept BlockingLane = requires(L& lane, const Request& request, nanoseconds time) {
  { lane.fetch(request) } -> std::same_as<Reply>;
  { lane.sleep(time) } -> std::same_as<void>;
};
// Does one item and records it; called once for each item, on the lane's thread.
template <class L>
using BlockingBody = void (*)(L&, const Load&, std::uint32_t item);
// for_each_item calls the body once for each item in 0..items-1, in order of admission, with at most load.in_flight
// under way, and returns when all are over.
template <class M>
concept BlockingModel =
    BlockingLane<typename M::Lane> && requires(M& model, const Load& load, BlockingBody<typename M::Lane> body) {
      { model.for_each_item(load, body) } -> std::same_as<void>;
    };

// ---- callback: an operation takes what to do next, and calls it once, later, on the lane's loop, never from
// inside the call that took it.
template <class L>
struct Done {
  L* lane;
  const Load* load;
  // Ends the item: records it and gives the lane back. At most once; may be called before the body returns.
  void operator()(const ItemResult& result) const {
    load->tape->finish(result);
    lane->finish();
  }
};
struct OnReply {
  void* some;
  void operator()(const Reply&) const noexcept {}
};
struct OnWake {
  void* some;
  void operator()() const noexcept {}
};
template <class L>
concept CallbackLane = requires(L& lane, const Request& request, nanoseconds time) {
  { lane.fetch(request, OnReply{}) } -> std::same_as<void>;
  { lane.sleep(time, OnWake{}) } -> std::same_as<void>;
  { lane.finish() } -> std::same_as<void>;  // trampolines: a million items that never wait must not deepen the stack
};
template <class L>
using CallbackBody = void (*)(L&, const Load&, std::uint32_t item, Done<L>);
template <class M>
concept CallbackModel =
    CallbackLane<typename M::Lane> && requires(M& model, const Load& load, CallbackBody<typename M::Lane> body) {
      { model.for_each_item(load, body) } -> std::same_as<void>;
    };

// ---- coroutine: an operation is awaited in the lane's own task type.
template <class L, class T>
using TaskOf = typename L::template Task<T>;

namespace detail {
template <class P, class A>
decltype(auto) transformed(P& promise, A&& awaited) {
  if constexpr (requires { promise.await_transform(std::forward<A>(awaited)); }) {
    return promise.await_transform(std::forward<A>(awaited));
  } else {
    return std::forward<A>(awaited);
  }
}
template <class A>
decltype(auto) awaiter_of(A&& awaited) {
  if constexpr (requires { std::forward<A>(awaited).operator co_await(); }) {
    return std::forward<A>(awaited).operator co_await();
  } else {
    return std::forward<A>(awaited);
  }
}
template <class Task>
using PromiseOf = typename std::coroutine_traits<Task, int>::promise_type;
}  // namespace detail

// What awaiting A inside a coroutine that returns Task gives; no type if it cannot be awaited there.
template <class A, class Task>
using Awaited =
    decltype(detail::awaiter_of(detail::transformed(std::declval<detail::PromiseOf<Task>&>(), std::declval<A>()))
                 .await_resume());
template <class A, class Task, class R>
concept AwaitsTo = requires { typename Awaited<A, Task>; } && std::same_as<std::remove_cvref_t<Awaited<A, Task>>, R>;

template <class L>
concept CoroutineLane = requires(L& lane, const Request& request, nanoseconds time) {
  typename TaskOf<L, ItemResult>;
  requires AwaitsTo<TaskOf<L, ItemResult>, TaskOf<L, ItemResult>, ItemResult>;  // one item's task may await another
  { lane.fetch(request) } -> AwaitsTo<TaskOf<L, ItemResult>, Reply>;
  { lane.sleep(time) } -> AwaitsTo<TaskOf<L, ItemResult>, void>;
};
// A lazy task that does one item. The model starts it, and hands its result to load.tape->finish().
template <class L>
using CoroutineBody = TaskOf<L, ItemResult> (*)(L&, const Load&, std::uint32_t item);
template <class M>
concept CoroutineModel =
    CoroutineLane<typename M::Lane> && requires(M& model, const Load& load, CoroutineBody<typename M::Lane> body) {
      { model.for_each_item(load, body) } -> std::same_as<void>;
    };

template <class M>
concept StyledModel = BlockingModel<M> || CallbackModel<M> || CoroutineModel<M>;

}  // namespace interleave
