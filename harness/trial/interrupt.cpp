// signalfd.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trial/interrupt.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace interleave {
namespace {

bool is_ignored(int number) {
  struct sigaction action{};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// A signal that was ignored when the program was started is not meant for it: nohup's SIGHUP, SIGINT behind a shell's
// &.
sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(number)) sigaddset(&set, number);
  }
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Interrupt::~Interrupt() {
  if (!came()) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  ::close(fd_);
}

bool Interrupt::came() const {
  pollfd ready{fd_, POLLIN, 0};  // nobody reads the descriptor, so it stays readable
  return ::poll(&ready, 1, 0) > 0;
}

void Interrupt::check() const {
  if (came()) throw Interrupted();
}

}  // namespace interleave
