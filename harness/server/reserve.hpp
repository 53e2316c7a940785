// A descriptor kept back for when there is none left to accept with.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>

namespace interleave {

// How long whoever accepts waits where nothing could be accepted and nothing could be shed. The kernel asks for the
// descriptor first: accept() fails at once, whether a connection waits or not, and would burn a core.
inline constexpr std::chrono::milliseconds kExhaustedPause{20};

// Whether accepting failed for want of a descriptor, or of memory for it.
inline bool is_exhausted(const boost::system::error_code& error) noexcept {
  namespace errors = boost::asio::error;
  return error == errors::no_descriptors || error == errors::no_buffer_space || error == errors::no_memory ||
         error.value() == ENFILE;
}

class Reserve {
 public:
  Reserve() { restore(); }
  ~Reserve() { release(); }
  Reserve(const Reserve&) = delete;
  Reserve& operator=(const Reserve&) = delete;

  // Gives the descriptor up. False: it is in use already.
  bool release() noexcept {
    if (held_ < 0) return false;
    ::close(held_);
    held_ = -1;
    return true;
  }
  void restore() noexcept {
    if (held_ < 0) held_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }

 private:
  int held_ = -1;
};

}  // namespace interleave
