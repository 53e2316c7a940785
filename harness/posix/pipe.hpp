// A pipe whose ends are closed with the object and in every program it starts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace interleave {

class Pipe {
 public:
  Pipe();  // both ends close-on-exec; throws std::system_error
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return read_end_; }
  int write_end() const { return write_end_; }  // -1 once it is closed
  void close_write_end();                       // when the child has its own: then reading can come to an end

 private:
  int read_end_ = -1, write_end_ = -1;
};

}  // namespace interleave
