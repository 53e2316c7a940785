// tbb_resumable: blocking-looking bodies in oneTBB tasks that are suspended while they wait, so that few threads serve
// many lanes. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/version.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <deque>
#include <latch>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/http/reply_reader.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "models/tbb_resumable/reactor.hpp"

namespace interleave {

class TbbResumable {
 public:
  // Used by one task, which any thread of the arena may resume.
  class Lane {
   public:
    Lane(Reactor& reactor, const Load& load, Socket socket)
        : reactor_(reactor), offload_(load.offload), port_(load.port), socket_(std::move(socket)) {
      if (socket_) reader_ = std::make_unique_for_overwrite<BufferedReplyReader>();
    }

    Reply fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
    Reply fetch_within(const Request& request, nanoseconds limit) {
      reader_->begin(request.keeps_body());
      const RenderedRequest rendered(request);
      if (connected(limit)) {
        if (::send(socket_.get(), rendered.data(), rendered.size(), MSG_NOSIGNAL) < 0) reader_->ended(errno);
        else receive_reply(limit.count() > 0 ? now_ns() + limit.count() : Reactor::kNever);
      }
      if (!reader_->keep_alive()) socket_ = Socket();
      return reader_->reply();
    }
    const std::string& kept_body() const { return reader_->body(); }
    void sleep(nanoseconds time) {
      const std::int64_t due = now_ns() + time.count();
      while (now_ns() < due) reactor_.wait(suspended_, -1, due);
    }
    // The arena is a CPU pool, so inline is where it belongs; handed over, it blocks a thread of the arena meanwhile.
    std::uint64_t offload(const Work& work) { return offload_ == nullptr ? work() : offload_->run(work); }

   private:
    // Dials as all models do, blocking: on the loopback that is some 50 us of a thread.
    bool connected(nanoseconds limit) try {
      if (!socket_) socket_ = dial(port_, limit);
      return true;
    } catch (const std::system_error& error) {
      reader_->abandoned(outcome_of_dialling(error, limit));
      return false;
    }
    void receive_reply(std::int64_t due) {
      for (;;) {
        reactor_.wait(suspended_, socket_.get(), due);
        const auto space = reader_->space();
        const ssize_t n = ::recv(socket_.get(), space.data(), space.size(), MSG_DONTWAIT);
        if (n > 0) {
          if (reader_->received(static_cast<std::size_t>(n))) return;
        } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
          return reader_->ended(n == 0 ? 0 : errno);
        }
        if (due != Reactor::kNever && now_ns() >= due) return reader_->abandoned(Outcome::timeout);
      }
    }

    Reactor& reactor_;
    Offload* offload_;
    std::uint16_t port_;
    Socket socket_;
    Suspended suspended_;
    std::unique_ptr<BufferedReplyReader> reader_;
  };

  static Description describe() {
    return {.name = "tbb_resumable",
            .family = Family::threads,
            .library = std::string("oneTBB ") + TBB_runtime_version(),
            .back_end = "epoll",
            .threads = "cores + 2"};
  }
  static Claims claims(const Load& load) { return {.threads = load.cores + 2, .processes = 1, .loops = 0}; }
  // oneTBB counts suspended tasks in the low 12 bits of an arena's references; more of them look like workers, and the
  // arena, which then seems to have all it may have, gets none.
  static std::optional<std::string> refusal(const Load& load) {
    if (load.in_flight <= kMostSuspended) return stack_limit(load.in_flight);
    return fmt::format("oneTBB keeps at most {} tasks of an arena suspended, in_flight asks for {}", kMostSuspended,
                       load.in_flight);
  }

  TbbResumable(const Load& load, std::vector<Socket> sockets)
      : parallelism_(tbb::global_control::max_allowed_parallelism, load.cores + 1),
        stack_(tbb::global_control::thread_stack_size, kStack),
        arena_(static_cast<int>(load.cores), 0) {
    sockets.resize(load.in_flight);
    for (Socket& socket : sockets) lanes_.emplace_back(reactor_, load, std::move(socket));
    std::latch all_here(load.cores);
    on_arena(load.cores, [&](std::size_t) { all_here.arrive_and_wait(); });  // TBB has its threads
  }

  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    alignas(64) std::atomic<std::uint32_t> next{0};
    on_arena(lanes_.size(), [&](std::size_t i) {
      for (std::uint32_t item; (item = next.fetch_add(1, std::memory_order_relaxed)) < load.items;)
        body(lanes_[i], load, item);
    });
  }

 private:
  // Returns when all tasks are over.
  template <class Job>
  void on_arena(std::size_t tasks, Job job) {
    std::latch over(static_cast<std::ptrdiff_t>(tasks));
    for (std::size_t i = 0; i < tasks; ++i) {
      arena_.enqueue([&job, &over, i] {
        job(i);
        over.count_down();
      });
    }
    over.wait();
  }

  static constexpr std::uint32_t kMostSuspended = 4000;
  static constexpr std::size_t kStack = 64 * 1024;  // of each suspended task
  tbb::global_control parallelism_;
  tbb::global_control stack_;
  std::deque<Lane> lanes_;  // before reactor_, whose thread may hold a lane's last event: it is joined first
  Reactor reactor_;
  tbb::task_arena arena_;
};

static_assert(BlockingModel<TbbResumable>);
static_assert(BlockingDeadline<TbbResumable::Lane>);
static_assert(BlockingOffload<TbbResumable::Lane>);

}  // namespace interleave
