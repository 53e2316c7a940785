// `interleave selftest`: the gate and the proofs, tried on what they have to find and on what they must not.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>
#include <utility>

#include "harness/cli/commands.hpp"
#include "harness/cli/gate_setting.hpp"
#include "harness/cli/layout.hpp"
#include "harness/cli/lies.hpp"
#include "harness/cli/set_up.hpp"
#include "harness/gate/gate_sheet.hpp"
#include "harness/machine/cpus.hpp"
#include "harness/machine/facts.hpp"
#include "harness/machine/run_lock.hpp"
#include "harness/posix/files.hpp"
#include "harness/posix/standard_streams.hpp"
#include "harness/text/option_checks.hpp"
#include "harness/verdict/intervals.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr double kInjected = 0.05;
constexpr double kFoundWhereQuiet = 0.9;  // 95 % by the gate's own word, by an estimate of the noise
constexpr double kBeyondChance = 0.02;

struct SelftestOptions {
  bool is_short = false, is_full = false;
  std::uint32_t gates = 0;  // 0: 1, and 5 where it is full
  std::optional<std::uint64_t> seed;
  std::string only;  // "counts", "lies" or "times"; empty: all of them
  std::string out;
};

// One thing that was tried.
struct Trial {
  std::string name, expected, seen;
  enum class End : std::uint8_t { right, wrong, untold, missing } end = End::untold;
};

std::string_view name_of(Trial::End end) {
  constexpr std::array<std::string_view, 4> kNames{"right", "wrong", "untold", "missing"};
  return kNames[static_cast<std::size_t>(end)];
}

// Keeps the core busy that trials and the harness have in common.
class Neighbour {
 public:
  explicit Neighbour(int core)
      : thread_([this, core] {
          cpu_set_t cores;
          CPU_ZERO(&cores);
          CPU_SET(static_cast<std::size_t>(core), &cores);
          ::sched_setaffinity(0, sizeof cores, &cores);
          while (!over_.load(std::memory_order_relaxed)) {
          }
        }) {}
  ~Neighbour() {
    over_ = true;
    thread_.join();
  }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

// Of a gate, or of a short one: by one model, the cheapest there is in CPU, where the gate's task is hardest.
RunRequest request_of(bool is_full, const std::vector<PlannedModel>& models) {
  RunRequest request;
  request.profile = "gate";
  if (is_full) return request;
  const auto one = std::find_if(models.begin(), models.end(), [](const PlannedModel& model) {
    return model.bears_family && model.family == "callbacks";
  });
  if (one == models.end())
    throw std::invalid_argument("this build has no model that stands for callbacks: --full does without");
  request.models = {one->name};
  return request;
}

class Selftest {
 public:
  Selftest(const SelftestOptions& options, std::uint64_t seed, const Interrupt& interrupt)
      : options_(options), seed_(seed), interrupt_(interrupt), gates_(gates_of(options)) {
    arm_ = built_arm("this build", build_);
    found_ = models_of({arm_, arm_});
  }

  std::vector<Trial> run() {
    if (is_asked("counts")) counts();
    if (is_asked("lies")) lies();
    if (!is_asked("times")) return trials_;
    for (std::uint32_t i = 1; i <= gates_; ++i) equal_programs(i);
    for (std::uint32_t i = 1; i <= gates_; ++i) slower_program(i);
    for (std::uint32_t i = 1; i <= gates_; ++i) busy_neighbour(i);
    return trials_;
  }

 private:
  static std::uint32_t gates_of(const SelftestOptions& options) {
    return options.gates > 0 ? options.gates : options.is_full ? 5 : 1;
  }

  bool is_asked(std::string_view part) const { return options_.only.empty() || options_.only == part; }

  GateSetting setting(const std::string& only) {
    GateSetting setting;
    setting.names = {"this build", "this build"};
    setting.arms = {arm_, arm_};
    setting.seed = seed_ + number_++;
    if (!options_.is_full) {
      setting.rules.rounds = 20;
      setting.rules.confirming_rounds = 12;
    }
    count_with(setting, only);
    complete(setting);
    return setting;
  }

  GateResult gate(const std::string& name, const GateSetting& setting) {
    say_without_waiting(name + "\n");
    RunRequest request = request_of(options_.is_full, found_[0].models);
    request.seed = setting.seed;
    GateResult result = run_gate(plan_gate(request, found_, machine_limits()), setting, interrupt_);
    keep(name, json_of(result));
    return result;
  }

