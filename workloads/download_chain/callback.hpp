// download_chain, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/download_chain/chain.hpp"

namespace interleave {

struct DownloadChainCallback {
  template <CallbackDeadline L>
  static void callback(L& lane, const Load& load, std::uint32_t item, Done<L> done) {
    lane.fetch_within(Request{load.inputs[item].argument}, load.timeout, [item, done](const Reply& reply) {
      const ItemResult image = fetch_result(item, reply);
      if (!needs_name(image)) return done(image);
      // Of the image no more is kept than the second link needs.
      const auto then = [item, digest = image.digest, done](const Reply& metadata) {
        done(named(*done.load, {.item = item, .digest = digest}, metadata));
      };
      done.lane->fetch_within(for_name(*done.load, item), done.load->timeout, then);
    });
  }
};

}  // namespace interleave
