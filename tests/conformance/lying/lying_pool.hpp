// A plain thread pool, into which each program of this folder puts one lie.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/run_model.hpp"
#include "workloads/all_bodies.hpp"

namespace interleave {

inline constexpr std::uint32_t kLiedAbout = 3;  // the item whose turn it is

// What a pool does when it does not lie; a lie hides one of these members.
struct Honest {
  static constexpr const char* kName = "honest";
  using Lane = SocketLane;
  static std::uint32_t lanes(const Load& load) { return load.in_flight; }
  static Claims claims(const Load& load) { return {.threads = load.in_flight + 1, .processes = 1, .loops = 0}; }
  static int times(std::uint32_t) { return 1; }                                 // that an item is done
  static std::uint32_t nth(const Load&, std::uint32_t place) { return place; }  // the item whose turn it is
  static void before_the_run(const Load&) {}
  static void when_all_are_over(const Load&) {}
  static void when_records_were_taken(const Load&) {}
};

template <class Lie>
class LyingPool {
 public:
  using Lane = typename Lie::Lane;
  static Description describe() {
    return {.name = Lie::kName,
            .family = Family::threads,
            .library = "std::thread",
            .back_end = "blocking calls",
            .threads = "in_flight + 1"};
  }
  static Claims claims(const Load& load) { return Lie::claims(load); }
  static std::optional<std::string> refusal(const Load& load) {
    if (load.in_flight <= 1000) return std::nullopt;
    return "in_flight 1000 at most";
  }
  LyingPool(const Load& load, std::vector<Socket> sockets) : load_(load) {
    sockets.resize(std::max(load.in_flight, Lie::lanes(load)));
    for (Socket& socket : sockets) lanes_.emplace_back(load, std::move(socket));
    Lie::before_the_run(load);
  }
  ~LyingPool() { Lie::when_records_were_taken(load_); }
  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    std::atomic<std::uint32_t> next{0};
    {
      std::vector<std::jthread> threads;
      for (std::uint32_t i = 0; i < Lie::lanes(load); ++i) {
        threads.emplace_back([&load, &next, body, lane = &lanes_[i]] {
          for (std::uint32_t place; (place = next++) < load.items;) {
            const std::uint32_t item = Lie::nth(load, place);
            for (int times = Lie::times(item); times > 0; --times) body(*lane, load, item);
          }
        });
      }
    }
    Lie::when_all_are_over(load);
  }

 private:
  const Load& load_;
  std::deque<Lane> lanes_;
};

template <class Lie>
int tell(int argc, char** argv) {
  return run_model<LyingPool<Lie>>(argc, argv, AllWorkloads{});
}

}  // namespace interleave
