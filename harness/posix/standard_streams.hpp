// Standard input, output and error as a program finds them: closed, full, or read by nobody.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace interleave {

// Puts /dev/null where a standard descriptor is closed, before anything else is opened: the next file or socket would
// get its number, and be written to by whoever prints. Writing to a standard output that was closed still fails.
void open_standard_descriptors() noexcept;

// A reader that goes away is an error of the write, and not the end of this process.
void ignore_broken_pipes() noexcept;

// Writes to stderr, all of it if that is possible. That it cannot be is no reason to stop.
void say(std::string_view text) noexcept;

// The same, but never waits: where nobody takes what is there already, the text is lost. For progress.
void say_without_waiting(std::string_view text) noexcept;

}  // namespace interleave
