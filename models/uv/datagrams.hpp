// A lane's socket for datagrams on a libuv loop, and its connections for one message each way.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <netinet/in.h>
#include <uv.h>

#include <cstdint>

#include "harness/worker/continuation.hpp"
#include "harness/worker/datagram.hpp"
#include "harness/worker/styles.hpp"
#include "models/uv/clock.hpp"
#include "models/uv/loop.hpp"

namespace interleave {

inline sockaddr_in uv_loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A connection for one message each way. It tells its answer once, from the loop, and takes itself away.
class UvMessageExchange {
 public:
  using Over = Continuation<const Datagram&>;
  static void begin(UvLoop& loop, std::uint16_t port, Octets message, nanoseconds limit, Over& over) {
    (new UvMessageExchange(loop, over))->start(port, message, limit);
  }

 private:
  UvMessageExchange(UvLoop& loop, Over& over) : over_(over) {
    uv_check(uv_tcp_init(loop.get(), &tcp_), "uv_tcp_init");
    uv_check(uv_timer_init(loop.get(), &limit_), "uv_timer_init");
    tcp_.data = limit_.data = connect_.data = this;
  }
  static UvMessageExchange& self(void* data) { return *static_cast<UvMessageExchange*>(data); }
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp_); }

  void start(std::uint16_t port, Octets message, nanoseconds limit) {
    message_.begin(message);
    const std::uint64_t timeout = uv_timeout_until(limit_.loop, now_ns() + limit.count());
    const sockaddr_in server = uv_loopback(port);
    const int status = uv_tcp_connect(&connect_, &tcp_, reinterpret_cast<const sockaddr*>(&server), &on_connect);
    if (status != 0) at_time_ = Outcome::refused;  // no descriptor, say: told from the loop, not from inside the call
    uv_timer_start(&limit_, &on_time, status == 0 ? timeout : 0, 0);
  }

  static void on_connect(uv_connect_t* connect, int status) {
    if (status == UV_ECANCELED) return;  // the time is over
    UvMessageExchange& exchange = self(connect->data);
    if (status != 0) return exchange.end(exchange.message_.failed(Outcome::refused));
    const Octets all = exchange.message_.outgoing();  // which fits into a fresh socket's buffer
    uv_buf_t buffer =
        uv_buf_init(reinterpret_cast<char*>(const_cast<unsigned char*>(all.data())), static_cast<unsigned>(all.size()));
    uv_try_write(exchange.stream(), &buffer, 1);
    uv_read_start(exchange.stream(), &on_space, &on_read);
  }
  static void on_space(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    const auto room = self(handle->data).message_.room();
    *buffer = uv_buf_init(reinterpret_cast<char*>(room.data()), static_cast<unsigned>(room.size()));
  }
  static void on_read(uv_stream_t* stream, ssize_t n, const uv_buf_t*) {
    UvMessageExchange& exchange = self(stream->data);
    StreamedMessage& message = exchange.message_;
    if (n == 0) return;  // nothing there after all
    if (n > 0) exchange.end(message.received(static_cast<std::size_t>(n)));
    else exchange.end(n == UV_EOF ? message.received(0) : message.failed(Outcome::reset));
  }
  static void on_time(uv_timer_t* timer) {
    UvMessageExchange& exchange = self(timer->data);
    exchange.end(exchange.message_.failed(exchange.at_time_));
  }

  // The answer lives as long as this does: until libuv has let go of both handles, which is later.
  void end(bool is_over) {
    if (!is_over) return;
    uv_close(reinterpret_cast<uv_handle_t*>(&tcp_), &on_closed);
    uv_close(reinterpret_cast<uv_handle_t*>(&limit_), &on_closed);
    over_(message_.answer());
  }
  static void on_closed(uv_handle_t* handle) {
    UvMessageExchange& exchange = self(handle->data);
    if (++exchange.closed_ == 2) delete &exchange;
  }

  Over& over_;
  StreamedMessage message_;
  Outcome at_time_ = Outcome::timeout;
  int closed_ = 0;
  uv_tcp_t tcp_;
  uv_timer_t limit_;
  uv_connect_t connect_;
};

// Handles are embedded: it must not move and must stay until the loop has closed its handles. One operation at a time;
// each continuation is called once, from the loop, never from inside the call that took it.
class UvDatagrams {
 public:
  explicit UvDatagrams(UvLoop& loop) : loop_(loop) {
    uv_check(uv_udp_init(loop.get(), &udp_), "uv_udp_init");
    uv_check(uv_timer_init(loop.get(), &deadline_), "uv_timer_init");
    udp_.data = deadline_.data = this;
    uv_check(uv_udp_recv_start(&udp_, &on_space, &on_received), "uv_udp_recv_start");  // and stays on
  }
  UvDatagrams(const UvDatagrams&) = delete;
  UvDatagrams& operator=(const UvDatagrams&) = delete;

  void send_to(std::uint16_t port, Octets bytes) {
    const sockaddr_in to = uv_loopback(port);
    uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(const_cast<unsigned char*>(bytes.data())),
                                  static_cast<unsigned>(bytes.size()));
    uv_udp_try_send(&udp_, &buffer, 1, reinterpret_cast<const sockaddr*>(&to));
  }
  template <class K>
  void receive_within(nanoseconds limit, K next) {
    next_.set(next);
    due_ns_ = now_ns() + limit.count();
    waiting_ = true;
    arm_for(due_ns_);
  }
  template <class K>
  void exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit, K next) {
    next_.set(next);
    UvMessageExchange::begin(loop_, port, bytes, limit, next_);
  }

 private:
  static UvDatagrams& self(void* data) { return *static_cast<UvDatagrams*>(data); }
  static void on_space(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    ReceiveBuffer& space = self(handle->data).loop_.receive_buffer();
    *buffer = uv_buf_init(space.data(), static_cast<unsigned>(space.size()));
  }
  static void on_received(uv_udp_t* udp, ssize_t n, const uv_buf_t* buffer, const sockaddr* from, unsigned) {
    UvDatagrams& lane = self(udp->data);
    if (n < 0 || from == nullptr || !lane.waiting_) return;  // nothing after all, or nobody receives
    lane.waiting_ = false;
    const Octets bytes(reinterpret_cast<const unsigned char*>(buffer->base), static_cast<std::size_t>(n));
    lane.next_({Outcome::ok, bytes, now_ns()});
  }
  // The timer is left running from item to item, as a connection's is: an answer in time costs no timer operation.
  void arm_for(std::int64_t due_ns) {
    const std::uint64_t timeout = uv_timeout_until(deadline_.loop, due_ns);
    if (!uv_is_active(reinterpret_cast<uv_handle_t*>(&deadline_)) || uv_timer_get_due_in(&deadline_) > timeout)
      uv_timer_start(&deadline_, &on_deadline, timeout, 0);
  }
  static void on_deadline(uv_timer_t* timer) {
    UvDatagrams& lane = self(timer->data);
    if (!lane.waiting_) return;
    if (now_ns() < lane.due_ns_) return lane.arm_for(lane.due_ns_);
    lane.waiting_ = false;
    lane.next_(Datagram{});
  }

  UvLoop& loop_;
  Continuation<const Datagram&> next_;
  std::int64_t due_ns_ = 0;
  bool waiting_ = false;
  uv_udp_t udp_;
  uv_timer_t deadline_;
};

}  // namespace interleave
