// Single trials of both sides, of which the fast ones count: what disturbs a trial makes it slower, and a machine that
// is at times a third slower leaves the fast ones as they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <span>

namespace interleave {

// Logarithms of a block's costs: base's two, then head's two. Infinite where the load was not kept up.
using TrialCosts = std::array<double, 4>;

// The exact one-sided p of "head is not slower": each trial scores by how early it comes among all of the cell, 0 from
// the slower half on, and which side of a block has which scores is a fair coin, were the programs equal. 1 where there
// are none.
double fast_trials_p(std::span<const TrialCosts> blocks);

// Head's lower quartile over base's, as a logarithm; 0 where there are none.
double fast_change(std::span<const TrialCosts> blocks);

// Its standard error, of blocks that are drawn anew; infinite where there are fewer than two.
double fast_change_error(std::span<const TrialCosts> blocks);

// The least change of head, as a logarithm from `least` to `most`, at which the test is passed at `level` in 95 of 100
// sets of `rounds` blocks like these, about; infinite where none is.
double fast_change_found(std::span<const TrialCosts> blocks, std::size_t rounds, double level, double least,
                         double most);

}  // namespace interleave
