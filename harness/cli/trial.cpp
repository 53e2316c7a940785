// `interleave trial`: one run of one worker, judged; for whoever writes a worker.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/judge/judge.hpp"
#include "harness/judge/saved_files.hpp"
#include "harness/load/point.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/plan/workload_registry.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/foreign_file.hpp"
#include "harness/posix/scratch.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/trial/checks.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/trial/observation.hpp"
#include "harness/trial/worker_files.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kMostSaid = 256 << 20;  // bytes of stderr: a tracer may write all it has to tell there

struct TrialOptions {
  std::string point;
  std::string tape;  // where a copy of the records goes; empty: nowhere
  std::uint32_t slower = 1;
  std::uint32_t repetitions = 1;
  std::vector<std::string> command;
};

// The point as it was given; with the folder, where items are saved.
fs::path point_of(const TrialOptions& options, const fs::path& scratch, const std::optional<SavedFiles>& saved) {
  if (!saved) return fs::absolute(options.point);
  json point = json::parse(text_in(options.point).value_or(""));
  point["folder"] = saved->folder().string();
  write_checked(scratch / "point.json", point.dump());
  return scratch / "point.json";
}

Launch launch_of(const TrialOptions& options, const fs::path& point, const fs::path& scratch) {
  Launch launch;
  launch.program = options.command.front();
  launch.arguments.assign(options.command.begin() + 1, options.command.end());
  for (const std::string& each :
       {std::string("--point"), point.string(), std::string("--out"), (scratch / "trial.json").string()}) {
    launch.arguments.push_back(each);
  }
  launch.err = scratch / "stderr";
  return launch;
}

void keep_tape(const std::string& file, const TapeCopy& tape) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(&tape.header), sizeof tape.header);
  out.write(reinterpret_cast<const char*>(tape.records.data()),
            static_cast<std::streamsize>(tape.records.size() * sizeof(Record)));
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

// What the looks at the plateau found that the end of the run did not overtake.
json looks_of(const Observation& seen, std::uint64_t file_bytes) {
  json looks = json::array();
  for (const PlateauSample& sample : seen.samples) {
    looks.push_back({{"threads", sample.census.threads},
                     {"processes", sample.census.processes},
                     {"pss_bytes", sample.memory.pss_bytes - std::min(file_bytes, sample.memory.pss_bytes)}});
  }
  return looks;
}

json judged(const Load& load, const Workload& workload, const Prepared& work, const ItemFiles& files,
            const Observation& seen, const TrialOptions& options) {
  json line{{"schema", 1},
            {"reasons", json::array()},
            {"tape", nullptr},
            {"worker", nullptr},
            {"looks", looks_of(seen, files.bytes())},
            {"fingerprint", fmt::format("{:016x}", work.requests.fingerprint)},
            {"requests", work.requests},
            {"tree_cpu_ns", seen.tree_cpu.count()}};
  if (!seen.tape) return line;
  const nanoseconds ideal = workload.about.ideal == IdealKind::none ? nanoseconds(0) : workload.ideal(load);
  const Judgement judgement = judge(*seen.tape, work, load.in_flight, ideal, workload.about.ideal, seen.window);
  line["tape"] = judgement;
  line["reasons"] = judgement.reasons;
  if (seen.left_its_cores)
    line["reasons"].push_back(Reason{check::kCpu, "it may run on cores that were not given to it"});
  if (const auto why = why_written_late(*seen.tape, seen.tape_looks))
    line["reasons"].push_back(Reason{check::kTape, *why});
  if (!files.same_tape(*seen.tape))
    line["reasons"].push_back(Reason{check::kTape, "records were written after the end of the run"});
  if (!files.same_inputs(work.inputs))
    line["reasons"].push_back(Reason{check::kTape, "what the items were to do was changed"});
  if (!options.tape.empty()) keep_tape(options.tape, *seen.tape);
  return line;
}

