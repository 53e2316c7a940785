// process_per_item: every item is done by a process forked for it; at most in_flight live at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/worker/arrival.hpp"
#include "harness/worker/blocking_lane.hpp"
#include "harness/worker/capabilities.hpp"
#include "harness/worker/limits.hpp"
#include "harness/worker/model.hpp"
#include "models/processes/child.hpp"

namespace interleave {

class ProcessPerItem {
 public:
  using Lane = SocketLane;

  static Description describe() {
    return {.name = "process_per_item",
            .family = Family::processes,
            .library = "POSIX fork",
            .back_end = "blocking calls",
            .threads = "in_flight + 1 processes of 1",
            .counterparts = {"process_pool"}};
  }
  static Claims claims(const Load& load) {
    return {.threads = load.in_flight + 1, .processes = load.in_flight + 1, .come_and_go = true};
  }
  static std::optional<std::string> refusal(const Load& load) {
    return process_limit(std::uint64_t{load.in_flight} + 1, kProcessMemory);
  }

  // The connections are this process's; each child has them all, and uses its lane's.
  ProcessPerItem(const Load& load, std::vector<Socket> sockets)
      : sockets_(std::move(sockets)), children_(load.in_flight) {}
  ProcessPerItem(const ProcessPerItem&) = delete;
  ProcessPerItem& operator=(const ProcessPerItem&) = delete;
  ~ProcessPerItem() {
    for (const pid_t child : children_) {
      if (child != 0) kill(child, SIGKILL);
    }
    for (const pid_t child : children_) {
      if (child != 0) waitpid(child, nullptr, 0);
    }
  }

  void for_each_item(const Load& load, BlockingBody<Lane> body) {
    for (std::uint32_t item = 0; item < load.items; ++item) {
      const std::size_t place = item < children_.size() ? item : next_free();
      await_arrival(load, item);
      if (!sockets_.empty() && !sockets_[place]) sockets_[place] = redialled(load);
      children_[place] = fork_child();
      if (children_[place] == 0) work(load, body, item, place);
    }
    while (std::any_of(children_.begin(), children_.end(), [](pid_t child) { return child != 0; })) next_free();
  }

 private:
  // By this process, so that the connection outlives the item. None if that fails: the child then finds out itself, and
  // its item comes to what it finds.
  static Socket redialled(const Load& load) try {
    return dial(load.port, load.timeout);
  } catch (const std::system_error&) {
    return {};
  }

  static constexpr int kKept = 0, kConnectionLost = 3;  // exit statuses of a child that has done its item

  [[noreturn]] void work(const Load& load, BlockingBody<Lane> body, std::uint32_t item, std::size_t place) try {
    Lane lane(load, sockets_.empty() ? Socket() : std::move(sockets_[place]));
    body(lane, load, item);
    _exit(sockets_.empty() || lane.has_connection() ? kKept : kConnectionLost);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "process_per_item: %s\n", error.what());
    _exit(1);
  }

  // Waits for any child to end, and gives its lane. A child that has closed its copy of the connection did not end it,
  // since this process and the children forked meanwhile hold others: shutdown() does.
  std::size_t next_free() {
    int status = 0;
    const pid_t child = waitpid(-1, &status, 0);
    const auto found = std::find(children_.begin(), children_.end(), child);
    if (child <= 0 || found == children_.end()) throw std::runtime_error("a worker process was lost");
    *found = 0;
    const auto place = static_cast<std::size_t>(found - children_.begin());
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != kKept && WEXITSTATUS(status) != kConnectionLost)) {
      throw std::runtime_error(how_it_ended(child, status));
    }
    if (WEXITSTATUS(status) == kConnectionLost) {
      shutdown(sockets_[place].get(), SHUT_RDWR);
      sockets_[place] = Socket();
    }
    return place;
  }

  std::vector<Socket> sockets_;
  std::vector<pid_t> children_;  // by lane; 0: none
};

static_assert(BlockingModel<ProcessPerItem>);
static_assert(BlockingDeadline<ProcessPerItem::Lane>);
static_assert(BlockingOffload<ProcessPerItem::Lane>);

}  // namespace interleave