  void keep(const std::string& name, const json& document) const {
    if (options_.out.empty()) return;
    write_checked(fs::path(options_.out) / (name + ".json"),
                  document.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  }

  void add(const std::string& name, const std::string& expected, const std::string& seen, Trial::End end) {
    trials_.push_back({.name = name, .expected = expected, .seen = seen, .end = end});
    fmt::print("{:<7} {}: {} (expected: {})\n", name_of(end), name, seen, expected);
    std::fflush(stdout);
  }

  static Trial::End right_if(bool is_right) { return is_right ? Trial::End::right : Trial::End::wrong; }

  void counts() {
    for (const char* const more : {"nothing", "call", "allocation"}) {
      GateSetting of = setting("counts");
      if (std::string_view(more) != "nothing") inject(of, more);
      const std::string name = std::string("counts_") + more;
      const GateResult result = gate(name, of);
      if (result.counted.empty()) {
        add(name, "counts", result.uncounted, Trial::End::untold);
        continue;
      }
      const bool all = std::all_of(result.counted.begin(), result.counted.end(),
                                   [&](const CountedCell& cell) { return tells(cell, more); });
      add(name, std::string_view(more) == "nothing" ? "no count differs" : "told in each model",
          fmt::format("status {}", status_of(result)), right_if(all && result.gaps.empty()));
    }
  }

  // Whether the count that was put in is more, and no other model's.
  static bool tells(const CountedCell& cell, std::string_view more) {
    const std::string_view put_in = more == "call" ? kSystemCalls : more == "allocation" ? kAllocations : "";
    return std::all_of(cell.counts[0].values.begin(), cell.counts[0].values.end(), [&](const auto& base) {
      const auto head = cell.counts[1].values.find(base.first);
      if (head == cell.counts[1].values.end()) return true;
      const CountVerdict verdict = verdict_of_count(base.first, base.second, head->second);
      return base.first == put_in ? verdict == CountVerdict::more : !put_in.empty() || verdict == CountVerdict::same;
    });
  }

  // And its twin that does not lie.
  static void keep_first_lie(LoadOfLies& load) {
    bool has_one = false;
    std::erase_if(load.lies, [&](const Lie& lie) { return !lie.checks.empty() && std::exchange(has_one, true); });
  }

  // Each model that lies must be void, by the check that its lie is for, and the same model without a lie must not.
  void lies() {
    std::vector<LoadOfLies> loads = lies_of(build_);
    if (loads.empty()) {
      add("lies", "each is caught", "this build has none: configure it with -DBUILD_TESTING=ON", Trial::End::missing);
      return;
    }
    json kept = json::array();
    for (LoadOfLies& load : loads) {
      if (!options_.is_full) keep_first_lie(load);
      const std::string name = "lies_" + load.name;
      if (load.least_cores > allowed_cpus().size()) {
        add(name, "each is caught", fmt::format("takes {} cores", load.least_cores), Trial::End::missing);
        continue;
      }
      say_without_waiting(name + "\n");
      const std::vector<json> trials = tried(load, build_, seed_ + number_++, interrupt_);
      std::size_t caught = 0;
      std::string missed;
      for (std::size_t i = 0; i < trials.size(); ++i) {
        const Lie& lie = load.lies[i];
        const bool is_right = is_caught(lie, trials[i]);
        caught += is_right && !lie.checks.empty() ? 1 : 0;
        if (!is_right) missed += fmt::format(", {} {}", lie.model, lie.checks.empty() ? "is void" : "is not caught");
        kept.push_back({{"load", load.name},
                        {"model", lie.model},
                        {"checks", lie.checks},
                        {"verdict", trials[i].at("verdict")},
                        {"reasons", trials[i].at("reasons")},
                        {"right", is_right}});
      }
      add(name, "each is caught", fmt::format("{} caught{}", caught, missed), right_if(missed.empty()));
    }
    keep("lies", {{"schema", 1}, {"lies", kept}});
  }

  void equal_programs(std::uint32_t number) {
    const std::string name = fmt::format("equal_{}", number);
    const int status = status_of(gate(name, setting("times")));
    add(name, "status 0 or 3", fmt::format("status {}", status), right_if(status == 0 || status == 3));
  }

  // CPU time damps there (docs/fairness.md): the counts tell of such a load.
  static bool is_flat_out(const GateCell& cell) {
    return std::count_if(cell.quantities.begin(), cell.quantities.end(),
                         [](const Quantity& quantity) { return quantity.judged && quantity.name == "makespan"; }) == 0;
  }

  // Of the cells of which the gate says itself that so much would be found. Each may be missed, and it is wrong where
  // more are than that explains. An alarm that fresh rounds did not confirm is none, and no miss: those are fewer.
  void slower_program(std::uint32_t number) {
    const std::string name = fmt::format("slower_{}", number);
    GateSetting of = setting("times");
    of.inject = kInjected;
    const GateResult result = gate(name, of);
    std::size_t quiet = 0, found = 0, open = 0;
    for (const GateCell& cell : result.cells) {
      const Quantity& cpu = cell.quantities.front();
      if (is_flat_out(cell) || !cpu.detectable || *cpu.detectable > kInjected) continue;
      ++quiet;
      found += cpu.verdict == GateVerdict::slower ? 1 : 0;
      open += cpu.verdict == GateVerdict::unconfirmed ? 1 : 0;
    }
    const std::string expected = fmt::format("{:g} % more found where it can be", 100 * kInjected);
    if (!result.contaminated.empty() || quiet == 0) {
      add(name, expected, quiet == 0 ? "no cell is quiet enough" : "contaminated", Trial::End::untold);
      return;
    }
    const bool is_missed = binomial_at_most(quiet, found + open, kFoundWhereQuiet) <= kBeyondChance;
    add(name, expected, fmt::format("in {} of {}", found, quiet),
        is_missed   ? Trial::End::wrong
        : found > 0 ? Trial::End::right
                    : Trial::End::untold);
  }

  void busy_neighbour(std::uint32_t number) {
    const std::string name = fmt::format("neighbour_{}", number);
    const GateSetting of = setting("times");
    const Neighbour neighbour(allowed_cpus().back());
    const int status = status_of(gate(name, of));
    add(name, "any status but 1", fmt::format("status {}", status), right_if(status != 1));
  }

  const SelftestOptions& options_;
  const std::uint64_t seed_;
  const Interrupt& interrupt_;
  const std::uint32_t gates_;
  const fs::path build_ = own_program().parent_path().parent_path();
  Arm arm_;
  std::array<FoundModels, 2> found_;
  std::uint64_t number_ = 0;
  std::vector<Trial> trials_;
};

int conclude(const SelftestOptions& options, std::uint64_t seed, const std::vector<Trial>& trials) {
  const auto count = [&](Trial::End end) {
    return std::count_if(trials.begin(), trials.end(), [&](const Trial& trial) { return trial.end == end; });
  };
  if (!options.out.empty()) {
    json list = json::array();
    for (const Trial& trial : trials)
      list.push_back(
          {{"name", trial.name}, {"expected", trial.expected}, {"seen", trial.seen}, {"end", name_of(trial.end)}});
    const json whole{
        {"schema", 1}, {"seed", seed}, {"full", options.is_full}, {"machine", machine_key()}, {"trials", list}};
    write_checked(fs::path(options.out) / "selftest.json", whole.dump(1) + "\n");
  }
  fmt::print("{} right, {} wrong, {} that this machine is too noisy to tell, {} not tried\n", count(Trial::End::right),
             count(Trial::End::wrong), count(Trial::End::untold), count(Trial::End::missing));
  if (count(Trial::End::wrong) > 0) return kVoidTrials;
  return count(Trial::End::untold) > 0 || count(Trial::End::right) == 0 ? kInconclusive : kFine;
}

int selftest(const SelftestOptions& options) {
  let_writes_fail();
  if (!options.out.empty() && !fs::create_directory(options.out))
    throw std::invalid_argument(options.out + " exists: give a new directory");
  const std::uint64_t seed = options.seed.value_or(std::random_device{}());
  const RunLock lock;
  warn_of(machine_facts());
  say(fmt::format("seed {}\n", seed));
  const Interrupt interrupt;
  try {
    return conclude(options, seed, Selftest(options, seed, interrupt).run());
  } catch (const Interrupted&) {
    say("interleave: interrupted: nothing is said of a selftest that was not finished\n");
    return kInterrupted;
  }
}

}  // namespace

void add_selftest(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("selftest",
                                               "Gate and proofs tried on this machine: equal programs, 5 % more work, "
                                               "one more call, a busy neighbour, models that lie");
  const auto options = std::make_shared<SelftestOptions>();
  auto* const short_one =
      command->add_flag("--short", options->is_short,
                        "One model and twenty rounds a gate, one lie a load: less than four minutes (the default)");
  command
      ->add_flag("--full", options->is_full,
                 "The gate's own cells and rounds; five gates of each kind, some five minutes each; every lie")
      ->excludes(short_one);
  command->add_option("--gates", options->gates, "Gates of each kind, instead of 1 or 5")->check(CLI::Range(1U, 1000U));
  command->add_option("--only", options->only, "counts, lies or times (the gates) alone")
      ->check(CLI::IsMember({"counts", "lies", "times"}));
  command->add_option("--seed", options->seed, "Seed of loads and orders (default: random, and said)")
      ->check(not_64_bits);
  command->add_option("--out", options->out,
                      "New directory for each gate's JSON and selftest.json; scripts/error_rates makes a page of such");
  command->footer(
      "Exit status, the first that applies:\n  130  interrupted\n    2  usage or set-up\n    1  the gate found what is "
      "not "
      "there, or missed what is\n    3  this machine is too noisy to tell, or nothing was tried\n    0  all as it "
      "should be");
  command->callback([options, &status] { status = selftest(*options); });
}

}  // namespace interleave
