// Replies that depend on the moment and not on the request alone: a limited rate (429) and a load that is shed (503).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace interleave {

// What an explicit request says of the path it asks for. Never part of a seeded fate: who is refused depends on who
// came first.
struct AdmissionRule {
  double per_second = 0;         // tokens that the path's bucket gets; 0: no limit
  std::uint32_t burst = 1;       // tokens it holds, and begins with
  std::uint32_t shed_above = 0;  // requests of the path under way, above which another is shed; 0: never
};

struct Admitted {
  enum class Verdict : std::uint8_t { yes, over_rate, over_load, too_many_paths };
  Verdict verdict = Verdict::yes;
  std::uint32_t retry_after_s = 0;  // where refused: whole seconds until a token is there; 1 where load was shed
};

// One bucket and one count of requests under way for each path. May be used by all shards at once.
class Admission {
 public:
  static constexpr std::size_t kMostPaths = 10'000;
  static std::uint64_t key_of(std::string_view path) noexcept;  // never 0

  // Asks for a request at `now` (CLOCK_MONOTONIC, ns). A yes takes a token, and counts as under way until left() if the
  // rule has shed_above. A bucket asked with another rate or burst than before begins anew, full.
  Admitted ask(std::uint64_t path, const AdmissionRule& rule, std::int64_t now);
  void left(std::uint64_t path);

 private:
  struct Gate {
    double per_second = 0, tokens = 0;
    std::uint32_t burst = 0, under_way = 0;
    std::int64_t filled_ns = 0;
    double tokens_at(std::int64_t now) const noexcept;
  };
  void forget_idle(std::int64_t now);
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Gate> gates_;
};

}  // namespace interleave
