// native_asio: `download` written straight on Boost.Asio's coroutines, to price what asio_coroutines pays for the
// concepts. SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <deque>

#include "harness/http/reply_reader.hpp"
#include "harness/http/request.hpp"
#include "harness/posix/stream_options.hpp"
#include "models/asio/types.hpp"
#include "models/asio/watchdog.hpp"
#include "models/native/native_main.hpp"

namespace interleave {
namespace {

using boost::asio::ip::tcp;
constexpr auto kAwaited = boost::asio::as_tuple(boost::asio::deferred);

struct Connection {
  Connection(boost::asio::io_context& io, int descriptor) : socket(io, tcp::v4(), descriptor), watchdog(socket) {
    socket.non_blocking(true);
  }
  AsioSocket socket;
  AsioWatchdog watchdog;
  BufferedReplyReader reader;
};

// One coroutine a connection does everything: no lane, no body, no task for an item.
class NativeAsio {
 public:
  static Description describe() {
    return {.name = "native_asio",
            .family = Family::callbacks,
            .library = "Boost.Asio " + asio_version(),
            .back_end = kAsioBackEnd,
            .threads = "1"};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }

  NativeAsio(const Load& load, std::vector<Socket> sockets)
      : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE), server_(boost::asio::ip::address_v4::loopback(), load.port) {
    for (Socket& socket : sockets) connections_.emplace_back(io_, socket.release());
  }
  void download(const Load& load) {
    for (Connection& connection : connections_) co_spawn(io_, items_over(connection, load), boost::asio::detached);
    io_.run();
  }

 private:
  using Coroutine = boost::asio::awaitable<void, AsioExecutor>;

  Coroutine items_over(Connection& c, const Load& load) {
    while (next_ < load.items) {
      const std::uint32_t item = next_++;
      load.tape->start(item);
      const RenderedRequest request(request_of(load.inputs[item]));
      c.reader.begin();
      c.watchdog.watch(load.timeout);
      AsioError error;
      if (!c.socket.is_open()) {
        std::tie(error) = co_await c.socket.async_connect(server_, kAwaited);
        if (error) c.reader.abandoned(c.watchdog.expired() ? Outcome::timeout : Outcome::refused);
        else opened(c, load);
      }
      if (!error) {
        std::size_t sent = c.socket.write_some(boost::asio::buffer(request.data(), request.size()), error);
        if (error == boost::asio::error::would_block || (!error && sent < request.size())) {
          const auto rest = boost::asio::buffer(request.data(), request.size()) + sent;
          std::tie(error, sent) = co_await async_write(c.socket, rest, kAwaited);
        }
        if (error) end(c, error);
      }
      bool over = static_cast<bool>(error);
      while (!over) {
        const auto space = c.reader.space();
        const auto [failed, n] =
            co_await c.socket.async_read_some(boost::asio::buffer(space.data(), space.size()), kAwaited);
        if (failed) end(c, failed);
        over = failed || c.watchdog.expired() || c.reader.received(n);
      }
      if (c.watchdog.expired()) c.reader.abandoned(Outcome::timeout);
      c.watchdog.rest();
      if (!c.reader.keep_alive()) c.socket.close(error);
      load.tape->finish(fetch_result(item, c.reader.reply()));
    }
    c.watchdog.retire();
  }
  static void opened(Connection& c, const Load& load) {
    set_stream_options(c.socket.native_handle());
    c.socket.non_blocking(true);
    c.watchdog.watch(load.timeout);
  }
  static void end(Connection& c, AsioError error) {
    c.reader.ended(error == boost::asio::error::eof ? 0 : error.value());
  }

  boost::asio::io_context io_;
  tcp::endpoint server_;
  std::deque<Connection> connections_;
  std::uint32_t next_ = 0;
};

}  // namespace
}  // namespace interleave

int main(int argc, char** argv) { return interleave::native_main<interleave::NativeAsio>(argc, argv, "coroutine"); }
