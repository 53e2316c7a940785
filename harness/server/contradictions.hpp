// What each key of an explicit fate allows by itself may not make sense together.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "harness/server/explicit_fate.hpp"

namespace interleave {

// Throws BadFate where two of the given keys contradict each other, where one names a part of the reply that the fault
// does not leave, or where the whole reply would take more than 300 s. `fate` and `plan` are what the keys came to.
void refuse_contradictions(const FateKeys& keys, const Fate& fate, const ReplyPlan& plan);

}  // namespace interleave
