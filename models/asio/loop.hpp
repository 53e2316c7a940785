// One Boost.Asio loop of a run, with what hangs on it beside the lanes: offloaded work's results and the heartbeat.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <optional>

#include "harness/load/load.hpp"
#include "harness/worker/bounded_queue.hpp"
#include "harness/worker/loop_lag.hpp"
#include "harness/worker/offload.hpp"
#include "models/asio/types.hpp"

namespace interleave {

using AsioChannel = boost::asio::experimental::channel<AsioExecutor, void(AsioError, Parcel)>;

// One thread runs it and no other touches it, so Asio's locks are not taken: even offloaded work comes back through a
// descriptor, not through a post from another thread.
class AsioLoop {
 public:
  // `lanes`: how many there are to leave.
  AsioLoop(const Load& load, std::uint32_t lanes)
      : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE),
        offload_(load),
        results_(io_),
        heartbeat_(load),
        beats_(io_),
        datagrams_(load.name_port != 0),
        lanes_(lanes),
        queue_(load.queue) {
    if (!offload_.is_inline()) results_.assign(offload_.fd());
    if (queue_ != nullptr) channel_.emplace(io_, queue_->capacity());
  }
  ~AsioLoop() {
    if (results_.is_open()) results_.release();  // the port's, not ours to close
  }
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  boost::asio::io_context& io() { return io_; }
  OffloadPort& offload() { return offload_; }
  AsioChannel& channel() { return *channel_; }  // only where lanes hand items on
  // The channel of Asio 1.26 loses what is in it when it is closed, so it is closed when the last one was taken out.
  void hang_up() {
    all_hung_up_ = queue_->hang_up();
    has_taken();
  }
  void has_taken() {
    if (all_hung_up_ && !channel_->ready()) channel_->close();
  }
  // Whether lanes have a socket for datagrams.
  bool datagrams() const { return datagrams_; }

  // Until every lane has left.
  void run() {
    if (results_.is_open()) await_results();
    heartbeat_.restart();
    if (heartbeat_) await_beat();
    io_.run();
    heartbeat_.beat();
  }
  // A lane's last act. Then nothing else may keep the loop alive.
  void leave() {
    if (--lanes_ != 0) return;
    beats_.cancel();
    if (results_.is_open()) results_.cancel();
  }

 private:
  void await_results() {
    results_.async_wait(decltype(results_)::wait_read, [this](AsioError error) {
      if (error) return;
      offload_.drain();
      if (lanes_ != 0) await_results();
    });
  }
  void await_beat() {
    beats_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(heartbeat_.next_ns())));
    beats_.async_wait([this](AsioError error) {
      heartbeat_.beat();
      if (!error && lanes_ != 0) await_beat();
    });
  }

  boost::asio::io_context io_;
  OffloadPort offload_;
  boost::asio::posix::basic_stream_descriptor<AsioExecutor> results_;
  Heartbeat heartbeat_;
  AsioTimer beats_;
  bool datagrams_;
  std::uint32_t lanes_;
  BoundedQueue* queue_;
  std::optional<AsioChannel> channel_;
  bool all_hung_up_ = false;
};

}  // namespace interleave
