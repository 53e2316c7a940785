// One keep-alive connection on the completion loop: its operations are handed to the kernel, which says when they are
// over. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <utility>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "harness/worker/socket.hpp"
#include "models/uring_coroutines/loop.hpp"

namespace interleave {

// Sockets stay blocking: with O_NONBLOCK io_uring would answer EAGAIN instead of waiting for the reply.
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
    reader_.begin();
    if (socket_) exchange();
    else connect();
    if (over_) return false;
    waiter_ = waiter;
    return true;
  }
  const Reply& reply() const noexcept { return reader_.reply(); }

 private:
  void connect() {
    socket_ = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket_) return abandon(Outcome::refused);
    const int on = 1;
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto prepare = [this](io_uring_sqe* entry) {
      io_uring_prep_connect(entry, socket_.get(), reinterpret_cast<const sockaddr*>(&server_), sizeof server_);
    };
    ++under_way_;
    connect_limit_ = {limit_.count() / 1'000'000'000, limit_.count() % 1'000'000'000};
    if (limit_.count() > 0) loop_.submit_within(connect_limit_, *this, Operation::connect, prepare);
    else loop_.submit(*this, Operation::connect, prepare);
  }

  // The receiving first, so that it is in place when the reply comes. The sending is over when all bytes are
  // (MSG_WAITALL).
  void exchange() {
    receive();
    ++under_way_;
    loop_.submit(*this, Operation::send, [this](io_uring_sqe* entry) {
      io_uring_prep_send(entry, socket_.get(), rendered_.data(), rendered_.size(), MSG_NOSIGNAL | MSG_WAITALL);
    });
  }
  // Waits for bytes before it tries, for there are none yet.
  void receive() {
    ++under_way_;
    loop_.submit(*this, Operation::receive, [this](io_uring_sqe* entry) {
      const auto space = reader_.space();
      io_uring_prep_recv(entry, socket_.get(), space.data(), space.size(), 0);
      entry->ioprio |= IORING_RECVSEND_POLL_FIRST;
    });
  }

  // The exchange is over when nothing is under way any more: only then may buffers and socket be used anew.
  std::coroutine_handle<> completed(Operation operation, int result) override {
    --under_way_;
    if (operation == Operation::connect) connected(result);
    else if (operation == Operation::send) sent(result);
    else received(result);
    if (!over_ || under_way_ != 0) return {};
    if (!reader_.keep_alive()) socket_ = Socket();
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
  void received(int result) {
    if (passed_) return abandon(Outcome::timeout);
    if (result == -EINTR || result == -EAGAIN) return receive();
    if (result <= 0) {
      reader_.ended(result == -ECANCELED ? send_error_ : -result);
      return end();
    }
    if (reader_.received(static_cast<std::size_t>(result))) return end();
    receive();
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
  std::uint8_t under_way_ = 0;  // operations that the kernel has not yet completed
  bool over_ = true;
  bool passed_ = false;  // the deadline; the cancelled receiving will say so
};

}  // namespace interleave
