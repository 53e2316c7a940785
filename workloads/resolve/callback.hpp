// resolve, one item, for lanes that call back.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/worker/capabilities.hpp"
#include "workloads/resolve/lookup.hpp"

namespace interleave {

struct ResolveCallback {
  template <CallbackDatagrams L>
  static void callback(L&, const Load& load, std::uint32_t item, Done<L> done) {
    ask(Lookup(load, item), done);
  }

 private:
  // The lookup goes from hand to hand, in each continuation.
  template <class L>
  static void ask(Lookup lookup, Done<L> done) {
    done.lane->send_to(lookup.server(), lookup.query().all());
    listen(lookup, done);
  }
  template <class L>
  static void listen(Lookup lookup, Done<L> done) {
    done.lane->receive_within(lookup.left(), [lookup, done](const Datagram& came) {
      switch (lookup.next(came)) {
        case Next::over: return done(lookup.result(came));
        case Next::ask_again: return ask(lookup, done);
        case Next::listen_on: return listen(lookup, done);
        case Next::ask_over_tcp: return ask_over_tcp(lookup, done);
      }
    });
  }
  template <class L>
  static void ask_over_tcp(Lookup lookup, Done<L> done) {
    const DnsBytes query = lookup.query_over_tcp();
    done.lane->exchange_within(lookup.server(), query.all(), lookup.limit(),
                               [lookup, done](const Datagram& came) { done(lookup.result(came)); });
  }
};

}  // namespace interleave
