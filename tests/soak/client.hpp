// Thousands of hostile clients in one thread, each a lane that takes items in turn.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/http/reply_reader.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/server_child.hpp"
#include "tests/soak/account.hpp"
#include "tests/soak/act.hpp"

namespace interleave::soak {

// A reply was not what its fate says, or nothing went on any more; names the item.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Client {
 public:
  // Everything outlives the client. At most `connections` at a time; pauses are multiplied by `time_scale`.
  Client(ServerChild& server, std::uint32_t connections, double time_scale, const Fates& fates, Account& account,
         const Interrupt& interrupt);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Until every item has been dealt with and every connection is closed; throws Wrong, Interrupted or
  // std::system_error.
  void run();

 private:
  enum class Waiting : std::uint8_t { nothing, connected, rest_of_request, reply, refusal, end, leave };
  struct Task {
    std::uint64_t item = 0;
    std::uint32_t attempt = 0;
    bool repeated = false;
    Act act;
    Fate fate;
  };
  struct Lane {
    int fd = -1;
    Waiting waiting = Waiting::nothing;
    std::uint32_t generation = 0;  // of the wait: an event or a timer of an earlier one is stale
    bool narrow = false;           // the connection takes few bytes at a time
    bool done = true;              // nothing left to do
    Task task;
    std::string request;
    std::uint64_t requests = 0;  // whole ones for items on this connection
    ReplyReader reader;
  };
  struct Timer {
    std::int64_t due_ns;
    std::uint32_t lane, generation;
    bool operator>(const Timer& other) const { return due_ns > other.due_ns; }
  };

  bool next_task(Task& task);
  void take_next(std::uint32_t index);
  void open_some();
  void open(std::uint32_t index);
  void play(std::uint32_t index);
  void ask(Lane& lane);
  void leave_at_once(std::uint32_t index);
  void wait_for(std::uint32_t index, Waiting what, bool bytes);
  void wake_in(std::uint32_t index, std::chrono::nanoseconds time);
  void on_event(std::uint32_t index, std::uint32_t events);
  void on_timer(std::uint32_t index);
  void on_bytes(std::uint32_t index);
  void read_refusal(std::uint32_t index);
  void judge(std::uint32_t index);
  void leave(std::uint32_t index, bool reset);
  void close(Lane& lane, bool reset);
  void account_for_leaving(const Task& task);
  void fire_timers();
  void watch_progress(std::int64_t before_ns);
  std::string description(const Lane& lane) const;

  ServerChild& server_;
  const double time_scale_;
  const Fates& fates_;
  Account& account_;
  const Interrupt& interrupt_;
  int epoll_ = -1;
  std::vector<Lane> lanes_;
  ReceiveBuffer received_;
  std::deque<std::uint32_t> to_open_;
  std::deque<Task> repeats_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint64_t next_item_ = 0;
  std::uint32_t active_ = 0;                  // lanes that are not done
  std::uint64_t opened_ = 0, accepted_ = 0;   // connections; what the server said last
  std::uint64_t steps_ = 0, steps_seen_ = 0;  // events that led to something
  std::int64_t idle_ns_ = 0;  // since the last step, not counting times in which this process was stopped
};

}  // namespace interleave::soak
