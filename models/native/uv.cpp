// native_uv: `download` written straight on libuv's callbacks, to price what uv_callbacks pays for the concepts.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <sys/socket.h>
#include <uv.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "harness/posix/stream_options.hpp"
#include "models/native/native_main.hpp"
#include "models/uv/clock.hpp"

namespace interleave {
namespace {

// The callbacks know that there is one thing to do, `download`: no lane, no body, no continuation.
class NativeUv {
 public:
  static Description describe() {
    return {.name = "native_uv",
            .family = Family::callbacks,
            .library = std::string("libuv ") + uv_version_string(),
            .back_end = "epoll",
            .threads = "1"};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }

  NativeUv(const Load& load, std::vector<Socket> sockets)
      : load_(load), connections_(std::make_unique<Connection[]>(sockets.size())), active_(sockets.size()) {
    uv_check(uv_loop_init(&loop_), "uv_loop_init");
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      Connection& c = connections_[i];
      c.twin = this;
      uv_check(uv_timer_init(&loop_, &c.timer), "uv_timer_init");
      uv_check(uv_tcp_init(&loop_, &c.tcp), "uv_tcp_init");
      c.timer.data = c.tcp.data = c.connect.data = &c;
      uv_check(uv_tcp_open(&c.tcp, sockets[i].release()), "uv_tcp_open");
      listen(c);
    }
  }
  NativeUv(const NativeUv&) = delete;
  NativeUv& operator=(const NativeUv&) = delete;
  ~NativeUv() {
    const auto close = [](uv_handle_t* handle, void*) {
      if (!uv_is_closing(handle)) uv_close(handle, nullptr);
    };
    uv_walk(&loop_, close, nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }

  void download(const Load&) {
    for (std::size_t i = 0, n = active_; i < n; ++i) begin(connections_[i]);
    uv_run(&loop_, UV_RUN_DEFAULT);
  }

 private:
  struct Connection {
    NativeUv* twin = nullptr;
    std::uint32_t item = 0;
    bool waiting = false, open = false, closing = false;
    int failure = 0;
    std::int64_t due_ns = 0;
    ReplyReader reader;
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_connect_t connect;
  };
  static Connection& connection_of(void* data) { return *static_cast<Connection*>(data); }

  void begin(Connection& c) {
    if (next_ == load_.items) {
      if (--active_ == 0) uv_stop(&loop_);
      return;
    }
    c.item = next_++;
    load_.tape->start(c.item);
    c.reader.begin();
    c.waiting = true;
    if (c.open) send(c);
    else if (!c.closing) dial_again(c);
  }
  void send(Connection& c) {
    c.due_ns = load_.timeout.count() > 0 ? now_ns() + nanoseconds(load_.timeout).count() : INT64_MAX;
    if (c.due_ns != INT64_MAX && !uv_is_active(reinterpret_cast<uv_handle_t*>(&c.timer))) watch(c);
    const RenderedRequest request(request_of(load_.inputs[c.item]));
    uv_buf_t all = uv_buf_init(const_cast<char*>(request.data()), static_cast<unsigned>(request.size()));
    const int sent = uv_try_write(stream(c), &all, 1);
    if (sent < 0)
      c.failure = sent;  // the reading side reports it; some 40 bytes are never sent in part on an idle connection
  }
  void watch(Connection& c) { uv_timer_start(&c.timer, &NativeUv::on_timer, uv_timeout_until(&loop_, c.due_ns), 0); }
  void end(Connection& c) {
    c.waiting = false;
    if (!c.reader.keep_alive()) close(c);
    load_.tape->finish(fetch_result(c.item, c.reader.reply()));
    begin(c);
  }
  void close(Connection& c) {
    c.open = false;
    c.closing = true;
    uv_close(reinterpret_cast<uv_handle_t*>(&c.tcp), [](uv_handle_t* handle) {
      Connection& closed = connection_of(handle->data);
      closed.closing = false;
      if (closed.waiting) closed.twin->dial_again(closed);
    });
  }
  void dial_again(Connection& c) {
    uv_check(uv_tcp_init(&loop_, &c.tcp), "uv_tcp_init");
    c.tcp.data = &c;
    c.due_ns = INT64_MAX;
    sockaddr_in address{};
    uv_ip4_addr("127.0.0.1", load_.port, &address);
    uv_check(uv_tcp_connect(&c.connect, &c.tcp, reinterpret_cast<const sockaddr*>(&address), &NativeUv::on_connect),
             "uv_tcp_connect");
  }
  void listen(Connection& c) {
    c.open = true;
    c.failure = 0;
    uv_check(uv_read_start(stream(c), &NativeUv::on_space, &NativeUv::on_read), "uv_read_start");
  }
  static uv_os_fd_t descriptor(Connection& c) {
    uv_os_fd_t descriptor = -1;
    uv_fileno(reinterpret_cast<uv_handle_t*>(&c.tcp), &descriptor);
    return descriptor;
  }
  static uv_stream_t* stream(Connection& c) { return reinterpret_cast<uv_stream_t*>(&c.tcp); }

  static void on_space(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    ReceiveBuffer& space = connection_of(handle->data).twin->space_;
    *buffer = uv_buf_init(space.data(), static_cast<unsigned>(space.size()));
  }
  static void on_read(uv_stream_t* stream, ssize_t n, const uv_buf_t* buffer) {
    Connection& c = connection_of(stream->data);
    if (n == 0) return;
    if (!c.waiting) return c.twin->close(c);
    if (n > 0) {
      if (c.reader.received({buffer->base, static_cast<std::size_t>(n)})) c.twin->end(c);
      return;
    }
    int error = c.failure != 0 ? -c.failure : static_cast<int>(-n);
    if (c.failure == 0 && n == UV_EOF) {  // libuv says so of a reset behind a short read too
      socklen_t size = sizeof error;
      getsockopt(descriptor(c), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    c.reader.ended(error);
    c.twin->end(c);
  }
  static void on_timer(uv_timer_t* timer) {
    Connection& c = connection_of(timer->data);
    if (!c.waiting || c.due_ns == INT64_MAX) return;
    if (now_ns() < c.due_ns) return c.twin->watch(c);
    c.reader.abandoned(Outcome::timeout);
    c.twin->end(c);
  }
  static void on_connect(uv_connect_t* connect, int status) {
    if (status == UV_ECANCELED) return;
    Connection& c = connection_of(connect->data);
    if (status == 0) {
      set_stream_options(descriptor(c));
      c.twin->listen(c);
      return c.twin->send(c);
    }
    c.reader.abandoned(Outcome::refused);
    c.twin->end(c);
  }

  const Load& load_;
  uv_loop_t loop_;
  std::unique_ptr<Connection[]> connections_;
  std::size_t active_;
  std::uint32_t next_ = 0;
  ReceiveBuffer space_;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::native_main<interleave::NativeUv>(argc, argv, "callback"); }
