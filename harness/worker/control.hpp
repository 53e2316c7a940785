// Who lets a run go and hears of its phases.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace interleave {

// None of these is called while the run is timed.
class Control {
 public:
  virtual ~Control() = default;
  virtual void connected() = 0;  // every lane has its connection
  virtual void ready() = 0;      // everything is made; returns when the run is let go
  virtual void over() = 0;       // the last item has ended; returns when the records were taken

 protected:
  Control() = default;
  Control(const Control&) = default;
  Control& operator=(const Control&) = default;
};

// The harness at the other end of a stream socket: `connected`, `ready`, wait for `go`, `over`, wait for `noted`, each
// a line. Throws std::runtime_error where the harness is gone.
class RemoteControl final : public Control {
 public:
  explicit RemoteControl(int fd) : fd_(fd) {}
  void connected() override { tell("connected\n"); }
  void ready() override;
  void over() override;

 private:
  void tell(std::string_view line) const;
  void await(std::string_view line) const;
  int fd_;
};

}  // namespace interleave
