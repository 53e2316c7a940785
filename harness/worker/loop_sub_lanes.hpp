// Sub-lanes of a lane that calls back: a connection for each, on the lane's own loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "harness/http/request.hpp"
#include "harness/worker/continuation.hpp"
#include "harness/worker/offload.hpp"

namespace interleave {

// A connection, and a place for the continuation of what it hands over. `Connection` has fetch_within(request, limit,
// next) and cancel().
template <class Connection>
class LoopSubLane {
 public:
  LoopSubLane(OffloadPort& port, std::unique_ptr<Connection> connection)
      : port_(port), connection_(std::move(connection)) {}

  template <class K>
  void fetch_within(const Request& request, nanoseconds limit, K next) {
    connection_->fetch_within(request, limit, next);
  }
  // Work done inline calls back at once.
  template <class K>
  void offload(const Work& work, K next) {
    if (port_.is_inline()) return next(work());
    on_result_.set(next);
    port_.post(work, on_result_);
  }
  void cancel() { connection_->cancel(); }
  Connection& connection() { return *connection_; }

 private:
  OffloadPort& port_;
  std::unique_ptr<Connection> connection_;
  Continuation<std::uint64_t> on_result_;
};

// Those of one lane.
template <class Connection>
class LoopSubLanes {
 public:
  using SubLane = LoopSubLane<Connection>;

  // The first takes over the lane's own connection, the others get what connect() makes, when they are needed.
  template <class Connect>
  void fork(std::uint32_t n, OffloadPort& port, std::unique_ptr<Connection>& own, Connect connect) {
    if (subs_.empty()) subs_.push_back(std::make_unique<SubLane>(port, std::move(own)));
    while (subs_.size() < n) subs_.push_back(std::make_unique<SubLane>(port, connect()));
  }
  SubLane& operator[](std::uint32_t k) { return *subs_[k]; }
  void cancel() {
    for (const auto& sub : subs_) sub->cancel();
  }
  auto begin() const { return subs_.begin(); }
  auto end() const { return subs_.end(); }

 private:
  std::vector<std::unique_ptr<SubLane>> subs_;
};

}  // namespace interleave
