// The harness's end of the line to a worker.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "harness/posix/descriptor.hpp"

namespace interleave {

// A stream socket on which either side writes short lines; nothing here blocks.
class ControlLine {
 public:
  ControlLine();  // throws std::system_error

  int near_end() const { return near_.get(); }
  int far_end() const { return far_.get(); }
  void close_far_end() { far_.close(); }  // once the worker has it

  // The next whole line that has come, without its end; none if there is none yet, or if the worker has closed its end.
  std::optional<std::string> next();
  bool open() const { return open_; }          // false once the worker has closed its end, or says more than it may
  bool too_long() const { return too_long_; }  // a line that did not end came
  void tell(std::string_view line);            // a worker that is gone does not hear it

 private:
  void read();
  Descriptor near_, far_;
  std::string pending_;
  bool open_ = true, too_long_ = false;
};

}  // namespace interleave
