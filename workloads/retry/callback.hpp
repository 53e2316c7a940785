// retry, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/retry/attempts.hpp"

namespace interleave {

struct RetryCallback {
  template <CallbackDeadline L>
  static void callback(L&, const Load&, std::uint32_t item, Done<L> done) {
    ask<L>(item, 0, done);
  }

 private:
  // A loop is a function that is what to do next of its own operations.
  template <class L>
  static void ask(std::uint32_t item, std::uint32_t attempt, Done<L> done) {
    const Request request{done.load->inputs[item].argument, attempt};
    done.lane->fetch_within(request, done.load->timeout, [item, attempt, done](const Reply& reply) {
      const ItemInput& input = done.load->inputs[item];
      if (!is_worth_another(input, attempt, reply)) return done(last_of(item, attempt, reply));
      done.lane->sleep(pause_behind(input, attempt, reply), [item, attempt, done] { ask<L>(item, attempt + 1, done); });
    });
  }
};

}  // namespace interleave
