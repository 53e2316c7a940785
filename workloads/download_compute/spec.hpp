// download_compute's load, oracle and ideal.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/worker/offload.hpp"
#include "workloads/compute/kernel.hpp"
#include "workloads/download/spec.hpp"

namespace interleave {

struct DownloadComputeLoad : DownloadLoad {
  explicit DownloadComputeLoad(const Load& load)
      : DownloadLoad(load),
        share(whole_number(load.parameters, "cpu_share", 50)),
        squares_per_us(whole_number(load.parameters, "squares_per_us", 3000)),
        alone(time_span(load.parameters, "work", std::chrono::milliseconds(10))) {
    if (share < 0 || share > 100) throw std::invalid_argument("cpu_share must be 0 to 100 (percent)");
    if (squares_per_us < 1 || squares_per_us > 1'000'000)
      throw std::invalid_argument("squares_per_us must be 1 to 10^6");
    const double micros = std::chrono::duration<double, std::micro>(work()).count();
    grain = static_cast<std::uint64_t>(std::llround(micros * static_cast<double>(squares_per_us)));
  }
  std::int64_t share;           // percent
  std::int64_t squares_per_us;  // nominal, so that every trial does the same work
  std::chrono::microseconds alone;
  std::uint64_t grain;  // squares after each OK reply

 private:
  // What makes `share` percent of the mean item: its delay being the rest. Without delays an item can be all CPU or
  // none.
  nanoseconds work() const {
    const double delay = mean_delay();
    if (share == 0) return nanoseconds(0);
    if (share == 100 && delay == 0) return alone;
    if (share == 100 || delay == 0) {
      throw std::invalid_argument(
          "cpu_share=" + std::to_string(share) + " needs a profile " +
          (share == 100 ? "without delays (local)" : "with delays: without them it is 0 or 100"));
    }
    return nanoseconds(std::llround(delay * static_cast<double>(share) / static_cast<double>(100 - share)));
  }
  double mean_delay() const {  // of the replies that work follows, in nanoseconds
    double sum = 0;
    std::uint32_t count = 0;
    for (std::uint32_t item = 0; item < items; ++item) {
      const Fate fate = fates.of(item);
      if (expected_outcome(fate, timeout) != Outcome::ok) continue;
      sum += static_cast<double>(fate.delay.count());
      ++count;
    }
    return count == 0 ? 0 : sum / count;
  }
};

struct DownloadComputeSpec {
  using PreparedLoad = DownloadComputeLoad;
  static constexpr std::string_view kName = "download_compute";
  static constexpr std::string_view kNeeds = "needs the capabilities deadline (fetch_within) and offload";
  static constexpr std::array kParameters{
      Setting{"cpu_share", "50",
              "percent of the mean item's ideal time that is CPU work after its reply, 0 to 100; the profile's "
              "delays are the rest, so 100 needs one without delays"},
      Setting{"work", "10ms", "CPU work an item with cpu_share=100"},
      Setting{"squares_per_us", "3000",
              "what counts as a microsecond of CPU work, 1 to 10^6; --calibrate of any worker measures it"}};
  static constexpr bool kConnects = true;
  static constexpr bool kOffloads = true;

  // Only an OK reply has content to work on; the work depends on that content.
  static bool has_work(const DownloadComputeLoad& load, const ItemResult& fetched) {
    return fetched.outcome == Outcome::ok && load.grain != 0;
  }
  static Work work(const DownloadComputeLoad& load, const ItemResult& fetched) {
    return {&sum_of_squares, fetched.digest >> 32, load.grain};
  }
  static ItemResult result(ItemResult fetched, std::uint64_t sum) {
    fetched.digest = mix64(fetched.digest, sum);
    return fetched;
  }

  static Expected expected(const DownloadComputeLoad& load, std::uint32_t item) {
    Expected want = DownloadSpec::expected(load, item);
    if (want.outcome == Outcome::ok && load.grain != 0) {
      want.digest = mix64(want.digest, sum_of_squares_by_formula(want.digest >> 32, load.grain));
    }
    return want;
  }

  // The greater of two bounds: the list schedule of the items' delays with their work behind them, as if every lane had
  // a core of its own; and all work on the cores there are, from the first reply on. The speed of a core is measured in
  // this process.
  static nanoseconds ideal(const DownloadComputeLoad& load) {
    const double square = load.grain == 0 ? 0 : time_of_one_square().count();
    const nanoseconds work(std::llround(square * static_cast<double>(load.grain)));
    std::uint64_t works = 0;
    nanoseconds first_reply = nanoseconds::max();
    const nanoseconds waiting = list_schedule(load.items, load.in_flight, [&](std::uint32_t item) {
      const Fate fate = load.fates.of(item);
      const nanoseconds hold = expected_hold(fate, load.timeout);
      if (expected_outcome(fate, load.timeout) != Outcome::ok) return hold;
      ++works;
      first_reply = std::min(first_reply, hold);
      return hold + work;
    });
    if (works == 0) return waiting;
    const nanoseconds computing = first_reply + work * works / std::min<std::uint64_t>(load.cores, works);
    return std::max(waiting, computing);
  }
  static std::uint64_t fingerprint(const DownloadComputeLoad& load) { return DownloadSpec::fingerprint(load); }
};

}  // namespace interleave
