// The loop: items dealt to lanes, connections opened and closed, waits, and whether anything goes on at all.
// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/client.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>

#include "harness/numbers/clock.hpp"
#include "tests/soak/socket.hpp"

namespace interleave::soak {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kMostOpenedInATurn = 256;
constexpr std::uint64_t kMostUnaccepted =
    1000;  // connections that the server may not have accepted yet; its queue holds 4096
constexpr nanoseconds kTurn = milliseconds(50);
constexpr nanoseconds kStalled = std::chrono::seconds(30);
constexpr std::uint32_t kNarrowOneIn = 8;

}  // namespace

Client::Client(ServerChild& server, std::uint32_t connections, double time_scale, const Fates& fates, Account& account,
               const Interrupt& interrupt)
    : server_(server),
      time_scale_(time_scale),
      fates_(fates),
      account_(account),
      interrupt_(interrupt),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  lanes_.resize(connections);
}

Client::~Client() {
  for (Lane& lane : lanes_) {
    if (lane.fd >= 0) ::close(lane.fd);
  }
  ::close(epoll_);
}

void Client::run() {
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
    lanes_[lane].done = false;
    ++active_;
    take_next(lane);
  }
  std::array<epoll_event, 256> events;
  while (active_ != 0) {
    const std::int64_t before = now_ns();
    open_some();
    std::int64_t wait = to_open_.empty() ? kTurn.count() : 1'000'000;
    if (!timers_.empty()) wait = std::clamp<std::int64_t>(timers_.top().due_ns - now_ns(), 0, wait);
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                   static_cast<int>((wait + 999'999) / 1'000'000));
    for (int n = 0; n < count; ++n) {
      const std::uint64_t data = events[static_cast<std::size_t>(n)].data.u64;
      const auto index = static_cast<std::uint32_t>(data);
      if (lanes_[index].generation == data >> 32) on_event(index, events[static_cast<std::size_t>(n)].events);
    }
    fire_timers();
    watch_progress(before);
    interrupt_.check();
  }
}

bool Client::next_task(Task& task) {
  if (!repeats_.empty()) {
    task = repeats_.front();
    repeats_.pop_front();
    return true;
  }
  if (next_item_ == fates_.items()) return false;
  task.item = next_item_++;
  task.attempt = 0;
  task.repeated = false;
  task.act = act_of(fates_.seed(), task.item);
  task.act.pause = std::chrono::nanoseconds(std::llround(static_cast<double>(task.act.pause.count()) * time_scale_));
  task.fate = fates_.of(task.item);
  return true;
}

void Client::take_next(std::uint32_t index) {
  Lane& lane = lanes_[index];
  if (!next_task(lane.task)) {
    if (lane.fd >= 0) close(lane, false);
    lane.done = true;
    --active_;
    return;
  }
  if (lane.fd >= 0) return play(index);
  to_open_.push_back(index);
}

// The kernel drops what comes while the accept queue is full, and forgets a client that then leaves: the count would
// not be exact, and by nobody's fault.
void Client::open_some() {
  for (std::size_t n = 0; n < kMostOpenedInATurn && !to_open_.empty(); ++n) {
    if (opened_ - accepted_ >= kMostUnaccepted)
      accepted_ = server_.ledger().at("connections_accepted").get<std::uint64_t>();
    if (opened_ - accepted_ >= kMostUnaccepted) return;
    const std::uint32_t lane = to_open_.front();
    to_open_.pop_front();
    open(lane);
  }
}

void Client::open(std::uint32_t index) {
  Lane& lane = lanes_[index];
  ++opened_;
  // An RST discards what a narrow connection has not taken: a whole reply in front of it would not arrive.
  const bool may_be_narrow = lane.task.act.manner == Manner::wait && lane.task.fate.fault != Fault::reset_after;
  lane.narrow = lane.task.act.manner == Manner::stop_reading || (may_be_narrow && opened_ % kNarrowOneIn == 0);
  lane.fd = connecting(server_.port(), static_cast<std::uint32_t>(opened_), lane.narrow);
  account_.opened();
  lane.requests = 0;
  lane.waiting = Waiting::connected;
  epoll_event wanted{EPOLLOUT, {}};
  wanted.data.u64 = std::uint64_t{++lane.generation} << 32 | index;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, lane.fd, &wanted) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

// What the client waits for, and whether bytes concern it meanwhile; that the connection is lost always does.
void Client::wait_for(std::uint32_t index, Waiting what, bool bytes) {
  Lane& lane = lanes_[index];
  lane.waiting = what;
  epoll_event wanted{bytes ? std::uint32_t{EPOLLIN} : 0U, {}};
  wanted.data.u64 = std::uint64_t{++lane.generation} << 32 | index;
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, lane.fd, &wanted) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Client::wake_in(std::uint32_t index, nanoseconds time) {
  timers_.push({now_ns() + time.count(), index, lanes_[index].generation});
}

void Client::fire_timers() {
  const std::int64_t now = now_ns();
  while (!timers_.empty() && timers_.top().due_ns <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    if (lanes_[timer.lane].generation == timer.generation) on_timer(timer.lane);
  }
}

void Client::leave(std::uint32_t index, bool reset) {
  close(lanes_[index], reset);
  take_next(index);
}

void Client::close(Lane& lane, bool reset) {
  account_.closed(lane.requests);
  ++lane.generation;
  lane.waiting = Waiting::nothing;
  if (reset) close_with_reset(lane.fd);
  else ::close(lane.fd);
  lane.fd = -1;
}

// A turn takes kTurn at most; one that took longer was stopped from outside, which is nobody's stall.
void Client::watch_progress(std::int64_t before_ns) {
  idle_ns_ = steps_ == steps_seen_ ? idle_ns_ + std::min(now_ns() - before_ns, 2 * kTurn.count()) : 0;
  steps_seen_ = steps_;
  if (idle_ns_ < kStalled.count()) return;
  const auto stuck = std::find_if(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return !lane.done; });
  throw Wrong(fmt::format("stalled: {} lanes wait for ever, among them {}", active_, description(*stuck)));
}

std::string Client::description(const Lane& lane) const {
  constexpr std::array kWaiting{"nothing", "the connection", "the rest of its request", "the reply", "the refusal",
                                "the end", "its leave"};
  const Task& task = lane.task;
  return fmt::format(
      "item {} attempt {} ({}), manner {}, waiting for {}, seed {}, reply status {} with {} bytes so far, request {} "
      "of its connection",
      task.item, task.attempt, name_of(task.fate.fault), name_of(task.act.manner),
      kWaiting[static_cast<std::size_t>(lane.waiting)], fates_.seed(), lane.reader.reply().status,
      lane.reader.reply().bytes, lane.requests);
}

}  // namespace interleave::soak
