// One HTTP connection of a lane on a libuv loop: send, read until the reply is complete, give up at a deadline,
// reconnect. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arpa/inet.h>
#include <sys/socket.h>
#include <uv.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "harness/posix/stream_options.hpp"
#include "harness/worker/continuation.hpp"
#include "harness/worker/socket.hpp"
#include "harness/worker/styles.hpp"
#include "models/uv/clock.hpp"
#include "models/uv/loop.hpp"

namespace interleave {

// Every handle is embedded, so it must not move and must stay until the loop has closed its handles.
class UvConnection {
 public:
  // Connects with its first fetch.
  UvConnection(UvLoop& loop, std::uint16_t port) : loop_(loop), port_(port) {
    uv_check(uv_timer_init(loop_.get(), &deadline_), "uv_timer_init");
    deadline_.data = this;
  }
  UvConnection(UvLoop& loop, std::uint16_t port, Socket socket) : UvConnection(loop, port) {
    make_handle();
    uv_check(uv_tcp_open(&tcp_, socket.release()), "uv_tcp_open");
    opened();
  }
  UvConnection(const UvConnection&) = delete;
  UvConnection& operator=(const UvConnection&) = delete;

  // Calls next(const Reply&) once, from the loop, never from here. One at a time. A limit of 0 is none.
  template <class K>
  void fetch_within(const Request& request, nanoseconds limit, K next) {
    next_.set(next);
    request_ = request;
    limit_ = limit;
    waiting_ = true;
    reader_.begin(request.keeps_body());
    if (state_ == State::open) send();
    else if (state_ == State::closed) connect();
    // while closing: closed() connects
  }

  // Ends what is fetched: its continuation is called with CANCELLED, from the loop; nothing where nothing is fetched.
  // The connection goes with it.
  void cancel() {
    if (!waiting_ || state_ == State::refused) return;
    cancelled_ = true;
    due_ns_ = kNever;
    if (state_ != State::closing) close();
  }

  // The last one; valid until the next fetch.
  const Reply& reply() const noexcept { return reader_.reply(); }
  const std::string& body() const noexcept { return reader_.body(); }

 private:
  enum class State : std::uint8_t { open, closing, closed, connecting, refused };
  static constexpr std::int64_t kNever = INT64_MAX;

  static UvConnection& connection_of(const void* data) { return *static_cast<UvConnection*>(const_cast<void*>(data)); }

  void make_handle() {
    uv_check(uv_tcp_init(loop_.get(), &tcp_), "uv_tcp_init");
    tcp_.data = this;
  }

  // Reading starts once a connection and stays on: epoll hears of it once, not once an item.
  void opened() {
    state_ = State::open;
    failure_ = 0;
    const int status =
        uv_read_start(reinterpret_cast<uv_stream_t*>(&tcp_), &UvConnection::on_space, &UvConnection::on_read);
    uv_check(status, "uv_read_start");
  }

  void connect() {
    make_handle();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    state_ = State::connecting;
    watch();  // and again from the sending
    connect_.data = this;
    const int status =
        uv_tcp_connect(&connect_, &tcp_, reinterpret_cast<const sockaddr*>(&address), &UvConnection::on_connect);
    if (status == 0) return;
    state_ = State::refused;  // no descriptor, say: give up from the loop, not from inside the call
    due_ns_ = 0;
    arm(0);
  }

  void send() {
    watch();
    const RenderedRequest rendered(request_);
    uv_buf_t all = uv_buf_init(const_cast<char*>(rendered.data()), static_cast<unsigned>(rendered.size()));
    auto* const stream = reinterpret_cast<uv_stream_t*>(&tcp_);
    const int sent = uv_try_write(stream, &all, 1);
    if (sent == static_cast<int>(rendered.size())) return;
    if (sent < 0 && sent != UV_EAGAIN) {
      failure_ = sent;  // the reading side hears of it from the loop, and reports it
      return;
    }
    const std::size_t done = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    const std::size_t left = rendered.size() - done;
    std::memcpy(unsent_.data(), rendered.data() + done, left);
    uv_buf_t rest = uv_buf_init(unsent_.data(), static_cast<unsigned>(left));
    failure_ = uv_write(&write_, stream, &rest, 1, [](uv_write_t*, int) {});
  }