int trial(const TrialOptions& options) {
  const Load load = read_point(options.point);
  const Workload& workload = known_workload(load.workload);
  const Prepared work = workload.prepare(load);
  const ItemFiles files(load.items);
  const Scratch scratch;
  std::optional<SavedFiles> saved;
  if (!work.saved.empty() && load.folder.empty()) saved.emplace(scratch.path() / "saved", work.saved);
  const Interrupt interrupt;
  nanoseconds ideal = workload.ideal(load);  // of which the limit is a multiple, also where there is none
  if (options.slower > 1) ideal = options.slower * std::max<nanoseconds>(ideal, std::chrono::seconds(2));
  Launch launch = launch_of(options, point_of(options, scratch.path(), saved), scratch.path());
  const BesideTheServer aside;
  launch.cpus = place(aside.allowed(), load.cores, false).model;  // where the server is, is not ours to say
  const Observation seen = observe(std::move(launch), files, work.inputs, ideal, -1, interrupt);
  if (const auto said = read_foreign(scratch.path() / "stderr", kMostSaid)) fmt::print(stderr, "{}", said->text);
  json line = judged(load, workload, work, files, seen, options);
  if (seen.tape && saved) {
    for (const Reason& reason : saved->why_void(seen.window)) line["reasons"].push_back(reason);
  }
  line["worker"] = read_worker_json(scratch.path() / "trial.json");
  if (seen.ended.exit_status == 0 && !seen.tape) {
    line["reasons"].push_back(Reason{check::kWorker, "it ended without saying that its run was over"});
  }
  if (seen.ended.exit_status == 0 && line["worker"].is_null())
    line["reasons"].push_back(Reason{check::kWorker, "what it left at --out is no JSON object"});
  if (const std::string left = why_void(seen.left_behind); !left.empty())
    line["reasons"].push_back(Reason{check::kWorker, left});
  if (seen.ended.exit_status == 0) fmt::print("{}\n", line.dump());
  if (const auto killed = why_killed(seen)) fmt::print(stderr, "interleave: the worker: {}\n", killed->text);
  if (seen.ended.signal != 0) {
    fmt::print(stderr, "interleave: the worker was ended by {}\n", name_of_signal(seen.ended.signal));
    return kUsage;
  }
  if (seen.ended.exit_status != 0) return seen.ended.exit_status;
  if (!load.folder.empty()) say(fmt::format("items are saved into {}, and nobody looks at them there\n", load.folder));
  for (const Reason& reason : line["reasons"].get<std::vector<Reason>>())
    fmt::print(stderr, "void: {}\n", reason.sentence());
  const bool fault = is_fault({{"verdict", "void"}, {"reasons", line["reasons"]}});
  return !line["reasons"].empty() && fault ? kVoidTrials : kFine;
}

// Up to the first that is not right.
int trials(const TrialOptions& options) {
  int status = kFine;
  for (std::uint32_t nth = 0; nth < options.repetitions && status == kFine; ++nth) status = trial(options);
  return status;
}

}  // namespace

void add_trial(CLI::App& app, int& status) {
  const auto options = std::make_shared<TrialOptions>();
  CLI::App* const command =
      app.add_subcommand("trial", "One run of one worker, judged: for whoever writes one (docs/worker_contract.md)");
  command->footer(
      "\nPrints what the records come to as one line of JSON a repetition. A server that the load needs must be there, "
      "with the run "
      "begun (docs/server.md). The worker has as many cores as the load says.\nExit status: 0 right (or disturbed by "
      "the machine, as it says), 1 void, 2 usage or set-up, "
      "else the worker's own.");
  command->add_option("--point", options->point, "The load, as JSON")->required();
  command->add_option("--tape", options->tape,
                      "Keep the records in this file, header first (with repetitions, the last's)");
  command
      ->add_option("--repetitions", options->repetitions,
                   "Fresh workers one after the other, each with a line of its own, until one is not right")
      ->check(CLI::Range(1U, 1'000'000U));
  command
      ->add_option("--slower", options->slower,
                   "How many times longer than usual the worker may take, as under a tracer")
      ->check(CLI::Range(1U, 1000U));
  command
      ->add_option("command", options->command,
                   "The worker, behind `--`, with what starts it (a tracer, an interpreter)")
      ->required();
  command->callback([options, &status] { status = trials(*options); });
}

}  // namespace interleave
