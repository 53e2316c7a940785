// `interleave advise`: which family for a load of one's own, in a minute.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <random>

#include "harness/advice/advice.hpp"
#include "harness/cli/begun_run.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/measuring.hpp"
#include "harness/cli/set_up.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/option_checks.hpp"
#include "harness/text/parameters.hpp"
#include "harness/trial/interrupt.hpp"
#include "harness/verdict/planned_course.hpp"
#include "harness/verdict/verdict.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct AdviseOptions {
  Question question;
  std::string wait = "0ms", cpu = "0us", p99, out;
  std::uint64_t memory = 0;
  std::optional<std::uint64_t> seed;
};

std::chrono::microseconds time_of(const char* flag, const std::string& text, std::chrono::microseconds most) {
  std::chrono::microseconds time{0};
  try {
    time = parse_time_span(text);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", flag, error.what()));
  }
  if (time > most)
    throw std::invalid_argument(fmt::format("{} {} is above {} s", flag, text, most.count() / 1'000'000));
  return time;
}

Question question_of(const AdviseOptions& options) {
  using namespace std::chrono_literals;
  Question question = options.question;
  question.wait = time_of("--wait", options.wait, 2s);
  question.cpu = time_of("--cpu", options.cpu, 1s);
  if (question.wait.count() == 1) throw std::invalid_argument("--wait 1us: waits are 2us at least");
  if (options.memory > 0) question.most_bytes = static_cast<double>(options.memory);
  if (!options.p99.empty())
    question.most_p99_ns = 1e3 * static_cast<double>(time_of("--p99", options.p99, 1000s).count());
  question.seed = options.seed.value_or(std::random_device{}());
  return question;
}

int advise(const AdviseOptions& options) {
  let_writes_fail();
  const Question question = question_of(options);
  const Interrupt interrupt;
  Plan plan = plan_advice(question, models_asked_for({}, {}, true), machine_limits());
  stamp(plan);
  BegunRun begun(plan, options.out, "", stored_trials);
  const fs::path& dir = begun.dir();
  say(fmt::format("{} trials at {} loads, a minute at most, into {}\n", plan.order.size(), plan.points.size(),
                  dir.string()));
  PlannedCourse course(plan);
  const Measured measured = measure({plan, course, expected_time(plan), "run"}, dir, begun.take_stored(), begun.watch(),
                                    std::chrono::steady_clock::now() + kAdviceTime);
  const bool is_kept = kept(dir / "verdict.json", verdict_text(verdict_of(plan, measured.trials)));
  const Advice advice = advice_of(plan, measured.trials, question);
  for (const std::string& line : advice.lines) fmt::print("{}", wrapped("", line, 2));
  fmt::print("{}", wrapped("", "A longer look: interleave run " + longer_look(plan, question), 2));
  std::fflush(stdout);
  if (const auto status = said_end(dir, measured, "run", "the minute")) return *status;
  if (!is_kept) return kUsage;
  return advice.is_told ? kFine : kInconclusive;
}

}  // namespace

void add_advise(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("advise", "Which family for a load of your own: measured in a minute");
  const auto options = std::make_shared<AdviseOptions>();
  Question& question = options->question;
  command->add_option("--in-flight", question.in_flight, "Items that are under way at once")
      ->check(CLI::Range(1U, 1'000'000U))
      ->required();
  command->add_option("--wait", options->wait, "How long an item waits, on average, such as 20ms; at most 2s")
      ->capture_default_str();
  command->add_option("--cpu", options->cpu, "How long it then computes, such as 300us; at most 1s")
      ->capture_default_str();
  command->add_option("--cores", question.cores, "Cores that the program may use, beside the server's")
      ->capture_default_str();
  command->add_option("--memory", options->memory, "Most memory of the program, such as 256MiB (default: any)")
      ->transform(CLI::AsSizeValue(false));
  command->add_option("--p99", options->p99,
                      "Most that an item may take, start to end, at the 99th percentile (default: any)");
  command->add_option("--seed", options->seed, "Seed of every load (default: random, and kept in plan.json)")
      ->check(not_64_bits);
  command->add_option("--out", options->out, "New directory of the run (default: results/<UTC>-<commit>-<host>)");
  command->footer(
      std::string("Measures one model of each family at that load, and at half and twice of each of its numbers.\n") +
      kExitStatuses);
  command->callback([options, &status] { status = advise(*options); });
}

}  // namespace interleave
