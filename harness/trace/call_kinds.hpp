// What a system call is for, by its name and arguments.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "harness/trace/strace_log.hpp"

namespace interleave {

// A turn of an event loop ends with it: epoll_wait, poll, io_uring_enter and the like.
bool is_loop_turn(const TracedCall& call);
// Waits, by what it is; or took a millisecond or more, as a read that blocks.
bool is_wait(const TracedCall& call);
bool is_read(const TracedCall& call);
// Its first argument, where that is a number: the descriptor it is about.
std::optional<int> descriptor_of(const TracedCall& call);

}  // namespace interleave
