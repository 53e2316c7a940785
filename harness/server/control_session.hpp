// One control connection: requests read as strictly as those of the data port, answered one by one.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "harness/server/asio_types.hpp"
#include "harness/server/control.hpp"
#include "harness/server/date_line.hpp"
#include "harness/server/request_parser.hpp"

namespace interleave {

// Lives as long as an operation of it is under way.
template <class Socket>
class ControlSession : public std::enable_shared_from_this<ControlSession<Socket>> {
 public:
  // `answer` gives what a request comes to; `over` is called when the connection's descriptor is free again.
  using Answer = std::function<ControlReply(const RequestParser&)>;
  ControlSession(Socket socket, Answer answer, std::function<void()> over);
  ~ControlSession();
  ControlSession(const ControlSession&) = delete;
  ControlSession& operator=(const ControlSession&) = delete;
  void read();

 private:
  void take_request();
  void reply(const ControlReply& reply);
  void send(std::string text);
  void close_gently();
  void discard();

  Socket socket_;
  Timer timer_;
  Answer answer_;
  std::function<void()> over_;
  DateLine date_;
  std::unique_ptr<RequestParser> parser_;
  std::string in_;         // what has come and is not consumed
  std::string out_;        // what is being sent
  std::size_t taken_ = 0;  // of in_, by the message under way
  bool continued_ = false;
  bool keep_alive_ = true;
};

}  // namespace interleave
