// The workloads, asked through their specs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/known_workloads.hpp"

#include <fmt/format.h>

#include <span>
#include <stdexcept>

#include "harness/worker/workload.hpp"
#include "workloads/all.hpp"

namespace interleave {
namespace {

// What a spec does not say of itself.
std::string summary_of(std::string_view name) {
  if (name == "download") return "fetch every item within a limit, and say what each came to";
  if (name == "sleep_many") return "every item only waits";
  if (name == "compute") return "every item computes a sum of squares";
  if (name == "download_compute") return "fetch every item, then compute on its reply: the share of CPU work is a dial";
  return {};
}

template <Workload W>
Oracle oracle_of(const Load& asked) {
  const typename W::PreparedLoad load(asked);
  Oracle oracle;
  oracle.ideal = W::ideal(load);
  oracle.fingerprint = W::fingerprint(load);
  for (std::uint32_t item = 0; item < load.items; ++item) {
    const Expected expected = W::expected(load, item);
    oracle.digest += expected.digest;
    ++oracle.outcomes[static_cast<std::size_t>(expected.outcome)];
  }
  return oracle;
}

template <Workload W>
KnownWorkload known() {
  std::vector<KnownParameter> parameters;
  for (const Setting& setting : std::span<const Setting>(W::kParameters)) {
    parameters.push_back({std::string(setting.name), std::string(setting.otherwise), std::string(setting.meaning)});
  }
  return {std::string(W::kName),
          summary_of(W::kName),
          W::kConnects,
          W::kOffloads,
          std::move(parameters),
          &oracle_of<W>,
          [](const Load& load) { return W::ideal(typename W::PreparedLoad(load)); }};
}

template <Workload... Ws>
std::vector<KnownWorkload> all_of(Workloads<Ws...>) {
  return {known<Ws>()...};
}

}  // namespace

const std::vector<KnownWorkload>& known_workloads() {
  static const std::vector<KnownWorkload> all = all_of(AllWorkloads{});
  return all;
}

const KnownWorkload& known_workload(const std::string& name) {
  std::string known;
  for (const KnownWorkload& workload : known_workloads()) {
    if (workload.name == name) return workload;
    known += (known.empty() ? "" : ", ") + workload.name;
  }
  throw std::invalid_argument(fmt::format("unknown workload '{}'; known: {}", name, known));
}

}  // namespace interleave
