// What all shards of one server share: the ledger, the notes on retries, limits of rate and load, and the fates dealt
// while no run is open. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <utility>

#include "harness/server/admission.hpp"
#include "harness/server/ledger.hpp"
#include "harness/server/retry_book.hpp"
#include "harness/server/run.hpp"

namespace interleave {

struct Service {
  Service(unsigned shards, RunFates fates) : ledger(shards), standing(std::move(fates)) {}
  Ledger ledger;
  const RunFates standing;  // the command line's profile, seed and items
  RetryBook retries;
  Admission admission;
};

}  // namespace interleave
