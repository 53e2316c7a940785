// `interleave baseline update`: what a build costs, kept for machines that do not have it.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/commands.hpp"
#include "harness/cli/gate_setting.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/option_checks.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

struct BaselineOptions {
  std::string file, build, only;
  std::uint32_t rounds = 10;
  std::uint64_t seed = 1;
  bool allow_dirty = false;
};

int update(const BaselineOptions& options) {
  let_writes_fail();
  const fs::path folder = fs::absolute(options.file).parent_path(), whole = options.file + ".new";
  if (!fs::is_directory(folder)) throw std::invalid_argument(folder.string() + " is no directory: make it first");
  if (fs::is_directory(options.file)) throw std::invalid_argument(options.file + " is a directory: name a file in it");
  write_checked(whole, "");  // what cannot be written is told before the minutes of measuring
  const auto remove = [&](const void*) { fs::remove(whole); };
  const std::unique_ptr<const void, decltype(remove)> removed_at_the_end(&whole, remove);
  const Interrupt interrupt;
  GateSetting setting;
  setting.rules.rounds = options.rounds;
  count_with(setting, options.only);
  const auto now = measured_alone(
      setting, {.build = options.build, .seed = options.seed, .allow_dirty = options.allow_dirty}, interrupt);
  if (!now) return kInterrupted;
  for (const auto* gaps : {&now->voids, &now->too_slow}) {
    for (const GateGap& gap : *gaps)
      fmt::print("{}", wrapped("not kept: ", gap.load + ", " + gap.model + ": " + gap.what, 2));
  }
  if (!now->uncounted.empty()) fmt::print("{}", wrapped("nothing was counted: ", now->uncounted, 2));
  if (now->cells.empty() && now->counts.empty()) {
    fmt::print("nothing could be measured: {} is as it was\n", options.file);
    return kInconclusive;
  }
  write_checked(whole, nlohmann::json(*now).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  fs::rename(whole, options.file);  // the old one stays until there is a new one
  fmt::print("{}: {} cells, {} counted, {} not kept\n", options.file, now->cells.size(), now->counts.size(),
             now->voids.size() + now->too_slow.size());
  return kFine;
}

}  // namespace

void add_baseline(CLI::App& app, int& status) {
  CLI::App* const command =
      app.add_subcommand("baseline", "What a build costs, in a file for `interleave gate --baseline`");
  command->require_subcommand(1);
  CLI::App* const sub = command->add_subcommand("update", "Measures a build and writes its baseline");
  const auto options = std::make_shared<BaselineOptions>();
  sub->add_option("file", options->file, "Where to, such as results/baselines/two_cores.json")->required();
  sub->add_option("--build", options->build, "A build folder or a git revision (default: this build)");
  sub->add_option("--rounds", options->rounds, "Trials of each cell, whose median is kept")
      ->check(CLI::Range(kFewestBaselineRounds, kMostBaselineRounds))
      ->capture_default_str();
  sub->add_option("--seed", options->seed, "Seed of the loads; a gate has the file's")
      ->check(not_64_bits)
      ->capture_default_str();
  sub->add_option("--only", options->only, "counts or times, instead of both")
      ->check(CLI::IsMember({"counts", "times"}));
  sub->add_flag("--allow-dirty", options->allow_dirty, "As in `interleave gate`");
  sub->footer(
      "Exit status:\n  130  interrupted; the file is as it was\n    2  usage, set-up or build\n    3  nothing could be "
      "measured\n    0  written");
  sub->callback([options, &status] { status = update(*options); });
}

}  // namespace interleave
