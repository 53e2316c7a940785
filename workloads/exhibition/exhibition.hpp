// exhibition: one player, many boards; between the player's moves the others think.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "workloads/exhibition/blocking.hpp"
#include "workloads/exhibition/callback.hpp"
#include "workloads/exhibition/coroutine.hpp"
#include "workloads/exhibition/spec.hpp"

namespace interleave {

struct Exhibition : ExhibitionBlocking, ExhibitionCallback, ExhibitionCoroutine {
  using Spec = ExhibitionSpec;
};

}  // namespace interleave
