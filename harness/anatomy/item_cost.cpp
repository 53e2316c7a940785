// Tracing runs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/anatomy/item_cost.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "harness/anatomy/strace_summary.hpp"
#include "harness/judge/saved_files.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/observation.hpp"

namespace interleave {
namespace {

constexpr int kLimitStatus = 77;

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

double slope(std::uint64_t small, std::uint64_t large, std::uint32_t items) {
  return (static_cast<double>(large) - static_cast<double>(small)) / items;
}

}  // namespace

ItemCost Anatomist::cost_of(const PlannedModel& model, const Load& load, ServerChild* server) const {
  Load few = load;
  few.items = load.in_flight;
  const Tally small = trace(model, few, server);
  if (!small.skipped.empty()) return {.calls = {}, .allocations = 0, .allocated_bytes = 0, .skipped = small.skipped};
  const Tally large = trace(model, load, server);
  const std::uint32_t added = load.items - few.items;
  return {.calls = calls_per_item(small.calls, few.items, large.calls, load.items),
          .allocations = slope(small.allocations, large.allocations, added),
          .allocated_bytes = slope(small.bytes, large.bytes, added),
          .skipped = {}};
}

Anatomist::Tally Anatomist::trace(const PlannedModel& model, const Load& load, ServerChild* server) const {
  Tally tally;
  const std::filesystem::path summary = scratch_ / "strace.txt", counts = scratch_ / "allocations.bin";
  tally.skipped = run(strace_, {"-f", "-c", "-S", "calls", "-o", summary}, model, load, server);
  if (!tally.skipped.empty()) return tally;
  tally.calls = parse_strace_summary(text_of(summary));

  std::array<std::uint64_t, 2> counted{};
  write_checked(counts, {reinterpret_cast<const char*>(counted.data()), sizeof counted});
  run("/usr/bin/env", {"LD_PRELOAD=" + library_.string(), "INTERLEAVE_ALLOCATIONS=" + counts.string()}, model, load,
      server);
  std::ifstream(counts, std::ios::binary).read(reinterpret_cast<char*>(counted.data()), sizeof counted);
  if (counted[0] == 0) throw std::runtime_error(library_.string() + " counted nothing: is it built?");
  tally.allocations = counted[0];
  tally.bytes = counted[1];
  return tally;
}

// One run of the worker behind a wrapper that starts it. Answers the limit if there is one.
std::string Anatomist::run(const std::filesystem::path& wrapper, std::vector<std::string> arguments,
                           const PlannedModel& model, const Load& load, ServerChild* server) const {
  const std::filesystem::path point = scratch_ / "point.json", out = scratch_ / "trial.json",
                              err = scratch_ / "worker.stderr";
  nlohmann::json asked = load;
  asked["schema"] = 1;
  const Workload& workload = known_workload(load.workload);
  if (server != nullptr) server->name_in(asked, workload.about);
  const Prepared work = workload.prepare(load);
  std::optional<SavedFiles> saved;
  if (!work.saved.empty()) saved.emplace(scratch_ / "saved", work.saved);
  if (saved) asked["folder"] = saved->folder().string();
  write_checked(point, asked.dump());
  for (const std::string& each :
       {model.executable, std::string("--point"), point.string(), std::string("--out"), out.string()}) {
    arguments.push_back(each);
  }
  Launch launch;
  launch.program = wrapper;
  launch.arguments = std::move(arguments);
  launch.err = err;
  // Tracing slows a worker down many times: the limit of observe() counts from an ideal that allows for it.
  const auto ideal = workload.ideal(load) + std::chrono::seconds(30);
  if (server != nullptr) {
    server->wait_idle();
    server->begin("anatomy", load, work.requests);
  }
  const ItemFiles files(load.items);
  const Observation seen =
      observe(std::move(launch), files, work.inputs, ideal, server != nullptr ? server->pidfd() : -1, interrupt_);
  if (seen.server_died) throw ServerLost("the server died: " + server->why_lost());
  if (server != nullptr) server->end();
  if (seen.ended.exit_status == kLimitStatus) return first_line(err);
  if (seen.ended.exit_status == 0) return {};
  throw std::runtime_error(fmt::format("{} went wrong while it was traced (status {}, signal {}): {}", model.name,
                                       seen.ended.exit_status, seen.ended.signal, first_line(err)));
}

}  // namespace interleave
