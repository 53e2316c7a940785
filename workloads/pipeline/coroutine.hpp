// pipeline, one producer or consumer, for lanes that are awaited.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/pipeline/handed_on.hpp"

namespace interleave {

struct PipelineCoroutine {
  template <CoroutineQueue L>
  static TaskOf<L, ItemResult> coroutine(L& lane, const Load& load, std::uint32_t actor) {
    if (is_producer(load, actor)) return produce(lane, load);
    return consume(lane, load, consumer_of(load, actor));
  }

 private:
  template <class L>
  static TaskOf<L, ItemResult> produce(L& lane, const Load& load) {
    for (std::uint32_t item; is_item(load, item = load.queue->draw());) {
      const nanoseconds pause = pause_of(load, item);
      co_await lane.sleep(pause);
      load.tape->start(item);
      const Parcel parcel = parcel_of(load, item);
      const bool waited = co_await lane.put(parcel);
      load.tape->put(item, waited);
    }
    lane.hang_up();
    co_return kNoItem;
  }
  template <class L>
  static TaskOf<L, ItemResult> consume(L& lane, const Load& load, std::uint32_t consumer) {
    for (;;) {
      const std::optional<Parcel> parcel = co_await lane.get();
      if (!parcel) co_return kNoItem;
      load.tape->taken(parcel->item, consumer);
      const nanoseconds time = time_for(load, *parcel);
      co_await lane.sleep(time);
      load.tape->consumed(parcel->item, parcel_digest(*parcel));
    }
  }
};

}  // namespace interleave
