// What a workload says of itself, once: beside its spec as constants, in plan.json as JSON, in the harness as values.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/item.hpp"
#include "harness/load/load.hpp"

namespace interleave {

using std::chrono::nanoseconds;

// What the list of a workload's results is ordered by. `keeping_up`: by CPU per item among those that keep up with the
// load. `load`: so where the server delays, by CPU per item alone where it answers at once; with one in flight by
// nothing, which measures two wake-ups of the machine whatever the model.
enum class Ranks : std::uint8_t { load, keeping_up, makespan };
// exact: a bound from the load alone. calibrated: it contains how fast a core computes, measured. none: there is no
// bound.
enum class IdealKind : std::uint8_t { none, exact, calibrated };
// What a lane stands for: a place for an item that waits, or a core.
enum class Lanes : std::uint8_t { items, cores };
enum class AxisOf : std::uint8_t { load, parameter };

// A quantity that charts may draw along: "in_flight", "cores", or a parameter.
struct Axis {
  std::string_view name;
  std::string_view unit;  // as a sentence says it after the number
  AxisOf of = AxisOf::parameter;
};

// At most six of something, in a constant.
template <class T>
class Few {
 public:
  constexpr Few() = default;
  constexpr Few(std::initializer_list<T> some) {
    for (const T& each : some) push_back(each);
  }
  constexpr void push_back(const T& each) {
    if (size_ == kMost) throw std::length_error("more than six");
    all_[size_++] = each;
  }
  constexpr const T* begin() const { return all_.data(); }
  constexpr const T* end() const { return all_.data() + size_; }
  constexpr bool empty() const { return size_ == 0; }

