// A verdict in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "harness/judge/reason.hpp"
#include "harness/plan/plan.hpp"
#include "harness/verdict/point_verdict.hpp"

namespace interleave {

// A model that has no say at a point.
struct LeftOut {
  std::string model;
  std::string status;  // of its cell: void, skipped, too_slow or not_run
  Reason reason;
};

// One sentence without the point's name, such as "a wins: 12.0 % better than b in CPU per item".
std::string sentence_for(const Point& point, const PointVerdict& verdict, const std::vector<Contestant>& contestants,
                         const std::vector<LeftOut>& left_out, double margin);

}  // namespace interleave
