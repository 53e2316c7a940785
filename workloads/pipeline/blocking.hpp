// pipeline, one producer or consumer, for lanes that block.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/pipeline/handed_on.hpp"

namespace interleave {

struct PipelineBlocking {
  template <BlockingQueue L>
  static ItemResult blocking(L& lane, const Load& load, std::uint32_t actor) {
    if (is_producer(load, actor)) produce(lane, load);
    else consume(lane, load, consumer_of(load, actor));
    return kNoItem;
  }

 private:
  template <class L>
  static void produce(L& lane, const Load& load) {
    for (std::uint32_t item; is_item(load, item = load.queue->draw());) {
      lane.sleep(pause_of(load, item));
      load.tape->start(item);
      const bool waited = lane.put(parcel_of(load, item));
      load.tape->put(item, waited);
    }
    lane.hang_up();
  }
  template <class L>
  static void consume(L& lane, const Load& load, std::uint32_t consumer) {
    while (const std::optional<Parcel> parcel = lane.get()) {
      load.tape->taken(parcel->item, consumer);
      lane.sleep(time_for(load, *parcel));
      load.tape->consumed(parcel->item, parcel_digest(*parcel));
    }
  }
};

}  // namespace interleave