 private:
  static constexpr std::size_t kMost = 6;
  std::array<T, kMost> all_{};
  std::size_t size_ = 0;
};

inline constexpr std::uint32_t kAllCores = 0;  // as many as a model can have

// One line of a run profile's grid: a workload along the in_flight axis, against one behaviour of the server.
struct Series {
  std::string_view profile{};      // of the run: "quick", "standard", "classics"
  Few<std::uint32_t> in_flight{};  // none: one lane a core
  std::uint32_t items_per_lane = 1;
  std::uint32_t least_items = 1;  // items = max(least_items, items_per_lane * in_flight)
  std::uint32_t cores = 1;
  Few<std::pair<std::string_view, std::string_view>> parameters{};
  Few<std::pair<std::string_view, std::string_view>> policies{};
  std::chrono::microseconds timeout{10'000'000};
  std::string_view server = "local";  // the server's profile, its delays multiplied by time_scale
  double time_scale = 1;
  std::chrono::microseconds delay_low{0}, delay_high{0};  // where high is not 0: "delay", uniform between these
  // In plain words, where its loads stand for their kind: "fetch flat out". They are the rows of the family table.
  std::string_view said{};
};

// What a ladder turns of its load: how many are in flight, the server's delay in microseconds (half to one and a half
// times a rung), or a parameter.
enum class Dial : std::uint8_t { in_flight, delay, parameter };

// One way in which a load gets harder, along which `interleave limits` looks for the furthest that a model keeps up
// with. Rungs lie eight to a decade, or `step` apart, from the easiest to the hardest.
struct Ladder {
  std::string_view name{};  // in limits.json, and of --ladders
  std::string_view said{};  // in plain words: "in flight, replies after 10 ms"
  std::string_view unit{};  // of a rung, as text behind it
  Dial dial = Dial::in_flight;
  std::string_view parameter{};  // that is turned
  double easiest = 1, hardest = 1, step = 0;
  double keeps_up = 0.95;                 // efficiency that is asked for; 0: none, being valid is enough
  std::chrono::milliseconds most_lag{0};  // p99 of its loops, where it has any; 0: whatever it is
  Few<int> also{};         // rungs below the limit that are measured, too: what an item costs there is told
  bool is_a_task = false;  // a rung is told as the time that it takes to compute an item
  Series load{};           // what stays as it is; how many items: as many as take a quarter of a second
};

// {"profile","in_flight":[],"items_per_lane","least_items","cores","parameters":{},"policies":{},"timeout_us","server","time_scale","delay_us":[low,high],"said"}.
// What is read keeps its texts for the life of the program.
void to_json(nlohmann::json& out, const Series& series);
void from_json(const nlohmann::json& from, Series& series);

// {"name","said","unit","dial":"in_flight|delay|parameter","parameter","easiest","hardest","step","keeps_up","most_lag_ms","also":[],"is_a_task","load":{a
// series}}. As of a series, texts are kept.
void to_json(nlohmann::json& out, const Ladder& ladder);
void from_json(const nlohmann::json& from, Ladder& ladder);

// The description as constants; see WorkloadAbout for the members.
struct Declared {
  std::string_view name, summary;
  bool connects = false, waits = false, computes = false, offloads = false, arrives = false;
  IdealKind ideal = IdealKind::exact;
  Ranks ranks = Ranks::keeping_up;
  Lanes lanes = Lanes::items;
  std::string_view needs{};
  bool datagrams = false;
  bool hands_over_memory = false;  // what it offloads lies in the memory of whoever hands it over: to threads, not afar
  std::span<const Setting> parameters{};
  std::span<const Axis> axes{};
  std::span<const Series> series{};
  std::span<const Ladder> ladders{};
};

struct ParameterAbout {
  std::string name, otherwise, meaning;  // otherwise: the default
};
struct AxisAbout {
  std::string name, unit;
  AxisOf of = AxisOf::parameter;
};

// What everyone but the workload itself knows of it. No other file compares its name.
struct WorkloadAbout {
  std::string name;       // the folder's
  std::string summary;    // what its items do, in a line
  bool connects = false;  // to the delay/error server: its lanes have connections, or sockets for datagrams
  bool waits = false;     // its items wait by themselves, or for the server
  bool computes = false;
  bool offloads =
      false;  // its items hand CPU work over: then the policies of offload.hpp apply, and loop lag is measured
  bool arrives = false;  // its items may come on a schedule: the parameters of arrivals.hpp
  IdealKind ideal = IdealKind::exact;
  Ranks ranks = Ranks::keeping_up;
  Lanes lanes = Lanes::items;
  std::string needs{};     // what a lane must offer, in words: the reason where a model is skipped; empty: nothing
  bool datagrams = false;  // where it connects: its lanes ask the name server, each with a socket for datagrams
  std::vector<ParameterAbout> parameters{};
  std::vector<AxisAbout> axes{};
  std::string program{};  // that answers for it, where it is not one of our own; else empty
};
WorkloadAbout about(const Declared& declared);
void to_json(nlohmann::json& out, const WorkloadAbout& about);
void from_json(const nlohmann::json& from, WorkloadAbout& about);

// What the server is to see of a load; of no meaning where it does not connect.
struct Requests {
  std::uint64_t ids = 0;          // that its run has fates for
  std::uint64_t unique = 0;       // of them are asked for
  std::uint64_t total = 0;        // with every further attempt
  std::uint64_t connections = 0;  // at least, that they come on; 0: it does not matter
  std::uint64_t called_off = 0;   // given up before they are answered, some of them before they are even sent
  std::uint64_t fingerprint = 0;  // of them all, as fingerprint_of() adds up
};
// {"ids","unique","total","connections","called_off"}; the fingerprint stands elsewhere, as each file has it.
void to_json(nlohmann::json& out, const Requests& requests);

// Of a workload whose lanes hand items on through one bounded queue, in_flight of them putting and others taking;
// without consumers each lane has its items from start to end.
struct Handover {
  std::uint32_t consumers = 0;
  std::uint32_t capacity = 0;  // items in the queue at once
};
// {"consumers","capacity"}
void to_json(nlohmann::json& out, const Handover& handover);
void from_json(const nlohmann::json& from, Handover& handover);

// The file that an item is to leave in load.folder, called by its number.
struct SavedFile {
  bool is_one = false;       // else it leaves none
  std::uint32_t digest = 0;  // CRC-32C of its content
  std::uint64_t bytes = 0;
};
// null, or {"digest","bytes"}
void to_json(nlohmann::json& out, const SavedFile& file);
void from_json(const nlohmann::json& from, SavedFile& file);

// What a load comes to, from the seed alone: one input and one expectation an item.
struct Prepared {
  std::vector<ItemInput> inputs;
  std::vector<Expectation> expected;
  Requests requests;
  Handover handover{};
  std::vector<SavedFile> saved{};  // one an item; none where the load saves nothing
  // One list an item, or none at all: digests that it comes to where the machine kept somebody waiting so long that
  // another was first. No fault of the model, and nothing to rank.
  std::vector<std::vector<std::uint64_t>> upsets{};
};

// A workload as the harness uses it. `prepare` and `ideal` throw std::invalid_argument where a parameter is no good, in
// one line that names it. `ideal` is much the quicker, and of a calibrated kind measures how fast a core is.
struct Workload {
  WorkloadAbout about;
  std::vector<Series> series;
  std::vector<Ladder> ladders;
  std::function<Prepared(const Load&)> prepare;
  std::function<nanoseconds(const Load&)> ideal;
};

// Each item asks for its id, once, and so for all ids of the server's run; or the spec says what it is that is asked
// for.
template <class S>
concept AsksOnce = requires(const S& spec) {
  { spec.fingerprint() } -> std::same_as<std::uint64_t>;
};
template <class S>
concept AsksOtherwise = requires(const S& spec) {
  { spec.requests() } -> std::same_as<Requests>;
};

// A spec is made of a load and answers for each item of it; pure: no threads, no sockets, no clock but for calibration.
template <class S>
concept Spec = std::constructible_from<S, const Load&> && requires(const S& spec, std::uint32_t item) {
  { S::kAbout } -> std::convertible_to<const Declared&>;
  { spec.input(item) } -> std::same_as<ItemInput>;
  { spec.expected(item) } -> std::same_as<Expectation>;
  { spec.ideal() } -> std::same_as<nanoseconds>;
} && (AsksOnce<S> || AsksOtherwise<S>);

// Its items may leave files: whether those of this load do, and which.
template <class S>
concept Saves = requires(const S& spec, std::uint32_t item) {
  { spec.saves() } -> std::same_as<bool>;
  { spec.saved(item) } -> std::same_as<SavedFile>;
};

template <class S>
concept MayBeUpset = requires(const S& spec, std::uint32_t item) {
  { spec.upsets(item) } -> std::same_as<std::vector<std::uint64_t>>;
};

template <Spec S>
std::vector<SavedFile> saved_by(const S& spec, const Load& load) {
  std::vector<SavedFile> files;
  if constexpr (Saves<S>) {
    for (std::uint32_t item = 0; spec.saves() && item < load.items; ++item) files.push_back(spec.saved(item));
  }
  return files;
}

template <Spec S>
Requests requests_of(const S& spec, const Load& load) {
  if constexpr (AsksOtherwise<S>) return spec.requests();
  else return {.ids = load.items, .unique = load.items, .total = load.items, .fingerprint = spec.fingerprint()};
}

// In how many sub-lanes a lane does its item; 1: it does it by itself. Asked of the load alone, which need not be one
// that the spec would take.
template <class S>
concept SplitsItems = requires(const Load& load) {
  { S::sub_lanes(load) } -> std::same_as<std::uint32_t>;
};
template <Spec S>
std::uint32_t sub_lanes_of(const Load& load) {
  if constexpr (SplitsItems<S>) return S::sub_lanes(load);
  else return 1;
}

template <class S>
concept HandsOver = requires(const Load& load) {
  { S::handover(load) } -> std::same_as<Handover>;
};
// Throws as the spec does for a parameter that it needs.
template <Spec S>
Handover handover_of(const Load& load) {
  if constexpr (HandsOver<S>) return S::handover(load);
  else return {};
}

template <Spec S>
Workload workload() {
  Workload made{.about = about(S::kAbout),
                .series = {S::kAbout.series.begin(), S::kAbout.series.end()},
                .ladders = {S::kAbout.ladders.begin(), S::kAbout.ladders.end()},
                .prepare = {},
                .ideal = {}};
  made.ideal = [](const Load& load) { return S(load).ideal(); };
  made.prepare = [](const Load& load) {
    const S spec(load);
    Prepared prepared;
    prepared.inputs.reserve(load.items);
    prepared.expected.reserve(load.items);
    for (std::uint32_t item = 0; item < load.items; ++item) {
      prepared.inputs.push_back(spec.input(item));
      prepared.expected.push_back(spec.expected(item));
    }
    prepared.requests = requests_of(spec, load);
    prepared.handover = handover_of<S>(load);
    prepared.saved = saved_by(spec, load);
    if constexpr (MayBeUpset<S>) {
      for (std::uint32_t item = 0; item < load.items; ++item) prepared.upsets.push_back(spec.upsets(item));
    }
    return prepared;
  };
  return made;
}

// The workloads that this program was linked with, in the order of their list; made at each call.
std::vector<Workload> built_in_workloads();

}  // namespace interleave
