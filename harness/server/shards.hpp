// The shards of a server, each run by a thread of its own; the first one by the thread that calls run().
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/post.hpp>
#include <latch>
#include <memory>
#include <vector>

#include "harness/server/shard.hpp"

namespace interleave {

class Shards {
 public:
  Shards(unsigned count, Service& service);

  // Serves until the first shard's loop is stopped, then stops the others.
  void run();
  void drain();
  bool idle();  // called as exclusively() is

  Shard& first() noexcept { return *shards_.front(); }
  Shard& operator[](std::size_t index) noexcept { return *shards_[index]; }
  std::size_t size() const noexcept { return shards_.size(); }

  // Calls `work` while no other shard runs anything: each is held between two of its handlers. To be called on the
  // first shard's thread alone. With one shard it is a plain call.
  template <class Work>
  auto exclusively(Work work) {
    const Pause pause(*this);
    return work();
  }

 private:
  // Holds the other shards as long as it lives.
  class Pause {
   public:
    explicit Pause(Shards& shards);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    struct Meeting {
      explicit Meeting(std::ptrdiff_t others) : held(others) {}
      std::latch held;
      std::latch over{1};
    };
    std::shared_ptr<Meeting> meeting_;  // the last to leave takes it away
  };
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace interleave
