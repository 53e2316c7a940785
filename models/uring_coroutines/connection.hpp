// One keep-alive connection on the completion loop: its operations are handed to the kernel, which says when they are
// over. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <utility>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "harness/posix/stream_options.hpp"
#include "harness/worker/socket.hpp"
#include "models/uring_coroutines/loop.hpp"

namespace interleave {

// The receiving is asked for once a connection and goes on: each time bytes have come it completes with a place that
// the kernel has picked for them. Sockets stay blocking: with O_NONBLOCK io_uring would answer EAGAIN instead of
// waiting.
class UringConnection final : private Completing, private Deadlined {
 public:
  using Loop = UringLoop;

  UringConnection(UringLoop& loop, std::uint16_t port, Socket socket)
      : loop_(loop), deadline_(loop.agenda().deadlines(), *this), socket_(std::move(socket)) {
    server_.sin_family = AF_INET;
    server_.sin_port = htons(port);
    server_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  UringConnection(UringConnection&&) = delete;  // the kernel knows its buffers

  // Asks for the sending, on a new connection where the last reply took the old one with it. False: it has failed at
  // once and reply() says how. True: `waiter` is resumed when reply() is complete: TIMEOUT `limit` after the sending,
  // or the connecting (0: no limit). Both count from when the loop hands them over.
  bool begin(const Request& request, nanoseconds limit, std::coroutine_handle<> waiter) {
    rendered_ = RenderedRequest(request);
    limit_ = limit;
    over_ = passed_ = false;
    send_error_ = 0;
    reader_.begin(request.keeps_body());
    if (!leaving_ && socket_) exchange();
    else if (!leaving_) connect();  // else left() connects
    if (over_) return false;
    waiter_ = waiter;
    return true;
  }
  const Reply& reply() const noexcept { return reader_.reply(); }
  const std::string& body() const noexcept { return reader_.body(); }

 private:
  void connect() {
    socket_ = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket_) return abandon(Outcome::refused);
    set_stream_options(socket_.get());
    const auto prepare = [this](io_uring_sqe* entry) {
      io_uring_prep_connect(entry, socket_.get(), reinterpret_cast<const sockaddr*>(&server_), sizeof server_);
    };
    handed_over_ = true;
    connect_limit_ = {limit_.count() / 1'000'000'000, limit_.count() % 1'000'000'000};
    if (limit_.count() > 0) loop_.submit_within(connect_limit_, *this, Operation::connect, prepare);
    else loop_.submit(*this, Operation::connect, prepare);
  }

  // The receiving first, so that it is in place when the reply comes. The sending is over when all bytes are
  // (MSG_WAITALL).
  void exchange() {
    if (!receiving_) receive();
    handed_over_ = true;
    loop_.submit(*this, Operation::send, [this](io_uring_sqe* entry) {
      io_uring_prep_send(entry, socket_.get(), rendered_.data(), rendered_.size(), MSG_NOSIGNAL | MSG_WAITALL);
    });
  }
  // Waits for bytes before it tries, for there are none yet.
  void receive() {
    receiving_ = true;
    loop_.submit(*this, Operation::receive, [this](io_uring_sqe* entry) {
      io_uring_prep_recv_multishot(entry, socket_.get(), nullptr, 0, 0);
      entry->ioprio |= IORING_RECVSEND_POLL_FIRST;
      entry->flags |= IOSQE_BUFFER_SELECT;
      entry->buf_group = ReceiveBuffers::kGroup;
    });
  }

  std::coroutine_handle<> completed(Operation operation, const Completion& completion) override {
    if (operation == Operation::receive) received(completion);
    else handed_over_ = false;
    if (operation == Operation::connect) connected(completion.result);
    else if (operation == Operation::send) sent(completion.result);
    return over_ && !handed_over_ && waiter_ ? finish() : std::coroutine_handle<>{};
  }
  // The exchange is over when its request is no longer the kernel's: only then may that be written anew.
  std::coroutine_handle<> finish() {
    if (!reader_.keep_alive()) leave();
    return std::exchange(waiter_, {});
  }

  void connected(int result) {
    if (result < 0) return abandon(result == -ECANCELED ? Outcome::timeout : Outcome::refused);
    exchange();
  }
  void sent(int result) {
    if (over_) return;
    if (result >= 0) return deadline_.set(limit_);
    send_error_ = -result;
    loop_.cancel(*this, Operation::receive);
  }
  void received(const Completion& completion) {
    receiving_ = completion.more;
    if (leaving_) return left();
    if (over_) {
      if (!waiter_) leave();  // closed by the peer between two items, or bytes nobody asked for
      return;
    }
    const int result = completion.result;
    if (result > 0) {
      if (reader_.received(completion.bytes)) return end();
    } else if (passed_) {
      return abandon(Outcome::timeout);
    } else if (result == 0 || !is_transient(result)) {
      reader_.ended(result == -ECANCELED ? send_error_ : -result);
      return end();
    }
    if (receiving_) return;
    if (passed_) abandon(Outcome::timeout);
    else receive();
  }
  // Out of places, say; or cancelled for an exchange that was over by then.
  bool is_transient(int result) const noexcept {
    return result == -ENOBUFS || result == -EINTR || result == -EAGAIN || (result == -ECANCELED && send_error_ == 0);
  }

  // Closes the socket once the kernel has let go of it.
  void leave() {
    if (!receiving_) {
      socket_ = Socket();
      return;
    }
    leaving_ = true;
    loop_.cancel(*this, Operation::receive);
  }
  void left() {
    if (receiving_) return;
    leaving_ = false;
    socket_ = Socket();
    if (!over_) connect();
  }

  std::coroutine_handle<> check_deadline(std::int64_t now) override {
    if (!deadline_.passed(now) || over_) return {};
    passed_ = true;
    deadline_.clear();
    loop_.cancel(*this, Operation::receive);
    return {};
  }
  void abandon(Outcome outcome) {
    reader_.abandoned(outcome);
    end();
  }
  void end() {
    over_ = true;
    deadline_.clear();
  }

  UringLoop& loop_;
  Deadline deadline_;
  sockaddr_in server_{};
  Socket socket_;
  ReplyReader reader_;
  RenderedRequest rendered_{Request{}};
  nanoseconds limit_{0};
  __kernel_timespec connect_limit_{};
  std::coroutine_handle<> waiter_;
  int send_error_ = 0;
  bool handed_over_ = false;  // a connecting or sending, which the kernel has not yet completed
  bool receiving_ = false;    // likewise
  bool leaving_ = false;      // the receiving has been cancelled so that the socket can be closed
  bool over_ = true;
  bool passed_ = false;  // the deadline; the cancelled receiving will say so
};

}  // namespace interleave
