// Threads, and holding them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/shards.hpp"

#include <algorithm>
#include <thread>

namespace interleave {

Shards::Shards(unsigned count, Service& service) {
  for (unsigned index = 0; index < count; ++index) shards_.push_back(std::make_unique<Shard>(service, index));
}

void Shards::run() {
  std::vector<std::jthread> threads;
  const struct Stop {  // before they are joined, also where the first loop throws
    ~Stop() {
      for (const auto& shard : shards) shard->loop.stop();
    }
    const std::vector<std::unique_ptr<Shard>>& shards;
  } stop{shards_};
  for (const auto& shard : shards_) {
    shard->beat();
    if (shard != shards_.front()) threads.emplace_back([&loop = shard->loop] { loop.run(); });
  }
  first().loop.run();
}

void Shards::drain() {
  for (const auto& shard : shards_) {
    if (shard == shards_.front()) shard->drain();
    else asio::post(shard->loop, [&each = *shard] { each.drain(); });
  }
}

bool Shards::idle() {
  return exclusively(
      [this] { return std::all_of(shards_.begin(), shards_.end(), [](const auto& shard) { return shard->idle(); }); });
}

Shards::Pause::Pause(Shards& shards) {
  if (shards.size() == 1) return;
  meeting_ = std::make_shared<Meeting>(static_cast<std::ptrdiff_t>(shards.size()) - 1);
  for (std::size_t other = 1; other < shards.size(); ++other) {
    asio::post(shards[other].loop, [meeting = meeting_] {
      meeting->held.count_down();
      meeting->over.wait();
    });
  }
  meeting_->held.wait();
}

Shards::Pause::~Pause() {
  if (meeting_) meeting_->over.count_down();
}

}  // namespace interleave
