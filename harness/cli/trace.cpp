// `interleave trace`: who does what when in a few items, in each model.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/set_up.hpp"
#include "harness/machine/commit.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/plan/settings.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/posix/standard_output.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/option_checks.hpp"
#include "harness/trace/tracer.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint32_t kItems = 6, kInFlight = 3;            // unless told otherwise
constexpr std::uint32_t kMostItems = 60, kMostInFlight = 20;  // beyond them nobody can read the picture
constexpr std::chrono::milliseconds kShortDelay{20}, kLongDelay{60};
constexpr std::chrono::milliseconds kItemTime{20};  // of one that computes, about

struct TraceOptions {
  std::vector<std::string> models, models_dir, settings;
  std::string workload;
  std::uint32_t items = kItems, in_flight = kInFlight;
  std::uint64_t seed = 1;
  std::string out;
  bool as_json = false, draw = false;
};

// Those of these names; else the base line, and beside it those that bear their families.
std::vector<PlannedModel> chosen_models(const TraceOptions& options) {
  if (!options.models.empty()) return models_asked_for(options.models, options.models_dir, true);
  std::vector<PlannedModel> models = models_asked_for({"all"}, options.models_dir, false);
  const auto is_base = [](const PlannedModel& model) { return model.family == "sequential"; };
  std::erase_if(models, [&](const PlannedModel& model) { return !model.bears_family && !is_base(model); });
  std::stable_partition(models.begin(), models.end(), is_base);
  return models;
}

fs::path strace_program() {
  const std::string found = program_on_path("strace");
  if (found.empty()) throw std::runtime_error("trace needs strace: apt-get install strace");
  return found;
}

// Of what the workload declares for its runs, the parameters with which an item takes nearest to kItemTime: so long
// that a tracer does not bend the picture.
Settings parameters_for(const Workload& workload, Load load) {
  load.in_flight = load.cores = 1;
  Settings best;
  double least = INFINITY;
  for (const Series& series : workload.series) {
    load.parameters = {series.parameters.begin(), series.parameters.end()};
    const double item_ns = static_cast<double>(workload.ideal(load).count()) / load.items;
    const double off = std::abs(std::log(std::max(1.0, item_ns) / nanoseconds(kItemTime).count()));
    if (off >= least) continue;
    least = off;
    best = load.parameters;
  }
  return best;
}

// Items that wait some tens of milliseconds, so that what a tracer adds to a call cannot be seen.
GridLine line_of(const TraceOptions& options, const Workload& workload, const Load& load) {
  GridLine line;
  line.workload = &workload;
  line.profile = load.profile;
  if (workload.about.connects) {
    line.profile.name = "delay";
    line.profile.delay = {.kind = DelayKind::uniform, .low = kShortDelay, .high = kLongDelay};
  }
  if (!workload.about.waits) line.parameters = parameters_for(workload, load);
  line.items_per_lane = 0;
  line.least_items = options.items;
  return line;
}

Load load_of(const TraceOptions& options, const std::vector<PlannedModel>& models) {
  const Workload& workload = known_workload(options.workload);
  Load load;
  load.workload = options.workload;
  load.items = options.items;
  load.in_flight = std::min(options.in_flight, options.items);
  load.cores = std::min(cores_for_models(allowed_cpus(), workload.about.connects), load.in_flight);
  load.seed = options.seed;
  load.profile = profile_named("local");
  std::vector<GridLine> grid{line_of(options, workload, load)};
  apply_settings(grid, options.settings, models);
  const GridLine& line = grid.front();
  load.items = line.least_items;
  load.in_flight = std::min(options.in_flight, load.items);
  load.profile = line.profile;
  load.parameters = line.parameters;
  load.policies = line.policies;
  load.timeout = line.timeout;
  return load;
}

void refuse_unreadable(const Load& load) {
  const auto too_many = [](const char* what, std::uint32_t asked, std::uint32_t most) {
    if (asked > most)
      throw std::invalid_argument(
          fmt::format("{} {} is more than a picture can show: at most {} (interleave anatomy counts the calls of many)",
                      what, asked, most));
  };
  too_many("--items", load.items, kMostItems);
  too_many("--in-flight", load.in_flight, kMostInFlight);
  const Prepared work = known_workload(load.workload).prepare(load);  // throws where a parameter is no good
  if (work.handover.consumers > 0)
    throw std::invalid_argument(load.workload + " hands its items from lane to lane: none has a row of its own");
}

