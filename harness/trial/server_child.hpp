// The delay/error server of a run: a child process, and its control port.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {

// The server has died, or does not answer as docs/design.md says; in one line.
struct ServerLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ServerChild {
 public:
  // Starts `interleave serve` (this very program) on the given cores and waits until it listens; throws ServerLost.
  ServerChild(const std::vector<int>& cpus, const std::filesystem::path& scratch, const Interrupt& interrupt);
  ~ServerChild();

  std::uint16_t port() const;
  int pidfd() const;
  std::string why_lost() const;  // how it ended; waits for the end, so only when it has ended or is about to

  // Waits until no connection of an earlier trial is open. Throws ServerLost, or Interrupted.
  void wait_idle();
  void begin(const std::string& run, const Load& load);
  nlohmann::json end();  // the ledger

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interleave
