// native_threads: `download` written straight on threads and blocking sockets, to price what thread_pool pays for the
// concepts. SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <cerrno>
#include <latch>
#include <thread>
#include <vector>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "models/native/native_main.hpp"
#include "models/threads/stacks.hpp"

namespace interleave {
namespace {

// One thread a connection, each taking the next item in a loop: no lane, no body, no pool.
class NativeThreads {
 public:
  static Description describe() {
    return {.name = "native_threads",
            .family = Family::threads,
            .library = "std::thread",
            .back_end = "blocking calls",
            .threads = "in_flight + 1"};
  }
  static Claims claims(const Load& load) { return {.threads = load.in_flight + 1, .processes = 1, .loops = 0}; }

  NativeThreads(const Load& load, std::vector<Socket> sockets) : load_(load), all_over_(load.in_flight) {
    use_small_stacks();
    std::latch all_here(load.in_flight);
    for (Socket& socket : sockets) {
      threads_.emplace_back([this, &all_here, &socket] {
        Socket own = std::move(socket);
        all_here.count_down();
        go_.wait();
        work(std::move(own));
        all_over_.count_down();
        may_end_.wait();
      });
    }
    all_here.wait();
  }
  ~NativeThreads() {
    may_end_.count_down();
    for (std::thread& thread : threads_) thread.join();
  }

  void download(const Load&) {
    go_.count_down();
    all_over_.wait();
  }

 private:
  void work(Socket socket) {
    BufferedReplyReader reader;
    const nanoseconds timeout = load_.timeout;
    limit(socket, timeout);
    for (std::uint32_t item; (item = next_.fetch_add(1, std::memory_order_relaxed)) < load_.items;) {
      load_.tape->start(item);
      reader.begin();
      const RenderedRequest request(request_of(load_.inputs[item]));
      if (!socket) {
        try {
          socket = dial(load_.port, timeout);
          limit(socket, timeout);
        } catch (const std::system_error&) {
        }
      }
      if (!socket) reader.abandoned(Outcome::refused);
      else if (send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) reader.ended(errno);
      else receive(socket, reader, timeout);
      if (!reader.keep_alive()) socket = Socket();
      load_.tape->finish(fetch_result(item, reader.reply()));
    }
  }
  static void receive(const Socket& socket, BufferedReplyReader& reader, nanoseconds timeout) {
    const std::int64_t due = timeout.count() > 0 ? now_ns() + timeout.count() : 0;
    nanoseconds left = timeout;
    for (;;) {
      const auto space = reader.space();
      const ssize_t n = recv(socket.get(), space.data(), space.size(), 0);
      if (n > 0 && reader.received(static_cast<std::size_t>(n))) break;
      if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        reader.ended(n == 0 ? 0 : errno);
        break;
      }
      if (due == 0) continue;
      left = nanoseconds(due - now_ns());
      if (left.count() <= 0) {
        reader.abandoned(Outcome::timeout);
        break;
      }
      limit(socket, left);
    }
    if (left != timeout && reader.keep_alive()) limit(socket, timeout);
  }
  static void limit(const Socket& socket, nanoseconds time) {
    const std::int64_t micros = time.count() > 0 && time.count() < 1000 ? 1 : time.count() / 1000;
    const timeval value{micros / 1'000'000, micros % 1'000'000};
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
  }

  const Load& load_;
  alignas(64) std::atomic<std::uint32_t> next_{0};
  std::latch go_{1}, may_end_{1};
  std::latch all_over_;
  std::vector<std::thread> threads_;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::native_main<interleave::NativeThreads>(argc, argv, "blocking"); }
