// The completion loop: hand over what was asked for, wait until something is over, and say which coroutines can go on.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <span>
#include <system_error>

#include "harness/numbers/clock.hpp"
#include "harness/worker/offload.hpp"
#include "models/epoll_coroutines/agenda.hpp"
#include "models/uring_coroutines/ring.hpp"

namespace interleave {

enum class Operation : std::uint8_t { connect, send, receive };

struct Completion {
  int result;                   // as the system call would return it, a failure as -errno
  bool more;                    // the operation goes on, and will complete again
  std::span<const char> bytes;  // received; valid during the call and until the coroutine it answers waits again
};

// Whoever asked for an operation.
class Completing {
 public:
  // Called from turn(), once for each operation but for those that go on. Answers the coroutine that can go on, or none
  // if it must wait on.
  virtual std::coroutine_handle<> completed(Operation operation, const Completion& completion) = 0;

 protected:
  ~Completing() = default;
};

class UringLoop {
 public:
  // Throws std::system_error.
  explicit UringLoop(const Load& load)
      : ring_(2 * load.in_flight), buffers_(ring_, load.in_flight), agenda_(load), offload_(load) {
    watch_offload();
  }

  // prepare(entry) describes the operation, which goes out with the next turn, or earlier if the queue is full.
  template <class Prepare>
  void submit(Completing& owner, Operation operation, Prepare prepare) {
    io_uring_sqe* const entry = free_entry();
    prepare(entry);
    io_uring_sqe_set_data64(entry, tag(owner, operation));
  }
  // The same for an operation that completes with -ECANCELED if it is not over `limit` after it went out. `limit` stays
  // where it is until the operation is over.
  template <class Prepare>
  void submit_within(__kernel_timespec& limit, Completing& owner, Operation operation, Prepare prepare) {
    while (io_uring_sq_space_left(ring_.get()) < 2)
      check(io_uring_submit(ring_.get()));  // the two must go out together
    submit(owner, operation, [&](io_uring_sqe* entry) {
      prepare(entry);
      entry->flags |= IOSQE_IO_LINK;
    });
    io_uring_sqe* const entry = free_entry();
    io_uring_prep_link_timeout(entry, &limit, 0);
    io_uring_sqe_set_data64(entry, kNobody);
  }
  // Ends the operation early: it completes with -ECANCELED, unless it is over by then.
  void cancel(Completing& owner, Operation operation) {
    io_uring_sqe* const entry = free_entry();
    io_uring_prep_cancel64(entry, tag(owner, operation), 0);
    io_uring_sqe_set_data64(entry, kNobody);
  }

  Agenda& agenda() noexcept { return agenda_; }
  OffloadPort& offload_port() noexcept { return offload_; }

  // One io_uring_enter: submits, and waits for what comes first. Then calls resume(coroutine) for each that can go on.
  template <class Resume>
  void turn(Resume resume) {
    submit_and_wait(agenda_.next_ns());
    const std::int64_t waited_until = now_ns();
    const unsigned ready =
        io_uring_peek_batch_cqe(ring_.get(), completions_.data(), static_cast<unsigned>(completions_.size()));
    for (unsigned i = 0; i < ready; ++i) {
      results_[i] = {completions_[i]->user_data, completions_[i]->res, completions_[i]->flags};
    }
    io_uring_cq_advance(ring_.get(),
                        ready);  // before anything is resumed: what it asks for may complete into these places
    for (unsigned i = 0; i < ready; ++i) {
      if (results_[i].data == kNobody) continue;
      if (results_[i].data == kOffload) drain_offload();
      else dispatch(results_[i], resume);
    }
    agenda_.turn(waited_until, ready < results_.size(), resume);
  }

 private:
  struct Result {
    std::uint64_t data;
    int result;
    std::uint32_t flags;
  };
  // The owner's address; the operation in its low bits, which are free.
  static std::uint64_t tag(Completing& owner, Operation operation) {
    static_assert(alignof(Completing) >= 4);
    return reinterpret_cast<std::uintptr_t>(&owner) | static_cast<std::uint64_t>(operation);
  }
  template <class Resume>
  void dispatch(const Result& result, Resume& resume) {
    auto* const owner = reinterpret_cast<Completing*>(static_cast<std::uintptr_t>(result.data & ~std::uint64_t{3}));
    const auto place = static_cast<std::uint16_t>(result.flags >> IORING_CQE_BUFFER_SHIFT);
    const bool has_place = (result.flags & IORING_CQE_F_BUFFER) != 0;
    Completion completion{result.result, (result.flags & IORING_CQE_F_MORE) != 0, {}};
    if (has_place) completion.bytes = buffers_.received(place, result.result);
    if (const auto waiter = owner->completed(static_cast<Operation>(result.data & 3), completion)) resume(waiter);
    if (has_place) buffers_.give_back(place);
  }

  io_uring_sqe* free_entry() {
    for (;;) {
      if (io_uring_sqe* const entry = io_uring_get_sqe(ring_.get())) return entry;
      check(io_uring_submit(ring_.get()));
    }
  }

  void submit_and_wait(std::int64_t due_ns) {
    io_uring_cqe* first = nullptr;
    if (due_ns == Timers::kNever) return check(io_uring_submit_and_wait(ring_.get(), 1));
    const std::int64_t left = std::max<std::int64_t>(due_ns - now_ns(), 0);
    __kernel_timespec time{left / 1'000'000'000, left % 1'000'000'000};
    check(io_uring_submit_and_wait_timeout(ring_.get(), &first, 1, &time, nullptr));
  }
  // Nothing to be done about the rest: the time came first, a signal, or completions must be taken out before more go
  // in.
  static void check(int result) {
    if (result >= 0 || result == -ETIME || result == -EINTR || result == -EBUSY || result == -EAGAIN) return;
    throw std::system_error(-result, std::generic_category(), "io_uring_enter");
  }

  void watch_offload() {
    if (offload_.is_inline()) return;
    io_uring_sqe* const entry = free_entry();
    io_uring_prep_poll_add(entry, offload_.fd(), POLLIN);
    io_uring_sqe_set_data64(entry, kOffload);
  }
  void drain_offload() {
    offload_.drain();
    watch_offload();
  }

  static constexpr std::uint64_t kNobody = 0, kOffload = 4;  // addresses of nobody
  Ring ring_;
  ReceiveBuffers buffers_;
  std::array<io_uring_cqe*, 256> completions_;
  std::array<Result, 256> results_;
  Agenda agenda_;
  OffloadPort offload_;
};

}  // namespace interleave