fs::path new_folder(const std::string& asked) {
  const fs::path dir = asked;
  if (fs::exists(dir) && (!fs::is_directory(dir) || !fs::is_empty(dir)))
    throw std::invalid_argument(asked + " exists and is not an empty directory: choose another --out");
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) throw std::invalid_argument(fmt::format("cannot make {}: {}", asked, error.message()));
  return dir;
}

Trace traced(const Load& load, const std::vector<PlannedModel>& models) {
  const Scratch scratch;
  const Interrupt interrupt;
  const Tracer tracer(strace_program(), scratch.path(), interrupt);
  std::unique_ptr<ServerChild> server;
  if (known_workload(load.workload).about.connects)
    server = std::make_unique<ServerChild>(allowed_cpus(), scratch.path(), interrupt);
  Trace trace{.version = kVersion, .commit = kCommit, .load = load, .models = {}};
  for (const PlannedModel& model : models) trace.models.push_back(tracer.trace(model, load, server.get()));
  return trace;
}

int status_of_trace(const Trace& trace) {
  const auto is_void = [](const TracedModel& model) { return !model.reasons.empty(); };
  const auto is_skipped = [](const TracedModel& model) { return !model.skipped.empty(); };
  if (std::any_of(trace.models.begin(), trace.models.end(), is_void)) return kVoidTrials;
  if (!std::all_of(trace.models.begin(), trace.models.end(), is_skipped)) return kFine;
  say("interleave: no model of these runs " + trace.load.workload + ": nothing was traced\n");
  return kInconclusive;
}

int draw(std::string dir) {
  finish_output();
  std::string command = "report";
  char* arguments[] = {command.data(), dir.data(), nullptr};
  return report(2, arguments);
}

int trace(const TraceOptions& options) {
  if (options.draw && options.out.empty()) throw std::invalid_argument("--draw needs --out, for where to draw");
  const std::vector<PlannedModel> models = chosen_models(options);
  const Load load = load_of(options, models);
  refuse_unreadable(load);
  const fs::path dir = options.out.empty() ? fs::path() : new_folder(options.out);
  const Trace trace = traced(load, models);
  const std::string text = json(trace).dump(1) + "\n";
  fmt::print("{}", options.as_json ? text : trace_text_of(trace));
  const int status = status_of_trace(trace);
  if (dir.empty()) return status;
  write_checked(dir / "timeline.json", text);
  write_checked(dir / "trace.json", trace_events_of(trace).dump() + "\n");
  say(fmt::format("{0}/timeline.json has all of it, {0}/trace.json is for ui.perfetto.dev{1}\n", options.out,
                  options.draw ? "" : fmt::format(", interleave report {} draws it", options.out)));
  return options.draw && status == kFine ? draw(options.out) : status;
}

}  // namespace

void add_trace(CLI::App& app, int& status) {
  const auto options = std::make_shared<TraceOptions>();
  CLI::App* const command =
      app.add_subcommand("trace", "Who does what when in a few items: lanes and threads on one axis of time (strace)");
  command
      ->add_option("--models", options->models,
                   "Models, separated by commas: names, four, all (default: one at a time, and four)")
      ->delimiter(',');
  options->workload = known_workloads().front().about.name;
  command->add_option("--workload", options->workload, "Workload")->capture_default_str();
  command->add_option("--items", options->items, fmt::format("Items, 1 to {}", kMostItems))
      ->capture_default_str()
      ->check(CLI::Range(1U, UINT32_MAX));
  command
      ->add_option("--in-flight", options->in_flight,
                   fmt::format("Lanes, 1 to {}; a model that does one item at a time has one", kMostInFlight))
      ->capture_default_str()
      ->check(CLI::Range(1U, UINT32_MAX));
  command->add_option("--seed", options->seed, "Seed of the load")->capture_default_str()->check(not_64_bits);
  command
      ->add_option("--set", options->settings,
                   fmt::format("key=value, as interleave run takes it; delay is {}ms..{}ms unless told otherwise",
                               kShortDelay.count(), kLongDelay.count()))
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--models-dir", options->models_dir, kModelsDirHelp)->allow_extra_args(false)->take_all();
  command->add_option("--out", options->out, "New directory for timeline.json and, for Perfetto, trace.json");
  command->add_flag("--draw", options->draw, "Draw it as well, as interleave report does: a picture and an animation");
  command->add_flag("--json", options->as_json, "timeline.json on stdout instead of the text");
  command->footer(kExitStatuses);
  command->callback([options, &status] { status = trace(*options); });
}

}  // namespace interleave
