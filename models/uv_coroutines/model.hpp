// uv_coroutines: our lazy task awaited on one libuv loop; a coroutine an item.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <uv.h>

#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/worker/capabilities.hpp"
#include "harness/worker/model.hpp"
#include "harness/worker/task.hpp"
#include "models/uv/connection.hpp"
#include "models/uv/datagrams.hpp"
#include "models/uv/loop.hpp"
#include "models/uv/queue.hpp"

namespace interleave {

class UvCoroutines {
 public:
  // Operations are awaiters that live in the body's frame; whoever awaits is resumed inside a callback of libuv.
  class Lane final : private TaskEnd<ItemResult> {
   public:
    template <class T>
    using Task = interleave::Task<T>;

    class Fetch {
     public:
      Fetch(Lane& lane, const Request& request, nanoseconds limit) : lane_(lane), request_(request), limit_(limit) {}
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        const auto resume = [lane = &lane_, waiter](const Reply&) { lane->model_->resume(waiter); };
        lane_.connection_->fetch_within(request_, limit_, resume);
      }
      const Reply& await_resume() const noexcept { return lane_.connection_->reply(); }

     private:
      Lane& lane_;
      Request request_;
      nanoseconds limit_;
    };
    Fetch fetch(const Request& request) { return {*this, request, nanoseconds(0)}; }
    Fetch fetch_within(const Request& request, nanoseconds limit) { return {*this, request, limit}; }

    class Sleep {
     public:
      Sleep(Lane& lane, nanoseconds time) : lane_(lane), due_ns_(now_ns() + time.count()) {}
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        lane_.sleeper_ = waiter;
        uv_timer_start(&lane_.timer_, &Lane::on_timer, uv_timeout_until(lane_.timer_.loop, due_ns_), 0);
      }
      void await_resume() const noexcept {}

     private:
      Lane& lane_;
      std::int64_t due_ns_;
    };
    Sleep sleep(nanoseconds time) { return {*this, time}; }

    class Offloading {
     public:
      Offloading(Lane& lane, const Work& work) : lane_(lane), work_(work) {}
      bool await_ready() {
        const bool is_inline = lane_.model_->loop_.offload().is_inline();
        if (is_inline) result_ = work_();
        return is_inline;
      }
      void await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        lane_.model_->loop_.offload().post(work_, this, [](void* data, std::uint64_t result) {
          auto* const self = static_cast<Offloading*>(data);
          self->result_ = result;
          self->lane_.model_->resume(self->waiter_);
        });
      }
      std::uint64_t await_resume() const noexcept { return result_; }

