// What a workload's bodies are, and how the one for a model's style is found and recorded.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/load/workload.hpp"
#include "harness/worker/arrival.hpp"
#include "harness/worker/injection.hpp"
#include "harness/worker/styles.hpp"
#include "harness/worker/tape.hpp"

namespace interleave {

// A workload W names its Spec and has the body of one item as a function template of each style: blocking(lane, load,
// item), callback(lane, load, item, done), coroutine(lane, load, item), constrained by the capabilities it needs.
template <class W>
concept HasBodies = Spec<typename W::Spec>;

// Whether W's items may come on a schedule: then the lane that is to have the next one waits until it is due.
template <class W>
inline constexpr bool kArrives = W::Spec::kAbout.arrives;

// An item is taken up. Where lanes hand items on, a body is that of a producer or a consumer for the whole of the run,
// which records the items that pass through its hands, and is none itself.
template <class W>
void taken_up(const Load& load, std::uint32_t item) {
  if constexpr (kArrives<W>) load.tape->start(item, due_at(load, item));
  else if constexpr (!HandsOver<typename W::Spec>) load.tape->start(item);
  work_more_as_injected();
}

template <class W, class L>
struct OnArrival {
  L* lane;
  const Load* load;
  std::uint32_t item;
  Done<L> done;
  void operator()() const {
    taken_up<W>(*load, item);
    W::callback(*lane, *load, item, done);
  }
};
template <class W, class L>
TaskOf<L, ItemResult> on_arrival(L& lane, const Load& load, std::uint32_t item) {
  co_await lane.sleep(until_due(load, item));
  taken_up<W>(load, item);
  co_return co_await W::coroutine(lane, load, item);
}

// The recorded bodies: plain functions, so a forked worker can run them.
template <class W, class L>
  requires BlockingLane<L> && requires { &W::template blocking<L>; }
void recorded(L& lane, const Load& load, std::uint32_t item) {
  if constexpr (kArrives<W>) {
    if (const nanoseconds left = until_due(load, item); left.count() > 0) lane.sleep(left);
  }
  taken_up<W>(load, item);
  load.tape->finish(W::blocking(lane, load, item));
}
template <class W, class L>
  requires CallbackLane<L> && requires { &W::template callback<L>; }
void recorded(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
  if constexpr (kArrives<W>) {
    if (const nanoseconds left = until_due(load, item); left.count() > 0) {
      return lane.sleep(left, OnArrival<W, L>{.lane = &lane, .load = &load, .item = item, .done = done});
    }
  }
  taken_up<W>(load, item);
  W::callback(lane, load, item, done);
}
template <class W, class L>
  requires CoroutineLane<L> && requires { &W::template coroutine<L>; }
TaskOf<L, ItemResult> recorded(L& lane, const Load& load, std::uint32_t item) {
  if constexpr (kArrives<W>) {
    if (until_due(load, item).count() > 0) return on_arrival<W>(lane, load, item);
  }
  taken_up<W>(load, item);
  return W::coroutine(lane, load, item);
}

// Whether workload W has a body for model M.
template <class M, class W>
concept Runs =
    (BlockingModel<M> && requires { static_cast<BlockingBody<typename M::Lane>>(&recorded<W, typename M::Lane>); }) ||
    (CallbackModel<M> && requires { static_cast<CallbackBody<typename M::Lane>>(&recorded<W, typename M::Lane>); }) ||
    (CoroutineModel<M> && requires { static_cast<CoroutineBody<typename M::Lane>>(&recorded<W, typename M::Lane>); });

template <StyledModel M, class W>
  requires Runs<M, W>
constexpr auto body_for() {
  using L = typename M::Lane;
  if constexpr (BlockingModel<M>) {
    return static_cast<BlockingBody<L>>(&recorded<W, L>);
  } else if constexpr (CallbackModel<M>) {
    return static_cast<CallbackBody<L>>(&recorded<W, L>);
  } else {
    return static_cast<CoroutineBody<L>>(&recorded<W, L>);
  }
}

}  // namespace interleave
