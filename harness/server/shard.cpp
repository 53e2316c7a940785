// Serving on one loop.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/shard.hpp"

#include <utility>

#include "harness/server/connection.hpp"

namespace interleave {
namespace {

constexpr std::chrono::milliseconds kHeartbeat{10};

}  // namespace

Shard::Shard(Service& shared, unsigned index)
    : service(shared), tally(shared.ledger.tally(index)), heartbeat_(loop.get_executor()) {}

void Shard::adopt(Stream socket, const RunFates& fates, bool flags) {
  const boost::intrusive_ptr<Connection> connection(new Connection(std::move(socket), *this, fates, flags));
  connections_.push_back(*connection);
  if (draining) return connection->drain();  // it was on its way here
  connection->start();
}

void Shard::drain() {
  draining = true;
  for (auto at = connections_.begin(); at != connections_.end();) {
    const boost::intrusive_ptr<Connection> connection(static_cast<Connection*>(&*at++));
    connection->drain();
  }
}

// How late a timer fires that does nothing: the loop lag.
void Shard::beat(Clock::time_point due) {
  heartbeat_.expires_at(due);
  heartbeat_.async_wait([this, due](const error_code&) {
    const auto now = Clock::now();
    tally.loop_lag(std::chrono::nanoseconds(now - due).count());
    beat(now + kHeartbeat);
  });
}

}  // namespace interleave
