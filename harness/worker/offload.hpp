// Where CPU work goes: done on the spot, or handed to threads or to forked processes; one engine for every model.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <coroutine>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "harness/load/load.hpp"
#include "harness/load/offload_policy.hpp"
#include "harness/worker/continuation.hpp"
#include "harness/worker/shared_pages.hpp"

namespace interleave {

// CPU work as plain bytes, so that a process forked earlier can do it: a pure function of two numbers.
struct Work {
  std::uint64_t (*function)(std::uint64_t, std::uint64_t) noexcept = nullptr;
  std::uint64_t first = 0, second = 0;
  std::uint64_t operator()() const noexcept { return function(first, second); }
};

// A queue of jobs in shared memory, and the crew that does them. It is made before lanes, connections and the model, so
// that a model may fork afterwards: what its processes hand over is done by the same crew. Any thread or process may
// use it.
class Offload {
 public:
  // `seats`: the most jobs under way at once. `ports`: the most loops. Throws std::system_error.
  Offload(OffloadPolicy policy, std::uint32_t seats, std::uint32_t ports);
  ~Offload();
  Offload(const Offload&) = delete;
  Offload& operator=(const Offload&) = delete;

  OffloadPolicy policy() const noexcept { return policy_; }

  // Hands the work over and blocks until it is done.
  std::uint64_t run(const Work& work);

 private:
  friend class OffloadPort;
  using Over = void (*)(void* waiter, std::uint64_t result);
  struct Job;
  struct Shared;

  std::uint32_t submit(const Work& work, std::uint32_t port, void* waiter, Over over);
  void give_back(std::uint32_t seat);
  void serve() noexcept;
  void stop();

  OffloadPolicy policy_;
  SharedPages pages_;
  Shared* shared_;
  std::vector<int> events_;  // of the ports
  std::vector<std::thread> threads_;
  std::vector<int> processes_;
};

// A loop's end of it: results come back to the loop that handed the work over. Belongs to one loop's thread.
class OffloadPort {
 public:
  // Without load.offload work is done inline, inside post().
  explicit OffloadPort(const Load& load);

  // Becomes readable when results are waiting: watch it (level-triggered is enough) and call drain(). -1 where work is
  // inline: nothing to watch. The watch must not keep the loop alive.
  int fd() const noexcept;
  void drain();

  // Calls over(waiter, result) once: from drain() on the loop's thread, or before post() returns where work is inline.
  void post(const Work& work, void* waiter, void (*over)(void* waiter, std::uint64_t result));
  // The same for a lane that keeps its continuation: `next` stays where it is until it is called.
  void post(const Work& work, Continuation<std::uint64_t>& next) {
    post(work, &next,
         [](void* waiter, std::uint64_t result) { (*static_cast<Continuation<std::uint64_t>*>(waiter))(result); });
  }
  bool is_inline() const noexcept { return offload_ == nullptr; }

 private:
  Offload* offload_;
  std::uint32_t port_ = 0;
};

// The awaiter for coroutine types that take any awaiter; resumes the waiter inside drain().
class Offloaded {
 public:
  Offloaded(OffloadPort& port, const Work& work) noexcept : port_(port), work_(work) {}
  bool await_ready() noexcept {
    if (port_.is_inline()) result_ = work_();
    return port_.is_inline();
  }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    port_.post(work_, this, [](void* self, std::uint64_t result) {
      auto* const offloaded = static_cast<Offloaded*>(self);
      offloaded->result_ = result;
      offloaded->waiter_.resume();
    });
  }
  std::uint64_t await_resume() const noexcept { return result_; }

 private:
  OffloadPort& port_;
  Work work_;
  std::uint64_t result_ = 0;
  std::coroutine_handle<> waiter_;
};

}  // namespace interleave
