// Running a worker behind a wrapper.
// SPDX-License-Identifier: Apache-2.0
#include "harness/anatomy/wrapped_worker.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "harness/judge/saved_files.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/trial/child.hpp"
#include "harness/trial/worker_files.hpp"

namespace interleave {
namespace {

constexpr int kLimitStatus = 77;

Launch launch_of(Wrapper wrapper, const PlannedModel& model, const std::filesystem::path& scratch) {
  Launch launch;
  launch.program = std::move(wrapper.program);
  launch.arguments = std::move(wrapper.arguments);
  launch.environment = std::move(wrapper.environment);
  for (const std::string& each : {model.executable, std::string("--point"), (scratch / "point.json").string(),
                                  std::string("--out"), (scratch / "trial.json").string()}) {
    launch.arguments.push_back(each);
  }
  launch.err = scratch / "worker.stderr";
  return launch;
}

}  // namespace

WrappedRun run_wrapped(Wrapper wrapper, const PlannedModel& model, const Load& load, ServerChild* server,
                       const std::filesystem::path& scratch, const Interrupt& interrupt) {
  nlohmann::json asked = load;
  asked["schema"] = 1;
  const Workload& workload = known_workload(load.workload);
  if (server != nullptr) server->name_in(asked, workload.about);
  WrappedRun run{.work = workload.prepare(load), .seen = {}, .skipped = {}, .worker = nullptr, .ledger = nullptr};
  std::optional<SavedFiles> saved;
  if (!run.work.saved.empty()) saved.emplace(scratch / "saved", run.work.saved);
  if (saved) asked["folder"] = saved->folder().string();
  for (const char* const each : {"point.json", "trial.json", "worker.stderr"}) make_way(scratch / each);
  write_checked(scratch / "point.json", asked.dump());
  // Tracing slows a worker down many times: the limit of observe() counts from an ideal that allows for it.
  const auto ideal = workload.ideal(load) + std::chrono::seconds(30);
  if (server != nullptr) {
    server->wait_idle();
    server->begin("anatomy", load, run.work.requests);
  }
  const ItemFiles files(load.items);
  run.seen = observe(launch_of(std::move(wrapper), model, scratch), files, run.work.inputs, ideal,
                     server != nullptr ? server->pidfd() : -1, interrupt);
  if (run.seen.server_died) throw ServerLost("the server died: " + server->why_lost());
  if (server != nullptr) run.ledger = server->end();
  const Ended& ended = run.seen.ended;
  const std::filesystem::path err = scratch / "worker.stderr";
  if (ended.exit_status == kLimitStatus) run.skipped = first_line(err);
  else if (ended.exit_status != 0)
    throw std::runtime_error(fmt::format("{} went wrong while it was traced (status {}, signal {}): {}", model.name,
                                         ended.exit_status, ended.signal, first_line(err)));
  else run.worker = read_worker_json(scratch / "trial.json");
  return run;
}

}  // namespace interleave
