// What a lane may offer beyond fetch and sleep; a workload asks for what it needs by name.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "harness/worker/bounded_queue.hpp"
#include "harness/worker/datagram.hpp"
#include "harness/worker/offload.hpp"
#include "harness/worker/styles.hpp"

namespace interleave {

// ---- deadline: the reply, or one with outcome TIMEOUT `limit` after the sending (0: no limit; otherwise never early,
// and late by milliseconds at most). The lane replaces its connection before its next fetch wherever keep_alive() is
// false.
template <class L>
concept BlockingDeadline = BlockingLane<L> && requires(L& lane, const Request& request, nanoseconds limit) {
  { lane.fetch_within(request, limit) } -> std::same_as<Reply>;
};
template <class L>
concept CallbackDeadline = CallbackLane<L> && requires(L& lane, const Request& request, nanoseconds limit) {
  { lane.fetch_within(request, limit, OnReply{}) } -> std::same_as<void>;
};
template <class L>
concept CoroutineDeadline = CoroutineLane<L> && requires(L& lane, const Request& request, nanoseconds limit) {
  { lane.fetch_within(request, limit) } -> AwaitsTo<TaskOf<L, ItemResult>, Reply>;
};

// ---- keeping: the body of what was fetched with kKeepBody, as far as it came; in its place until the lane's next
// fetch.
template <class L>
concept KeepsBodies = requires(const L& lane) {
  { lane.kept_body() } -> std::same_as<const std::string&>;
};

// ---- datagrams: on a socket of the lane's own; what comes while nobody receives may be dropped, or be the next.
// send_to() sends one to 127.0.0.1, or loses it, and does not wait; receive_within() is the next one, or TIMEOUT
// `limit` later, never early. exchange_within() is for what does not fit: on a connection made for it, one message each
// way, each behind its length in two bytes (RFC 1035, 4.2.2), all of it within the limit. A limit is more than 0.
template <class L>
concept BlockingDatagrams = BlockingLane<L> && requires(L& lane, std::uint16_t port, Octets bytes, nanoseconds limit) {
  { lane.send_to(port, bytes) } -> std::same_as<void>;
  { lane.receive_within(limit) } -> std::same_as<Datagram>;
  { lane.exchange_within(port, bytes, limit) } -> std::same_as<Datagram>;
};
template <class L>
concept CallbackDatagrams = CallbackLane<L> && requires(L& lane, std::uint16_t port, Octets bytes, nanoseconds limit) {
  { lane.send_to(port, bytes) } -> std::same_as<void>;
  { lane.receive_within(limit, OnDatagram{}) } -> std::same_as<void>;
  { lane.exchange_within(port, bytes, limit, OnDatagram{}) } -> std::same_as<void>;
};
template <class L>
concept CoroutineDatagrams =
    CoroutineLane<L> && requires(L& lane, std::uint16_t port, Octets bytes, nanoseconds limit) {
      { lane.send_to(port, bytes) } -> std::same_as<void>;
      { lane.receive_within(limit) } -> AwaitsTo<TaskOf<L, ItemResult>, Datagram>;
      { lane.exchange_within(port, bytes, limit) } -> AwaitsTo<TaskOf<L, ItemResult>, Datagram>;
    };
template <class L>
concept HasDatagrams = BlockingDatagrams<L> || CallbackDatagrams<L> || CoroutineDatagrams<L>;

// ---- offload: the result of CPU work, which is done where the policy `offload` says: by the thread or loop that asks,
// or by the threads or processes of load.offload. A callback lane may call back before the call returns where the work
// is done inline.
struct OnResult {
  void* some;
  void operator()(std::uint64_t) const noexcept {}
};
template <class L>
concept BlockingOffload = BlockingLane<L> && requires(L& lane, const Work& work) {
  { lane.offload(work) } -> std::same_as<std::uint64_t>;
};
template <class L>
concept CallbackOffload = CallbackLane<L> && requires(L& lane, const Work& work) {
  { lane.offload(work, OnResult{}) } -> std::same_as<void>;
};
template <class L>
concept CoroutineOffload = CoroutineLane<L> && requires(L& lane, const Work& work) {
  { lane.offload(work) } -> AwaitsTo<TaskOf<L, ItemResult>, std::uint64_t>;
};
template <class L>
concept Offloads = BlockingOffload<L> || CallbackOffload<L> || CoroutineOffload<L>;

// ---- queue: load.queue is between the lanes of the run. put() waits while it is full and says whether it had to;
// get() waits while it is empty, and gives nothing once every producer has hung up; first in, first out. A callback
// lane calls back later, from its loop.
struct OnPut {
  void* some;
  void operator()(bool) const noexcept {}
};
struct OnGot {
  void* some;
  void operator()(std::optional<Parcel>) const noexcept {}
};
template <class L>
concept BlockingQueue = BlockingLane<L> && requires(L& lane, Parcel parcel) {
  { lane.put(parcel) } -> std::same_as<bool>;
  { lane.get() } -> std::same_as<std::optional<Parcel>>;
  { lane.hang_up() } -> std::same_as<void>;
};
template <class L>
concept CallbackQueue = CallbackLane<L> && requires(L& lane, Parcel parcel) {
  { lane.put(parcel, OnPut{}) } -> std::same_as<void>;
  { lane.get(OnGot{}) } -> std::same_as<void>;
  { lane.hang_up() } -> std::same_as<void>;
};
template <class L>
concept CoroutineQueue = CoroutineLane<L> && requires(L& lane, Parcel parcel) {
  { lane.put(parcel) } -> AwaitsTo<TaskOf<L, ItemResult>, bool>;
  { lane.get() } -> AwaitsTo<TaskOf<L, ItemResult>, std::optional<Parcel>>;
  { lane.hang_up() } -> std::same_as<void>;
};
// ---- sub-lanes: fork(n) gives an item n lanes more, which are gone when it ends. cancel() ends what each of them
// waits for, and where they are threads also what one that is late would yet wait for: it completes as CANCELLED, once,
// and never before cancel() was called. A sub-lane has fetch_within() and offload() as its lane has; work that is
// handed over cannot be called off. Blocking: fork(n, each) calls each(sub, k) on a thread for each and returns when
// all are over; any of them may cancel(). Callback: fork(n) first, then sub(k). Coroutine: fork(n, each, state) is
// awaited, and over when the n tasks each(sub, state, k) are.
template <class S>
struct InSubLane {
  void operator()(S&, std::uint32_t) const noexcept {}
};
template <class L>
concept BlockingSubLanes =
    BlockingLane<L> && requires(L& lane, typename L::SubLane& sub, const Request& request, nanoseconds limit) {
      { lane.fork(2U, InSubLane<typename L::SubLane>{}) } -> std::same_as<void>;
      { lane.cancel() } -> std::same_as<void>;
      { sub.fetch_within(request, limit) } -> std::same_as<Reply>;
      { sub.offload(Work{}) } -> std::same_as<std::uint64_t>;
    };
template <class L>
concept CallbackSubLanes = CallbackLane<L> && requires(L& lane, const Request& request, nanoseconds limit) {
  { lane.fork(2U) } -> std::same_as<void>;
  { lane.sub(0U).fetch_within(request, limit, OnReply{}) } -> std::same_as<void>;
  { lane.sub(0U).offload(Work{}, OnResult{}) } -> std::same_as<void>;
  { lane.cancel() } -> std::same_as<void>;
};
template <class L>
concept CoroutineSubLanes =
    CoroutineLane<L> && requires(L& lane, typename L::SubLane& sub, const Request& request, nanoseconds limit,
                                 TaskOf<L, bool> (*each)(typename L::SubLane&, int&, std::uint32_t), int& state) {
      { lane.fork(2U, each, state) } -> AwaitsTo<TaskOf<L, ItemResult>, void>;
      { lane.cancel() } -> std::same_as<void>;
      { sub.fetch_within(request, limit) } -> AwaitsTo<TaskOf<L, bool>, Reply>;
      { sub.offload(Work{}) } -> AwaitsTo<TaskOf<L, bool>, std::uint64_t>;
    };
template <class L>
concept HasSubLanes = BlockingSubLanes<L> || CallbackSubLanes<L> || CoroutineSubLanes<L>;

template <class L>
concept Queues = BlockingQueue<L> || CallbackQueue<L> || CoroutineQueue<L>;

}  // namespace interleave
