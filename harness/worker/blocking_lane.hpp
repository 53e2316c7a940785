// The lane of every model that waits in blocking calls: a socket, a reader, the caller's thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>

#include "harness/http/reply_reader.hpp"
#include "harness/worker/blocking_datagrams.hpp"
#include "harness/worker/bounded_queue.hpp"
#include "harness/worker/offload.hpp"
#include "harness/worker/socket.hpp"
#include "harness/worker/styles.hpp"

namespace interleave {

class SubLane;
class SubLanes;

// One thread at a time may use it. Without a server (port 0) it can only sleep.
class SocketLane {
 public:
  SocketLane(const Load& load, Socket socket);

  Reply fetch(const Request& request) { return fetch_within(request, nanoseconds(0)); }
  // The limit rides on the socket's own receive time-out, which costs nothing while it is the same as before; only a
  // reply that comes in several pieces sets it anew.
  Reply fetch_within(const Request& request, nanoseconds limit);
  // clock_nanosleep to an absolute time: never early.
  void sleep(nanoseconds time);
  // Where the policy `offload` says; the thread waits meanwhile.
  std::uint64_t offload(const Work& work) { return offload_ == nullptr ? work() : offload_->run(work); }
  // The queue that all threads and processes of the run have.
  bool put(Parcel parcel) { return queue_->put(parcel); }
  std::optional<Parcel> get() { return queue_->get(); }
  void hang_up() { queue_->hang_up(); }
  // Sub-lanes: see sub_lanes.hpp.
  using SubLane = interleave::SubLane;
  template <class Each>
  void fork(std::uint32_t n, const Each& each);
  void cancel();
  // Where load.name_port is one.
  void send_to(std::uint16_t port, Octets bytes) { datagrams_->send_to(port, bytes); }
  Datagram receive_within(nanoseconds limit) { return datagrams_->receive_within(limit); }
  Datagram exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit) {
    return datagrams_->exchange_within(port, bytes, limit);
  }
  const std::string& kept_body() const { return reader_->body(); }
  // Whether the next fetch goes over the connection that is there; false where the last reply took it along.
  bool has_connection() const noexcept { return static_cast<bool>(socket_); }

 protected:
  // The steps of a fetch: from begin() to settle() the descriptor stays what it is.
  bool begin(const Request& request, nanoseconds limit);
  void exchange(const Request& request, nanoseconds limit);
  void settle();
  void disconnect() noexcept { socket_ = Socket(); }
  int descriptor() const noexcept { return socket_.get(); }
  const Reply& reply() const { return reader_->reply(); }

 private:
  bool connected(nanoseconds limit);
  void receive_reply(nanoseconds limit);
  void limit_receiving(nanoseconds limit);
  const Load* load_;
  std::uint16_t port_;
  Offload* offload_;
  BoundedQueue* queue_;
  Socket socket_;
  nanoseconds limit_{0};  // as the socket has it
  std::unique_ptr<BufferedReplyReader> reader_;
  std::shared_ptr<SubLanes> subs_;  // from the first fork() on
  std::unique_ptr<BlockingDatagramSocket> datagrams_;
};

}  // namespace interleave

#include "harness/worker/sub_lanes.hpp"  // which are made of it
