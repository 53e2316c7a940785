// Following descriptors through a trace.
// SPDX-License-Identifier: Apache-2.0
#include "harness/trace/call_owners.hpp"

#include "harness/text/leading_number.hpp"
#include "harness/trace/call_kinds.hpp"

namespace interleave {
namespace {

using Place = std::pair<int, int>;  // a process, and a descriptor of it
using Owner = std::optional<std::uint32_t>;

constexpr std::string_view kRequest = "\"GET /item/";

bool holds(const TracedCall& call, std::string_view text) { return call.arguments.find(text) != std::string::npos; }

std::optional<std::uint32_t> id_asked_for(const TracedCall& call) {
  const std::size_t at = call.arguments.find(kRequest);
  if (at == std::string::npos) return std::nullopt;
  const auto id = leading_number<std::uint32_t>(std::string_view(call.arguments).substr(at + kRequest.size()));
  return id.error == std::errc() ? std::optional(id.value) : std::nullopt;
}

class Follower {
 public:
  Follower(const StraceLog& log, std::span<const ItemInput> inputs)
      : log_(log), processes_(processes_of(log)), owners_(log.calls.size()) {
    const auto items = static_cast<std::uint32_t>(inputs.size());
    // A chain's second request asks for an id beyond all of the first ones.
    for (const std::uint32_t beyond : {items, 0U}) {
      for (std::uint32_t item = 0; item < items; ++item) items_[inputs[item].argument + beyond] = item;
    }
  }

  std::vector<Owner> owners() {
    for (std::size_t at = 0; at < log_.calls.size(); ++at) follow(at);
    return std::move(owners_);
  }

 private:
  void follow(std::size_t at) {
    const TracedCall& call = log_.calls[at];
    const std::optional<int> descriptor = descriptor_of(call);
    if (!descriptor) return;
    const Place place{processes_.at(call.thread), *descriptor};
    if (call.name == "connect") connecting_[place] = at;
    if (const Owner asked = item_of(call)) {
      owner_[place] = asked;
      if (const auto begun = connecting_.find(place); begun != connecting_.end()) owners_[begun->second] = asked;
      connecting_.erase(place);
    }
    const auto known = owner_.find(place);
    const bool is_its = is_request(call) || is_read(call) || call.name == "close";
    if (known != owner_.end() && is_its) owners_[at] = known->second;
    if (call.name != "close") return;
    owner_.erase(place);
    connecting_.erase(place);
  }

  Owner item_of(const TracedCall& call) const {
    const auto id = id_asked_for(call);
    const auto known = id ? items_.find(*id) : items_.end();
    return known == items_.end() ? Owner() : Owner(known->second);
  }

  const StraceLog& log_;
  std::map<int, int> processes_;
  std::map<std::uint32_t, std::uint32_t> items_;  // by the id that they ask for
  std::vector<Owner> owners_;
  std::map<Place, Owner> owner_;
  std::map<Place, std::size_t> connecting_;
};

}  // namespace

std::vector<Owner> owners_of(const StraceLog& log, std::span<const ItemInput> inputs) {
  return Follower(log, inputs).owners();
}

bool is_request(const TracedCall& call) { return holds(call, kRequest); }

// The worker says "ready" on the descriptor of its harness, and reads there until the end of a line, at once or byte by
// byte.
Markers markers_of(const StraceLog& log) {
  Markers markers;
  std::optional<int> control;
  for (const TracedCall& call : log.calls) {
    if (!control && holds(call, "\"ready\\n\"")) control = descriptor_of(call);
    if (!control || descriptor_of(call) != control) continue;
    if (!markers.heard_go_ns && is_read(call) && holds(call, "\\n\"")) markers.heard_go_ns = call.to_ns;
    if (!markers.says_over_ns && holds(call, "\"over\\n\"")) markers.says_over_ns = call.from_ns;
  }
  return markers;
}

std::map<int, int> processes_of(const StraceLog& log) {
  std::map<int, int> processes;
  for (const TracedThread& each : log.threads) processes[each.thread] = each.process;
  return processes;
}

}  // namespace interleave
