// The engine: jobs in shared memory, two semaphores in, an eventfd for each loop out.
// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/offload.hpp"

#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <new>
#include <stdexcept>
#include <system_error>
#include <tuple>
#include <utility>

namespace interleave {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// Of processes as well as of threads.
class Semaphore {
 public:
  explicit Semaphore(unsigned value) noexcept { sem_init(&sem_, 1, value); }
  void post() noexcept { sem_post(&sem_); }
  void wait() noexcept {
    while (sem_wait(&sem_) != 0 && errno == EINTR) {
    }
  }
  // As a mutex, when it begins at 1.
  void lock() noexcept { wait(); }
  void unlock() noexcept { post(); }

 private:
  sem_t sem_;
};

}  // namespace

// Pointers mean something only in the process that submitted the job; the crew passes them on unread.
struct Offload::Job {
  Work work;
  std::uint64_t result = 0;
  void* waiter = nullptr;
  Over over = nullptr;
  std::uint32_t port = kNone;  // kNone: someone blocks on is_over
  std::uint32_t next = kNone;
  Semaphore is_over{0};
};

struct Offload::Shared {
  Semaphore mutex{1};    // guards the jobs and the lists of free, waiting and finished ones
  Semaphore waiting{0};  // counts the jobs that wait, and at the end the crew's leave to go
  std::uint32_t free = kNone;
  std::uint32_t first = kNone, last = kNone;
  std::uint32_t seats = 0, ports = 0;
  std::atomic<std::uint32_t> ports_taken{0};
  Job* jobs = nullptr;
  std::uint32_t* finished = nullptr;  // for each port a stack of finished jobs, taken whole by the loop
};

Offload::Offload(OffloadPolicy policy, std::uint32_t seats, std::uint32_t ports)
    : policy_(policy),
      pages_(sizeof(Shared) + alignof(Job) + seats * sizeof(Job) + ports * sizeof(std::uint32_t),
             "queue of work handed over") {
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
  shared_ = new (pages_.data()) Shared;
  shared_->seats = seats;
  shared_->ports = ports;
  constexpr std::size_t kFirstJob = (sizeof(Shared) + alignof(Job) - 1) / alignof(Job) * alignof(Job);
  shared_->jobs = reinterpret_cast<Job*>(pages_.data() + kFirstJob);
  shared_->finished = reinterpret_cast<std::uint32_t*>(shared_->jobs + seats);
  for (std::uint32_t seat = seats; seat-- != 0;) {
    new (shared_->jobs + seat) Job;
    shared_->jobs[seat].next = shared_->free;
    shared_->free = seat;
  }
  for (std::uint32_t port = 0; port < ports; ++port) {
    new (shared_->finished + port) std::uint32_t{kNone};
    events_.push_back(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (events_.back() < 0) throw std::system_error(errno, std::generic_category(), "eventfd of a loop");
  }
  for (std::uint32_t i = 0; i < policy.workers; ++i) {
    if (policy.to == OffloadTo::threads) {
      threads_.emplace_back([this] { serve(); });
      continue;
    }
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) {
      const int error = errno;
      stop();
      throw std::system_error(error, std::generic_category(), "forking a process for offloaded work");
    }
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() == parent) serve();
      _exit(0);
    }
    processes_.push_back(child);
  }
}

Offload::~Offload() { stop(); }

void Offload::stop() {
  for (std::uint32_t i = 0; i < policy_.workers; ++i) shared_->waiting.post();
  for (std::thread& thread : threads_) thread.join();
  for (const pid_t process : processes_) {
    while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  for (const int event : events_) ::close(event);
}

void Offload::serve() noexcept {
  for (;;) {
    shared_->waiting.wait();
    shared_->mutex.lock();
    const std::uint32_t seat = shared_->first;
    if (seat != kNone) shared_->first = shared_->jobs[seat].next;
    shared_->mutex.unlock();
    if (seat == kNone) return;  // nothing waits: this was the leave to go
    Job& job = shared_->jobs[seat];
    const std::uint64_t result = job.work();
    const std::uint32_t port = job.port;
    bool tell_loop = false;
    shared_->mutex.lock();
    job.result = result;
    if (port != kNone) {
      tell_loop = shared_->finished[port] == kNone;  // else it has been told and not come yet
      job.next = std::exchange(shared_->finished[port], seat);
    }
    shared_->mutex.unlock();
    if (tell_loop) eventfd_write(events_[port], 1);
    if (port == kNone) job.is_over.post();
  }
}

std::uint32_t Offload::submit(const Work& work, std::uint32_t port, void* waiter, Over over) {
  shared_->mutex.lock();
  const std::uint32_t seat = shared_->free;
  if (seat == kNone) {
    shared_->mutex.unlock();
    throw std::logic_error("more work handed over at once than there are lanes");
  }
  Job& job = shared_->jobs[seat];
  shared_->free = job.next;
  job.work = work;
  job.port = port;
  job.waiter = waiter;
  job.over = over;
  job.next = kNone;
  if (shared_->first == kNone) shared_->first = seat;
  else shared_->jobs[shared_->last].next = seat;
  shared_->last = seat;
  shared_->mutex.unlock();
  shared_->waiting.post();
  return seat;
}

void Offload::give_back(std::uint32_t seat) {
  shared_->mutex.lock();
  shared_->jobs[seat].next = shared_->free;
  shared_->free = seat;
  shared_->mutex.unlock();
}

std::uint64_t Offload::run(const Work& work) {
  const std::uint32_t seat = submit(work, kNone, nullptr, nullptr);
  Job& job = shared_->jobs[seat];
  job.is_over.wait();
  const std::uint64_t result = job.result;
  give_back(seat);
  return result;
}

OffloadPort::OffloadPort(const Load& load) : offload_(load.offload) {
  if (offload_ == nullptr) return;
  port_ = offload_->shared_->ports_taken.fetch_add(1);
  if (port_ >= offload_->shared_->ports) throw std::logic_error("more loops than cores hand work over");
}

int OffloadPort::fd() const noexcept { return offload_ == nullptr ? -1 : offload_->events_[port_]; }

void OffloadPort::post(const Work& work, void* waiter, void (*over)(void* waiter, std::uint64_t result)) {
  if (offload_ == nullptr) over(waiter, work());
  else offload_->submit(work, port_, waiter, over);
}

void OffloadPort::drain() {
  if (offload_ == nullptr) return;
  Offload::Shared& shared = *offload_->shared_;
  eventfd_t ignored;
  eventfd_read(fd(), &ignored);  // before the stack is taken: what comes later wakes the loop again
  shared.mutex.lock();
  std::uint32_t newest = std::exchange(shared.finished[port_], kNone);
  shared.mutex.unlock();
  std::uint32_t oldest = kNone;
  while (newest != kNone) {  // turned round: first done, first told
    const std::uint32_t below = shared.jobs[newest].next;
    shared.jobs[newest].next = oldest;
    oldest = newest;
    newest = below;
  }
  while (oldest != kNone) {
    const Offload::Job& job = shared.jobs[oldest];
    const auto [over, waiter, result, next] = std::tuple(job.over, job.waiter, job.result, job.next);
    offload_->give_back(oldest);  // before the waiter runs: it may hand over its next work at once
    over(waiter, result);
    oldest = next;
  }
}

}  // namespace interleave
