// What a client of each manner does when, and what the ledger must say of it.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "harness/http/body.hpp"
#include "harness/http/request.hpp"
#include "harness/numbers/clock.hpp"
#include "tests/soak/client.hpp"
#include "tests/soak/socket.hpp"

namespace interleave::soak {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr nanoseconds kPatience = milliseconds(100);  // with a reply that never ends
constexpr nanoseconds kTogether = milliseconds(100);  // what was sent with MSG_MORE may go alone after 200 ms
constexpr std::size_t kAhead = 2000;                  // requests: more than the server's 32 KiB

const std::string& ready_requests() {
  static const std::string all = [] {
    std::string text;
    for (std::size_t n = 0; n < kAhead; ++n) text += "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n";
    return text;
  }();
  return all;
}

}  // namespace

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
    case Manner::say_nothing: wait_for(index, Waiting::leave, false); return wake_in(index, act.pause);
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
    case Waiting::rest_of_request:
      throw Wrong(fmt::format("the connection was lost inside the request (events {}): {}", events, description(lane)));
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
    case Waiting::reply: lane.reader.abandoned(Outcome::timeout); return judge(index);
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
    throw Wrong(fmt::format("{} with status {} instead of {}: {}", name_of(reply.outcome), reply.status,
                            name_of(wanted), description(lane)));
  }
  if (answered && (reply.bytes != task.fate.bytes || reply.digest != body_digest(task.item, task.fate.bytes))) {
    throw Wrong("the body is not that of the item: " + description(lane));
  }
  account_.ended(natural_ending(task.fate));
  if (!answered && task.act.again && task.attempt == 0 && !task.repeated) {
    repeats_.push_back({.item = task.item, .attempt = 1, .act = task.act, .fate = fates_.of(task.item, 1)});
  } else if (task.act.twice && !task.repeated && task.attempt == 0) {
    repeats_.push_back({.item = task.item, .repeated = true, .act = task.act, .fate = task.fate});
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

}  // namespace interleave::soak
