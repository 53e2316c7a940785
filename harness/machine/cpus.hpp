// Which cores this process may use, and who gets which of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

namespace interleave {

// The numbers of the cores this process may run on, ascending. Throws std::system_error.
std::vector<int> allowed_cpus();

// Moves the calling thread (and the children it starts from now on) to these cores. Throws std::system_error.
void move_to(const std::vector<int>& cpus);

// While it lives the calling thread is on one core: the first that is allowed, or the last.
class OnOneCore {
 public:
  enum class Which : std::uint8_t { first, last };
  explicit OnOneCore(Which which) : allowed_(allowed_cpus()) {
    move_to({which == Which::first ? allowed_.front() : allowed_.back()});
  }
  ~OnOneCore() { move_to(allowed_); }
  OnOneCore(const OnOneCore&) = delete;
  OnOneCore& operator=(const OnOneCore&) = delete;

  const std::vector<int>& allowed() const { return allowed_; }  // as before

 private:
  std::vector<int> allowed_;
};

// On the last core, which is the server's: the harness sleeps through a run, and must not wake on a model's core.
class BesideTheServer : public OnOneCore {
 public:
  BesideTheServer() : OnOneCore(Which::last) {}
};

struct Placement {
  std::vector<int> model;   // the first cores
  std::vector<int> server;  // the last core; empty where no server is needed
  bool shared = false;      // server and model share the only core there is
};

// The most cores a model can have: all, but for the server's where there is one and more than one core.
std::uint32_t cores_for_models(const std::vector<int>& allowed, bool with_server);

// `cores` is clamped to cores_for_models().
Placement place(const std::vector<int>& allowed, std::uint32_t cores, bool with_server);

}  // namespace interleave
