// Boost.Asio's objects on the concrete executor of one io_context: any_io_executor would cost a virtual call an
// operation. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/version.hpp>
#include <chrono>
#include <string>

namespace interleave {

using AsioError = boost::system::error_code;
using AsioExecutor = boost::asio::io_context::executor_type;
using AsioSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, AsioExecutor>;
using AsioTimer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, AsioExecutor>;

inline std::string asio_version() {
  return std::to_string(BOOST_ASIO_VERSION / 100'000) + "." + std::to_string(BOOST_ASIO_VERSION / 100 % 1'000) + "." +
         std::to_string(BOOST_ASIO_VERSION % 100);
}

#if defined(BOOST_ASIO_HAS_IO_URING_AS_DEFAULT) || !defined(BOOST_ASIO_HAS_EPOLL) || !defined(BOOST_ASIO_HAS_TIMERFD)
#error "the Asio models say that they wait with epoll and timerfd"
#endif
inline constexpr const char* kAsioBackEnd = "epoll";

}  // namespace interleave
