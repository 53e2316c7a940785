// What a workload brings, and how its body for a model's style is found and recorded.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/text/parameters.hpp"
#include "harness/worker/styles.hpp"

namespace interleave {

// What an item must have come to.
struct Expected {
  Outcome outcome = Outcome::ok;
  std::uint64_t digest = 0;
};

// A workload W names its own Load (derived from interleave::Load, with whatever bodies read at every item), and
// computes from it alone, without threads or sockets, what each item must come to and the lower bound of the makespan.
template <class W>
concept Workload = std::derived_from<typename W::PreparedLoad, Load> &&
                   std::constructible_from<typename W::PreparedLoad, const Load&> &&
                   requires(const typename W::PreparedLoad& load, std::uint32_t item) {
                     { W::kName } -> std::convertible_to<std::string_view>;
                     { W::kNeeds } -> std::convertible_to<std::string_view>;  // why a lane may lack a body
                     { W::kParameters } -> std::convertible_to<std::span<const Setting>>;
                     { W::kConnects } -> std::convertible_to<bool>;
                     {
                       W::kOffloads
                     } -> std::convertible_to<bool>;  // whether its items hand work over; then loop lag is measured
                     { W::expected(load, item) } -> std::same_as<Expected>;
                     { W::ideal(load) } -> std::same_as<nanoseconds>;
                     // what the server must have seen, as fingerprint_of() adds up; 0 where it saw nothing
                     { W::fingerprint(load) } -> std::same_as<std::uint64_t>;
                   };

// The recorded bodies: plain functions, so a forked worker can run them. The cast is sound because the worker's
// main made the load as this workload's PreparedLoad.
template <class W, class L>
  requires BlockingLane<L> && requires { &W::template blocking<L>; }
void recorded(L& lane, const Load& load, std::uint32_t item) {
  load.tape->start(item);
  load.tape->finish(W::blocking(lane, static_cast<const typename W::PreparedLoad&>(load), item));
}
template <class W, class L>
  requires CallbackLane<L> && requires { &W::template callback<L>; }
void recorded(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
  load.tape->start(item);
  W::callback(lane, static_cast<const typename W::PreparedLoad&>(load), item, done);
}
template <class W, class L>
  requires CoroutineLane<L> && requires { &W::template coroutine<L>; }
TaskOf<L, ItemResult> recorded(L& lane, const Load& load, std::uint32_t item) {
  load.tape->start(item);
  return W::coroutine(lane, static_cast<const typename W::PreparedLoad&>(load), item);
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
