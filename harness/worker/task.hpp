// A lazy coroutine task for models that bring their own loop: small frames, a stack that never deepens.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace interleave {

// Whoever wants the result of a task: the coroutine that awaits it, or the lane of an item.
template <class T>
class TaskEnd {
 public:
  // Called once, on the task's thread, from inside its co_return. Answers whom to resume; nobody: the task's frame is
  // freed as soon as it ends. It must not resume or start anything itself, or a million items that never wait would
  // deepen the stack.
  virtual std::coroutine_handle<> take_result(T&& result) noexcept = 0;

 protected:
  ~TaskEnd() = default;
};

// Does nothing until it is awaited or started, and either at most once. It is its own awaiter, so that the promise,
// which every frame carries, is one pointer, and the result goes straight to where it is wanted. Exceptions end the
// process.
template <class T>
class [[nodiscard]] Task final : private TaskEnd<T> {
 public:
  class promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Runs the task until it first waits; from then on its frame owns itself. `end` must outlive it.
  void start(TaskEnd<T>& end) && {
    const Handle handle = std::exchange(handle_, {});
    handle.promise().end_at(end);
    handle.resume();
  }

  // The task runs as if called. If it ends without waiting, the caller goes on without having been suspended: no
  // symmetric transfer, which is a tail call only where the optimiser makes it one. Otherwise it goes on inside the
  // task's co_return.
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    handle_.promise().end_at(*this);
    handle_.resume();
    if (handle_.done()) return false;
    waiter_ = waiter;
    return true;
  }
  T await_resume() noexcept { return std::move(*result_); }

 private:
  explicit Task(Handle handle) noexcept : handle_(handle) {}
  std::coroutine_handle<> take_result(T&& result) noexcept override {
    result_.emplace(std::move(result));
    return waiter_;
  }

  Handle handle_;
  std::coroutine_handle<> waiter_ = std::noop_coroutine();  // until the task has had to wait, its own starter goes on
  std::optional<T> result_;
};

template <class T>
class Task<T>::promise_type {
 public:
  Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }
  std::suspend_always initial_suspend() const noexcept { return {}; }
  // At the end the frame stays for the coroutine that goes on, which holds the task; without one it frees itself.
  struct Final {
    std::coroutine_handle<> next;
    bool await_ready() const noexcept { return !next; }
    std::coroutine_handle<> await_suspend(Handle) const noexcept { return next; }
    void await_resume() const noexcept {}
  };
  Final final_suspend() const noexcept { return {std::coroutine_handle<>::from_address(place_)}; }
  void return_value(T&& result) noexcept {
    place_ = static_cast<TaskEnd<T>*>(place_)->take_result(std::move(result)).address();
  }
  void return_value(const T& result) noexcept { return_value(T(result)); }
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  void end_at(TaskEnd<T>& end) noexcept { place_ = &end; }

 private:
  void* place_ = nullptr;  // a TaskEnd<T> until the result is there, then the frame that goes on: eight bytes for both
};

}  // namespace interleave
