// What the client knows of a run, and every point in which a ledger differs from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/http/fate.hpp"
#include "harness/server/exchange.hpp"

namespace interleave::soak {

class Account {
 public:
  explicit Account(std::uint64_t items) : items_(items) {}

  void opened() { ++opened_; }
  // A connection is over that carried so many whole requests for items.
  void closed(std::uint64_t requests);
  // A whole request was handed to the kernel; `repeated`: this item and attempt had been asked for before.
  void asked(std::uint64_t item, std::uint32_t attempt, const Fate& fate, bool repeated);
  // Of each exchange one of these: the ledger must count it so, or may count it in either of two ways.
  void ended(Ending how) { ++sure_[index(how)]; }
  void ended(Ending how, Ending or_else) {
    ++unsure_[index(how)];
    ++unsure_[index(or_else)];
    ++either_;
  }
  void received(std::uint64_t bytes) { received_ += bytes; }

  std::uint64_t requests() const { return requests_; }
  std::uint64_t either() const { return either_; }

  // One sentence for each count that is not as it must be; empty if the ledger is right.
  std::vector<std::string> differences(const nlohmann::json& ledger) const;

 private:
  static std::size_t index(Ending how) { return static_cast<std::size_t>(how); }
  std::uint64_t items_;
  std::uint64_t opened_ = 0, used_ = 0, most_on_a_connection_ = 0;
  std::uint64_t requests_ = 0, unique_ = 0, retries_ = 0, duplicates_ = 0, hangs_ = 0, fingerprint_ = 0, received_ = 0;
  std::uint64_t either_ = 0;
  std::array<std::uint64_t, 3> sure_{}, unsure_{};
  std::map<std::string, std::uint64_t> fates_;
};

// Whether a fate never ends by itself, and how its exchange ends if the client waits.
bool never_ends(const Fate& fate) noexcept;
Ending natural_ending(const Fate& fate) noexcept;

}  // namespace interleave::soak
