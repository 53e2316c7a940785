// What a gate measured and what follows from it: cells, gaps, verdicts, the exit status.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/gate/block.hpp"
#include "harness/gate/counts.hpp"
#include "harness/gate/decision.hpp"

namespace interleave {

// fine: no slow-down was shown. unconfirmed: flagged, and not by the fresh rounds. noisy: too noisy to say.
enum class GateVerdict : std::uint8_t { fine, faster, slower, unconfirmed, noisy, shown };
std::string_view name_of(GateVerdict verdict) noexcept;

struct Quantity {
  std::string name;
  bool judged = true;    // else only shown
  bool is_tail = false;  // a p99 latency
  Rounds rounds{};
  GateVerdict verdict = GateVerdict::fine;
  std::optional<double> detectable{};
};

GateRules rules_of(const Quantity& quantity, const GateRules& rules);

// What one side could not do, and why.
struct Trouble {
  std::uint32_t rounds = 0;
  std::string first;         // "void: oracle: ..."
  std::uint32_t faults = 0;  // rounds in which it was the program's, and not the machine's
  std::string fault{};       // the first of those
};

struct GateCell {
  std::size_t point = 0, model = 0;  // places in the plan
  std::string load, name;            // the point's label, the model's name
  std::vector<Quantity> quantities{};
  std::uint32_t rounds = 0;                                    // that were run, whole or not
  std::array<Trouble, 2> troubles{};                           // by side
  std::array<std::string, 2> too_slow{};                       // why patience ran out; empty: it did not
  bool dropped = false;                                        // hopeless after the first rounds
  std::int64_t injected_ns = 0;                                // a busy wait in each of head's items
  std::uint32_t injected_calls = 0, injected_allocations = 0;  // in each of head's items
};

// What a model's items cost in countable things, on both sides.
struct CountedCell {
  std::string load, name;
  std::array<Counts, 2> counts{};  // by side
};

// A cell of one side alone, or of neither.
struct GateGap {
  std::string load, model, what;
  bool is_measured = false;  // it is known from trials, and not from what is there at all
};

struct GateResult {
  std::string base, head;  // as the user named them
  GateRules rules;
  std::uint64_t seed = 0;
  bool identical = false;                                      // programs
  double injected = 0;                                         // a share of an item's CPU
  std::uint32_t injected_calls = 0, injected_allocations = 0;  // an item
  bool times = true;                                           // were to be measured
  std::vector<GateCell> cells;
  std::vector<CountedCell> counted{};
  std::string uncounted{};  // why nothing was counted; empty: it was
  std::vector<GateGap> gaps;
  std::vector<std::string> left_out;                    // cells that neither side can run here, in a line each
  std::map<std::string, std::vector<double>> controls;  // log-ratios of head's place over base's
  std::string contaminated;                             // why nothing can be said; empty: it can
  std::uint32_t attempts = 1;
  double minutes = 0;

  std::size_t planned() const;  // judged quantities of all cells
};

// The judged quantities that are flagged by their rounds so far.
std::vector<Quantity*> flags_of(GateResult& result);

// Why the controls or the duplicates say that the machine was not the same for both; empty where they do not.
std::string contamination_of(const GateResult& result);

// After the last round: gives each quantity its verdict, and cells that have too few rounds a gap.
void conclude(GateResult& result, const std::vector<Quantity*>& flagged);

// 1 regression, 4 gaps, 3 inconclusive, 0 pass; a contaminated gate is 3, unless a count is more.
int status_of(const GateResult& result);

inline constexpr std::array<const char*, 2> kSides{"BASE", "HEAD"};

// Neither side could keep the load up: the machine is too busy for it.
bool is_starved(const GateCell& cell);

std::size_t count(const GateResult& result, GateVerdict verdict);
std::size_t count(const GateResult& result, CountVerdict verdict);

// Of what both sides have: instructions, for one, may be told of neither or of one.
template <class Do>
void for_each_count(const GateResult& result, Do what) {
  for (const CountedCell& cell : result.counted) {
    for (const auto& [name, base] : cell.counts[0].values) {
      const auto head = cell.counts[1].values.find(name);
      if (head != cell.counts[1].values.end()) what(cell, name, base, head->second);
    }
  }
}

}  // namespace interleave
