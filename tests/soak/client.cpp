// The loop, and what each manner does when.
// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/client.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "harness/http/body.hpp"
#include "harness/http/clock.hpp"
#include "harness/http/request.hpp"
#include "tests/soak/socket.hpp"

namespace interleave::soak {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kMostOpenedInATurn = 256;
constexpr std::uint64_t kMostUnaccepted = 1000;  // connections that the server may not have accepted yet; its queue holds 4096
constexpr nanoseconds kTurn = milliseconds(50);
constexpr nanoseconds kStalled = std::chrono::seconds(30);
constexpr nanoseconds kPatience = milliseconds(100);  // with a reply that never ends
constexpr nanoseconds kTogether = milliseconds(100);  // what was sent with MSG_MORE may go alone after 200 ms
constexpr std::size_t kAhead = 2000;                  // requests: more than the server's 32 KiB
constexpr std::uint32_t kNarrowOneIn = 8;

const std::string& ready_requests() {
  static const std::string all = [] {
    std::string text;
    for (std::size_t n = 0; n < kAhead; ++n) text += "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n";
    return text;
  }();
  return all;
}

}  // namespace

Client::Client(ServerChild& server, std::uint32_t connections, double time_scale, const Fates& fates, Account& account,
               const Interrupt& interrupt)
    : server_(server), time_scale_(time_scale), fates_(fates), account_(account), interrupt_(interrupt), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
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
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>((wait + 999'999) / 1'000'000));
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

// The kernel drops what comes while the accept queue is full, and forgets a client that then leaves: the count would not
// be exact, and by nobody's fault.
void Client::open_some() {
  for (std::size_t n = 0; n < kMostOpenedInATurn && !to_open_.empty(); ++n) {
    if (opened_ - accepted_ >= kMostUnaccepted) accepted_ = server_.ledger().at("connections_accepted").get<std::uint64_t>();
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
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, lane.fd, &wanted) != 0) throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Client::ask(Lane& lane) {
  ++lane.requests;
  account_.asked(lane.task.item, lane.task.attempt, lane.task.fate, lane.task.repeated);
}

// The connection stands, and nothing is under way on it.
void Client::play(std::uint32_t index) {
  Lane& lane = lanes_[index];
  const Act& act = lane.task.act;
  const RenderedRequest rendered({static_cast<std::uint32_t>(lane.task.item), lane.task.attempt});
  const std::string_view request = rendered.bytes();
  const std::size_t cut = 1 + (request.size() - 2) * act.cut_per_mille / 1000;
  lane.reader.begin();
  switch (act.manner) {
    case Manner::wait:
      send_whole(lane.fd, request);
      ask(lane);
      wait_for(index, Waiting::reply, true);
      if (never_ends(lane.task.fate)) wake_in(index, kPatience);
      return;
    case Manner::wait_in_pieces:
      send_whole(lane.fd, request.substr(0, cut));
      lane.request = request.substr(cut);
      wait_for(index, Waiting::rest_of_request, false);
      return wake_in(index, act.pause);
    case Manner::half_close: {
      const std::int64_t before = now_ns();
      send_whole(lane.fd, request, true);
      ::shutdown(lane.fd, SHUT_WR);
      ask(lane);
      if (now_ns() - before >= kTogether.count()) return wait_for(index, Waiting::leave, true);
      account_.ended(Ending::cut_by_client);
      return wait_for(index, Waiting::end, true);
    }
    case Manner::leave_at_once: return leave_at_once(index);
    case Manner::leave_later:
    case Manner::stop_reading:
      send_whole(lane.fd, request);
      ask(lane);
      wait_for(index, Waiting::leave, false);
      return wake_in(index, act.pause);
    case Manner::leave_in_reply:
      send_whole(lane.fd, request);
      ask(lane);
      wait_for(index, Waiting::leave, true);
      return wake_in(index, kPatience);
    case Manner::send_ahead:
      send_whole(lane.fd, request);
      ask(lane);
      send_some(lane.fd, ready_requests());
      wait_for(index, Waiting::leave, false);
      return wake_in(index, act.pause);
    case Manner::break_off:
      send_whole(lane.fd, request.substr(0, cut));
      wait_for(index, Waiting::leave, false);
      return wake_in(index, act.pause);
    case Manner::break_rules:
      send_whole(lane.fd, "GET /item/0 HTTP/1.1\nHost: a\r\n\r\n");
      return wait_for(index, Waiting::refusal, true);
    case Manner::say_nothing:
      wait_for(index, Waiting::leave, false);
      return wake_in(index, act.pause);
  }
}

void Client::leave_at_once(std::uint32_t index) {
  Lane& lane = lanes_[index];
  const bool reset = lane.task.act.reset;
  const RenderedRequest rendered({static_cast<std::uint32_t>(lane.task.item), lane.task.attempt});
  const std::int64_t before = now_ns();
  send_whole(lane.fd, rendered.bytes(), !reset);  // an RST takes with it what has not left
  ask(lane);
  close(lane, reset);
  // FIN and request are one segment: the server knows that the client is gone before the reply can be due.
  if (!reset && now_ns() - before < kTogether.count()) account_.ended(Ending::cut_by_client);
  else account_for_leaving(lane.task);
  take_next(index);
}

// What the client waits for, and whether bytes concern it meanwhile; that the connection is lost always does.
void Client::wait_for(std::uint32_t index, Waiting what, bool bytes) {
  Lane& lane = lanes_[index];
  lane.waiting = what;
  epoll_event wanted{bytes ? std::uint32_t{EPOLLIN} : 0U, {}};
  wanted.data.u64 = std::uint64_t{++lane.generation} << 32 | index;
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, lane.fd, &wanted) != 0) throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Client::wake_in(std::uint32_t index, nanoseconds time) {
  timers_.push({now_ns() + time.count(), index, lanes_[index].generation});
}

void Client::on_event(std::uint32_t index, std::uint32_t events) {
  Lane& lane = lanes_[index];
  ++steps_;
  switch (lane.waiting) {
    case Waiting::connected: {
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(lane.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) throw std::system_error(error, std::generic_category(), "connecting");
      return play(index);
    }
    case Waiting::reply: return on_bytes(index);
    case Waiting::refusal: return read_refusal(index);
    case Waiting::end: {
      char byte;
      const ssize_t got = ::recv(lane.fd, &byte, 1, 0);
      if (got > 0) throw Wrong("a client that half-closed got a reply: " + description(lane));
      return leave(index, lane.task.act.reset);
    }
    case Waiting::leave: account_for_leaving(lane.task); return leave(index, lane.task.act.reset);
    case Waiting::rest_of_request: throw Wrong(fmt::format("the connection was lost inside the request (events {}): {}", events, description(lane)));
    case Waiting::nothing: return;
  }
}

void Client::on_timer(std::uint32_t index) {
  Lane& lane = lanes_[index];
  ++steps_;
  switch (lane.waiting) {
    case Waiting::rest_of_request:
      send_whole(lane.fd, lane.request);
      ask(lane);
      wait_for(index, Waiting::reply, true);
      if (never_ends(lane.task.fate)) wake_in(index, kPatience);
      return;
    case Waiting::reply:
      lane.reader.abandoned(Outcome::timeout);
      return judge(index);
    case Waiting::leave: account_for_leaving(lane.task); return leave(index, lane.task.act.reset);
    default: return;
  }
}

void Client::on_bytes(std::uint32_t index) {
  Lane& lane = lanes_[index];
  const ssize_t got = ::recv(lane.fd, received_.data(), received_.size(), 0);
  if (got > 0) {
    account_.received(static_cast<std::uint64_t>(got));
    if (lane.reader.received(std::span<const char>(received_).first(static_cast<std::size_t>(got)))) judge(index);
    return;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  lane.reader.ended(got == 0 ? 0 : errno);
  judge(index);
}

void Client::read_refusal(std::uint32_t index) {
  Lane& lane = lanes_[index];
  const ssize_t got = ::recv(lane.fd, received_.data(), received_.size(), 0);
  if (got > 0) {
    lane.reader.received(std::span<const char>(received_).first(static_cast<std::size_t>(got)));
    return;
  }
  if (lane.reader.reply().status != 400) throw Wrong("a request with a bare LF was not refused: " + description(lane));
  leave(index, lane.task.act.reset);
}

// The reply is over, or the client's patience is.
void Client::judge(std::uint32_t index) {
  Lane& lane = lanes_[index];
  const Task task = lane.task;
  const Reply& reply = lane.reader.reply();
  const Outcome wanted = expected_outcome(task.fate, kPatience * 1000);
  const bool answered = wanted == Outcome::ok || wanted == Outcome::not_found || wanted == Outcome::http_error;
  if (reply.outcome != wanted || (answered && reply.status != task.fate.status)) {
    throw Wrong(fmt::format("{} with status {} instead of {}: {}", name_of(reply.outcome), reply.status, name_of(wanted), description(lane)));
  }
  if (answered && (reply.bytes != task.fate.bytes || reply.digest != body_digest(task.item, task.fate.bytes))) {
    throw Wrong("the body is not that of the item: " + description(lane));
  }
  account_.ended(natural_ending(task.fate));
  if (!answered && task.act.again && task.attempt == 0 && !task.repeated) {
    repeats_.push_back({task.item, 1, false, task.act, fates_.of(task.item, 1)});
  } else if (task.act.twice && !task.repeated && task.attempt == 0) {
    repeats_.push_back({task.item, 0, true, task.act, task.fate});
  }
  if (!lane.reader.keep_alive() || lane.narrow) return leave(index, task.act.reset);
  take_next(index);
}

// How the ledger may count an exchange whose client left without knowing how far the server was.
void Client::account_for_leaving(const Task& task) {
  const Manner manner = task.act.manner;
  if (manner == Manner::break_off || manner == Manner::say_nothing) return;  // nothing was asked
  if (never_ends(task.fate)) account_.ended(Ending::cut_by_client);
  else account_.ended(natural_ending(task.fate), Ending::cut_by_client);
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

void Client::fire_timers() {
  const std::int64_t now = now_ns();
  while (!timers_.empty() && timers_.top().due_ns <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    if (lanes_[timer.lane].generation == timer.generation) on_timer(timer.lane);
  }
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
  constexpr std::array kWaiting{"nothing", "the connection", "the rest of its request", "the reply", "the refusal", "the end", "its leave"};
  const Task& task = lane.task;
  return fmt::format("item {} attempt {} ({}), manner {}, waiting for {}, seed {}, reply status {} with {} bytes so far, request {} of its connection",
                     task.item, task.attempt, name_of(task.fate.fault), name_of(task.act.manner),
                     kWaiting[static_cast<std::size_t>(lane.waiting)], fates_.seed(), lane.reader.reply().status, lane.reader.reply().bytes, lane.requests);
}

}  // namespace interleave::soak
