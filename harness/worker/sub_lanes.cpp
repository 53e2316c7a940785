// Calling off what blocks.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/sub_lanes.hpp"

#include <sys/socket.h>

namespace interleave {

Reply SubLane::fetch_within(const Request& request, nanoseconds limit) {
  constexpr Reply kCancelled{.outcome = Outcome::cancelled};
  if (!begin(request, limit)) return reply();
  if (!may_begin()) return kCancelled;
  exchange(request, limit);
  const bool cancelled = was_cancelled();
  const Outcome outcome = reply().outcome;
  const bool broken = outcome == Outcome::reset || outcome == Outcome::truncated || outcome == Outcome::malformed;
  return cancelled && broken ? kCancelled : reply();
}

bool SubLane::may_begin() {
  const std::lock_guard lock(mutex_);
  under_way_ = !cancelled_;
  return under_way_;
}

// If so its connection is no longer one, be the reply complete or not. What the reply took along is closed in here as
// well: cancel() must not meet a descriptor that somebody else has by now.
bool SubLane::was_cancelled() {
  const std::lock_guard lock(mutex_);
  under_way_ = false;
  if (cancelled_) disconnect();
  else settle();
  return cancelled_;
}

void SubLane::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  if (under_way_) ::shutdown(descriptor(), SHUT_RDWR);
}

void SubLane::revive() {
  const std::lock_guard lock(mutex_);
  cancelled_ = false;
}

namespace {

void wait_for(sem_t& semaphore) {
  while (sem_wait(&semaphore) != 0) {
  }
}

}  // namespace

SubLanes::SubLanes(const Load& load, Socket socket) : load_(load) {
  sem_init(&over_, 0, 0);
  members_.emplace_back(load, std::move(socket));
}

SubLanes::~SubLanes() {
  job_ = {};
  for (std::size_t k = 1; k < members_.size(); ++k) sem_post(&members_[k].go);
  for (std::size_t k = 1; k < members_.size(); ++k) members_[k].thread.join();
}

void SubLanes::run(std::uint32_t n, Job job) {
  for (auto k = static_cast<std::uint32_t>(members_.size()); k < n; ++k) {
    Member& member = members_.emplace_back(load_, Socket());
    try {
      member.thread = std::thread([this, &member, k] { work(member, k); });
    } catch (...) {
      members_.pop_back();
      throw;
    }
  }
  for (Member& each : members_) each.sub.revive();
  job_ = job;
  for (std::uint32_t k = 1; k < n; ++k) sem_post(&members_[k].go);
  job.call(job.each, members_[0].sub, 0);
  for (std::uint32_t k = 1; k < n; ++k) wait_for(over_);
}

void SubLanes::work(Member& me, std::uint32_t k) {
  for (;;) {
    wait_for(me.go);
    if (job_.call == nullptr) return;
    job_.call(job_.each, me.sub, k);
    sem_post(&over_);
  }
}

void SubLanes::cancel() {
  for (Member& each : members_) each.sub.cancel();
}

void SocketLane::cancel() { subs_->cancel(); }

}  // namespace interleave
