// What a model says of itself, beside meeting a style.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/text/parameters.hpp"
#include "harness/worker/socket.hpp"
#include "harness/worker/styles.hpp"

namespace interleave {

// The five families; each model belongs to the one of what does its waiting.
enum class Family : std::uint8_t { sequential, processes, threads, callbacks, coroutines };

struct Description {
  std::string name;      // of the model: its folder
  Family family;         // what tables and charts group it under
  std::string library;   // with version, as found at run time where the library says it
  std::string back_end;  // what it waits with: "epoll", "io_uring", "blocking calls"
  std::string threads;   // in words of in_flight and cores, for tables: "in_flight + 1"
  // Whether it stands for its family wherever families are compared: named beforehand, one a family, never by result.
  bool bears_family = false;
  // Models that differ from this one in a single thing, which a comparison of the two isolates.
  std::vector<std::string> counterparts{};
  std::vector<Setting> policies{};  // its own; a lane that offloads has those of offload_policy.hpp besides
};

// What the census must find for one load while the run is on, the worker's main thread and process included, but
// without those that the shared engine of offload.hpp adds: the worker's main adds them.
struct Claims {
  std::uint32_t threads = 1;  // over all processes
  std::uint32_t processes = 1;
  std::uint32_t loops = 0;  // event loops
  // Whether threads or processes end with items: then the numbers above are the most, and the census may find fewer.
  bool come_and_go = false;
};

// A model is made outside the timed run, with one warm connection for each lane (none where the workload does not
// connect), and acquires there what it can: threads, processes, loops.
template <class M>
concept Model =
    StyledModel<M> && std::constructible_from<M, const Load&, std::vector<Socket>> && requires(const Load& load) {
      { M::describe() } -> std::same_as<Description>;
      { M::claims(load) } -> std::same_as<Claims>;
      // a limit that this load exceeds, in one line; none if it can run
      { M::refusal(load) } -> std::same_as<std::optional<std::string>>;
    };

}  // namespace interleave