  void watch() {
    due_ns_ = kNever;
    if (limit_.count() <= 0) return;
    due_ns_ = now_ns() + limit_.count();
    arm_for(due_ns_);
  }
  // The deadline's timer is left running from item to item: it is set anew only where it would fire too late, and when
  // it fires too soon. A request that is answered at once costs no timer operation.
  void arm_for(std::int64_t due_ns) {
    const std::uint64_t timeout = uv_timeout_until(loop_.get(), due_ns);
    if (!uv_is_active(reinterpret_cast<uv_handle_t*>(&deadline_)) || uv_timer_get_due_in(&deadline_) > timeout)
      arm(timeout);
  }
  void arm(std::uint64_t timeout) { uv_timer_start(&deadline_, &UvConnection::on_deadline, timeout, 0); }

  void complete() {
    waiting_ = false;
    if (!reader_.keep_alive()) close();
    next_(reader_.reply());
  }

  void close() {
    state_ = State::closing;
    uv_close(reinterpret_cast<uv_handle_t*>(&tcp_), &UvConnection::on_closed);
  }

  static void on_space(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    ReceiveBuffer& space = connection_of(handle->data).loop_.receive_buffer();
    *buffer = uv_buf_init(space.data(), static_cast<unsigned>(space.size()));
  }

  static void on_read(uv_stream_t* stream, ssize_t n, const uv_buf_t* buffer) {
    if (n == 0) return;  // nothing there after all
    UvConnection& self = connection_of(stream->data);
    if (!self.waiting_) return self.close();  // closed by the peer between two items, or bytes nobody asked for
    if (n > 0) {
      if (self.reader_.received({buffer->base, static_cast<std::size_t>(n)})) self.complete();
      return;
    }
    self.reader_.ended(self.failure_ != 0 ? -self.failure_ : n == UV_EOF ? self.pending_error() : -static_cast<int>(n));
    self.complete();
  }

  // libuv 1.44 says end of file for whatever hung up behind a short read, a reset too; the socket knows better.
  int pending_error() {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
  }
  uv_os_fd_t descriptor() const {
    uv_os_fd_t descriptor = -1;
    uv_fileno(reinterpret_cast<const uv_handle_t*>(&tcp_), &descriptor);
    return descriptor;
  }

  static void on_deadline(uv_timer_t* timer) {
    UvConnection& self = connection_of(timer->data);
    if (!self.waiting_ || self.due_ns_ == kNever) return;
    if (now_ns() < self.due_ns_) return self.arm_for(self.due_ns_);
    self.reader_.abandoned(self.state_ == State::refused ? Outcome::refused : Outcome::timeout);
    self.complete();
  }

  static void on_connect(uv_connect_t* connect, int status) {
    if (status == UV_ECANCELED) return;  // its time was over, or the loop is being taken down
    UvConnection& self = connection_of(connect->data);
    if (status == 0) {
      set_stream_options(self.descriptor());
      self.opened();
      return self.send();
    }
    self.reader_.abandoned(Outcome::refused);
    self.complete();
  }

  static void on_closed(uv_handle_t* handle) {
    UvConnection& self = connection_of(handle->data);
    self.state_ = State::closed;
    if (std::exchange(self.cancelled_, false)) {
      self.waiting_ = false;
      self.reader_.abandoned(Outcome::cancelled);
      self.next_(self.reader_.reply());
    } else if (self.waiting_) {
      self.connect();
    }
  }

  UvLoop& loop_;
  nanoseconds limit_{0};
  std::int64_t due_ns_ = kNever;
  Continuation<const Reply&> next_;
  Request request_;
  ReplyReader reader_;
  std::uint16_t port_;
  State state_ = State::closed;
  bool waiting_ = false;
  bool cancelled_ = false;  // and not told yet
  int failure_ = 0;         // of the last write, a negative libuv error
  uv_tcp_t tcp_;
  uv_timer_t deadline_;
  uv_connect_t connect_;
  uv_write_t write_;
  std::array<char, sizeof(RenderedRequest)> unsent_;
};

}  // namespace interleave
