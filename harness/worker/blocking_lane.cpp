// Blocking fetches with a deadline.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/blocking_lane.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace interleave {

SocketLane::SocketLane(const Load& load, Socket socket)
    : load_(&load), port_(load.port), offload_(load.offload), queue_(load.queue), socket_(std::move(socket)) {
  if (port_ != 0) reader_ = std::make_unique_for_overwrite<BufferedReplyReader>();
  if (load.name_port != 0) datagrams_ = std::make_unique<BlockingDatagramSocket>();
}

Reply SocketLane::fetch_within(const Request& request, nanoseconds limit) {
  if (begin(request, limit)) exchange(request, limit);
  settle();
  return reader_->reply();
}

bool SocketLane::begin(const Request& request, nanoseconds limit) {
  reader_->begin(request.keeps_body());
  return connected(limit);
}

void SocketLane::exchange(const Request& request, nanoseconds limit) {
  const RenderedRequest rendered(request);
  if (::send(socket_.get(), rendered.data(), rendered.size(), MSG_NOSIGNAL) < 0) reader_->ended(errno);
  else receive_reply(limit);
}

void SocketLane::settle() {
  if (!reader_->keep_alive()) disconnect();
}

// Replaces a connection that the last reply took with it; where it cannot, the reply says how.
bool SocketLane::connected(nanoseconds limit) try {
  if (socket_) return true;
  socket_ = dial(port_, limit);
  limit_ = nanoseconds(0);
  return true;
} catch (const std::system_error& error) {
  reader_->abandoned(outcome_of_dialling(error, limit));
  return false;
}

void SocketLane::receive_reply(nanoseconds limit) {
  const std::int64_t due = limit.count() > 0 ? now_ns() + limit.count() : 0;
  nanoseconds left = limit;
  for (;;) {
    limit_receiving(left);
    const auto space = reader_->space();
    const ssize_t n = ::recv(socket_.get(), space.data(), space.size(), 0);
    if (n > 0) {
      if (reader_->received(static_cast<std::size_t>(n))) return;
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      return reader_->ended(n == 0 ? 0 : errno);
    }
    if (due == 0) continue;
    left = nanoseconds(due - now_ns());
    if (left.count() <= 0) return reader_->abandoned(Outcome::timeout);
  }
}

// The kernel counts a receive time-out in its ticks and may wake a little early; the loop above then waits for the
// rest.
void SocketLane::limit_receiving(nanoseconds limit) {
  if (limit == limit_) return;
  set_patience(socket_, SO_RCVTIMEO, limit);
  limit_ = limit;
}

void SocketLane::sleep(nanoseconds time) {
  if (time.count() <= 0) return;
  const std::int64_t due = now_ns() + time.count();
  const timespec until{due / 1'000'000'000, due % 1'000'000'000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

}  // namespace interleave