     private:
      Lane& lane_;
      Work work_;
      std::uint64_t result_ = 0;
      std::coroutine_handle<> waiter_;
    };
    Offloading offload(const Work& work) { return {*this, work}; }

    // Its place is in the awaiter: the queue forgets it before it tells.
    class Putting {
     public:
      Putting(Lane& lane, Parcel parcel) : lane_(lane), parcel_(parcel) {}
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        place_.on_put.set([this, waiter](bool waited) {
          waited_ = waited;
          lane_.model_->resume(waiter);
        });
        lane_.model_->queue_->put(place_, parcel_);
      }
      bool await_resume() const noexcept { return waited_; }

     private:
      Lane& lane_;
      Parcel parcel_;
      QueuePlace place_;
      bool waited_ = false;
    };
    Putting put(Parcel parcel) { return {*this, parcel}; }

    class Getting {
     public:
      explicit Getting(Lane& lane) : lane_(lane) {}
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        place_.on_got.set([this, waiter](std::optional<Parcel> parcel) {
          parcel_ = parcel;
          lane_.model_->resume(waiter);
        });
        lane_.model_->queue_->get(place_);
      }
      std::optional<Parcel> await_resume() const noexcept { return parcel_; }

     private:
      Lane& lane_;
      QueuePlace place_;
      std::optional<Parcel> parcel_;
    };
    Getting get() { return Getting(*this); }
    void hang_up() { model_->queue_->hang_up(); }
    // begin(datagrams, continuation) begins what is awaited.
    template <class Begin>
    class Receiving {
     public:
      Receiving(Lane& lane, Begin begin) : lane_(lane), begin_(begin) {}
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        begin_(*lane_.datagrams_, [this, waiter](const Datagram& came) {
          came_ = came;
          lane_.model_->resume(waiter);
        });
      }
      const Datagram& await_resume() const noexcept { return came_; }

     private:
      Lane& lane_;
      Begin begin_;
      Datagram came_;
    };
    const std::string& kept_body() const { return connection_->body(); }
    void send_to(std::uint16_t port, Octets bytes) { datagrams_->send_to(port, bytes); }
    auto receive_within(nanoseconds limit) {
      return Receiving(*this, [limit](UvDatagrams& datagrams, auto next) { datagrams.receive_within(limit, next); });
    }
    auto exchange_within(std::uint16_t port, Octets bytes, nanoseconds limit) {
      return Receiving(*this, [port, bytes, limit](UvDatagrams& datagrams, auto next) {
        datagrams.exchange_within(port, bytes, limit, next);
      });
    }

   private:
    friend class UvCoroutines;
    static void on_timer(uv_timer_t* timer) {
      Lane& lane = *static_cast<Lane*>(timer->data);
      lane.model_->resume(lane.sleeper_);
    }
    // The task is over, inside its co_return: the lane is noted, and admit() follows when the stack is flat again.
    std::coroutine_handle<> take_result(ItemResult&& result) noexcept override {
      model_->load_->tape->finish(result);
      model_->free_.push_back(this);
      return {};
    }

    UvCoroutines* model_ = nullptr;
    std::unique_ptr<UvConnection> connection_;  // only where the load connects
    std::unique_ptr<UvDatagrams> datagrams_;    // only where it looks names up
    std::coroutine_handle<> sleeper_;
    uv_timer_t timer_;  // here and not in the awaiter, since libuv lets go of a handle only later
  };

  static Description describe() {
    return {.name = "uv_coroutines",
            .family = Family::coroutines,
            .library = std::string("libuv ") + uv_version_string(),
            .back_end = "epoll",
            .threads = "1"};
  }
  static Claims claims(const Load&) { return {.threads = 1, .processes = 1, .loops = 1}; }
  static std::optional<std::string> refusal(const Load&) { return std::nullopt; }

  UvCoroutines(const Load& load, std::vector<Socket> sockets)
      : loop_(load), lanes_(std::make_unique<Lane[]>(load.in_flight)) {
    if (load.queue != nullptr) queue_.emplace(loop_, *load.queue);
    free_.reserve(load.in_flight);
    for (std::uint32_t i = 0; i < load.in_flight; ++i) {
      Lane& lane = lanes_[i];
      lane.model_ = this;
      uv_check(uv_timer_init(loop_.get(), &lane.timer_), "uv_timer_init");
      lane.timer_.data = &lane;
      if (!sockets.empty()) lane.connection_ = std::make_unique<UvConnection>(loop_, load.port, std::move(sockets[i]));
      if (load.name_port != 0) lane.datagrams_ = std::make_unique<UvDatagrams>(loop_);
    }
  }
  UvCoroutines(const UvCoroutines&) = delete;
  UvCoroutines& operator=(const UvCoroutines&) = delete;
  ~UvCoroutines() { loop_.close_all(); }

  void for_each_item(const Load& load, CoroutineBody<Lane> body) {
    load_ = &load;
    body_ = body;
    busy_ = load.in_flight;
    for (std::uint32_t i = 0; i < load.in_flight; ++i) {
      free_.push_back(&lanes_[i]);
      admit();
    }
    loop_.run();
  }

 private:
  void resume(std::coroutine_handle<> waiter) {
    waiter.resume();
    admit();
  }
  void admit() {
    while (!free_.empty()) {
      Lane& lane = *free_.back();
      free_.pop_back();
      if (next_ < load_->items) body_(lane, *load_, next_++).start(lane);
      else if (--busy_ == 0) loop_.stop();
    }
  }

  UvLoop loop_;
  std::optional<UvQueue> queue_;
  std::unique_ptr<Lane[]> lanes_;
  std::vector<Lane*> free_;
  const Load* load_ = nullptr;
  CoroutineBody<Lane> body_ = nullptr;
  std::uint32_t next_ = 0;
  std::uint32_t busy_ = 0;
};

static_assert(CoroutineModel<UvCoroutines>);
static_assert(CoroutineDeadline<UvCoroutines::Lane>);
static_assert(CoroutineOffload<UvCoroutines::Lane>);
static_assert(CoroutineQueue<UvCoroutines::Lane>);
static_assert(CoroutineDatagrams<UvCoroutines::Lane>);

}  // namespace interleave
