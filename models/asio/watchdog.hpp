// Closes a socket when the time of its exchange is over, at no timer operation for an exchange that ends in time.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "models/asio/types.hpp"

namespace interleave {

// The timer is armed once and stays armed while exchanges come and go; when it fires before the due time of the one
// that is then under way, it is armed again for that. So a run of quick replies arms it once a limit, not once an item.
template <class Socket>
class BasicAsioWatchdog {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  explicit BasicAsioWatchdog(Socket& socket) : socket_(socket), timer_(socket.get_executor()) {}

  // Watches from now on; limit 0 is none. Never early; late by as much as the loop is busy.
  void watch(std::chrono::nanoseconds limit) {
    expired_ = false;
    due_ = limit.count() > 0 ? Clock::now() + limit : kNever;
    if (due_ < armed_) arm();
  }
  void rest() { due_ = kNever; }
  // Whether it has closed the socket since watch(): what the pending operation reports then is no fault of the peer.
  bool expired() const { return expired_; }
  // Disarms the timer, which otherwise keeps io_context::run() from returning.
  void retire() {
    rest();
    if (armed_ != kNever) timer_.cancel();
  }

 private:
  void arm() {
    armed_ = due_;
    timer_.expires_at(due_);  // ends a wait that was armed for later
    timer_.async_wait([this](AsioError error) {
      if (!error) fired();
    });
  }
  void fired() {
    armed_ = kNever;
    if (due_ == kNever) return;
    if (Clock::now() < due_) return arm();
    expired_ = true;
    AsioError ignored;
    socket_.close(ignored);  // the pending operation completes with operation_aborted, later
  }

  Socket& socket_;
  AsioTimer timer_;
  Clock::time_point due_ = kNever;    // of the exchange under way
  Clock::time_point armed_ = kNever;  // as the timer has it; never later than due_
  bool expired_ = false;
};

using AsioWatchdog = BasicAsioWatchdog<AsioSocket>;

}  // namespace interleave
