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

#include "harness/load/workload.hpp"
#include "harness/plan/plan.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/interrupt.hpp"

namespace interleave {

// The server has died, or does not answer as docs/design.md says; in one line.
struct ServerLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Which program serves, and with what more on its command line.
struct ServerProgram {
  std::filesystem::path program;         // none: this very program
  std::vector<std::string> arguments{};  // behind those every server is given
  bool names = true;                     // answers to names, too; one of an older build may not know how
};

// What GET /state says.
struct ServerState {
  std::uint64_t connections_open = 0;
  std::uint64_t in_flight = 0;
};

class ServerChild {
 public:
  // Starts `interleave serve` on the given cores (none: as this process) and waits until it listens; throws ServerLost.
  // Its stderr goes to scratch/server.stderr.
  ServerChild(const std::vector<int>& cpus, const std::filesystem::path& scratch, const Interrupt& interrupt,
              const ServerProgram& program = {});
  ~ServerChild();

  std::uint16_t port() const;
  std::uint16_t name_port() const;
  pid_t pid() const;
  int pidfd() const;
  std::string why_lost() const;  // how it ended; waits for the end, so only when it has ended or is about to

  // Into a worker's point: the port that a workload of that kind asks at.
  void name_in(nlohmann::json& point, const WorkloadAbout& workload) const;

  ServerState state();
  // Waits until no connection of an earlier trial is open. Throws ServerLost, or Interrupted.
  void wait_idle();
  // The run has fates for requests.ids, of which requests.unique are expected.
  void begin(const std::string& run, const Load& load, const Requests& requests);
  nlohmann::json ledger();  // of the open run, which stays open
  nlohmann::json end();     // the ledger, and the run is over
  Ended stop();             // SIGTERM, and how it ended; nothing can be asked afterwards

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interleave
