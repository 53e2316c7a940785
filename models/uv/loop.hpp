// One libuv loop of a run, with what hangs on it beside the lanes: offloaded work's results and the heartbeat.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <uv.h>

#include <cstdint>

#include "harness/http/reply_reader.hpp"
#include "harness/load/load.hpp"
#include "harness/worker/loop_lag.hpp"
#include "harness/worker/offload.hpp"
#include "models/uv/clock.hpp"

namespace interleave {

// One thread runs it. Handles given to it must live until its end, or be closed before.
class UvLoop {
 public:
  explicit UvLoop(const Load& load) : offload_(load), heartbeat_(load) {
    uv_check(uv_loop_init(&loop_), "uv_loop_init");
    uv_check(uv_timer_init(&loop_, &beats_), "uv_timer_init");
    beats_.data = this;
    if (offload_.is_inline()) return;
    uv_check(uv_poll_init(&loop_, &results_, offload_.fd()), "uv_poll_init");
    results_.data = &offload_;
    uv_check(uv_poll_start(&results_, UV_READABLE, &UvLoop::on_results), "uv_poll_start");
  }
  UvLoop(const UvLoop&) = delete;
  UvLoop& operator=(const UvLoop&) = delete;
  ~UvLoop() { uv_loop_close(&loop_); }

  uv_loop_t* get() { return &loop_; }
  OffloadPort& offload() { return offload_; }
  // For every connection: libuv calls back at once with what it has received there.
  ReceiveBuffer& receive_buffer() { return receive_buffer_; }

  // Until stop(): connections that listen would keep it running for ever.
  void run() {
    heartbeat_.restart();
    if (heartbeat_) await_beat();
    uv_run(&loop_, UV_RUN_DEFAULT);
    heartbeat_.beat();
  }
  void stop() { uv_stop(&loop_); }

  // Closes every handle, and returns when libuv has let go of them. Nothing else may be called afterwards.
  void close_all() {
    const auto close = [](uv_handle_t* handle, void*) {
      if (!uv_is_closing(handle)) uv_close(handle, nullptr);
    };
    uv_walk(&loop_, close, nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
  }

 private:
  static void on_results(uv_poll_t* results, int, int) { static_cast<OffloadPort*>(results->data)->drain(); }
  void await_beat() {
    const auto beat = [](uv_timer_t* beats) {
      UvLoop& self = *static_cast<UvLoop*>(beats->data);
      self.heartbeat_.beat();
      self.await_beat();
    };
    uv_timer_start(&beats_, beat, uv_timeout_until(&loop_, heartbeat_.next_ns()), 0);
  }

  uv_loop_t loop_;
  OffloadPort offload_;
  Heartbeat heartbeat_;
  uv_timer_t beats_;
  uv_poll_t results_;
  ReceiveBuffer receive_buffer_;
};

}  // namespace interleave
