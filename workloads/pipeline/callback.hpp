// pipeline, one producer or consumer, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/pipeline/handed_on.hpp"

namespace interleave {

struct PipelineCallback {
  template <CallbackQueue L>
  static void callback(L&, const Load& load, std::uint32_t actor, Done<L> done) {
    if (is_producer(load, actor)) produce<L>(done);
    else consume<L>(consumer_of(load, actor), done);
  }

 private:
  template <class L>
  static void produce(Done<L> done) {
    const std::uint32_t item = done.load->queue->draw();
    if (!is_item(*done.load, item)) {
      done.lane->hang_up();
      return done(kNoItem);
    }
    done.lane->sleep(pause_of(*done.load, item), [item, done] {
      done.load->tape->start(item);
      done.lane->put(parcel_of(*done.load, item), [item, done](bool waited) {
        done.load->tape->put(item, waited);
        produce<L>(done);
      });
    });
  }
  template <class L>
  static void consume(std::uint32_t consumer, Done<L> done) {
    done.lane->get([consumer, done](std::optional<Parcel> parcel) {
      if (!parcel) return done(kNoItem);
      done.load->tape->taken(parcel->item, consumer);
      done.lane->sleep(time_for(*done.load, *parcel), [parcel = *parcel, consumer, done] {
        done.load->tape->consumed(parcel.item, parcel_digest(parcel));
        consume<L>(consumer, done);
      });
    });
  }
};

}  // namespace interleave
