// The quantile through Boost.Math's inverse complementary error function.
// SPDX-License-Identifier: Apache-2.0
#include "harness/numbers/normal_quantile.hpp"

#include <boost/math/special_functions/erf.hpp>

namespace interleave {

double normal_quantile(std::uint64_t rank, std::uint64_t n) noexcept {
  constexpr double kRootTwo = 1.41421356237309504880;
  const bool lower = rank < n / 2;
  const std::uint64_t mirrored = lower ? rank : n - 1 - rank;
  const double p = (2.0 * static_cast<double>(mirrored) + 1.0) / (2.0 * static_cast<double>(n));
  if (2 * mirrored + 1 == n) return 0.0;
  const double z = kRootTwo * boost::math::erfc_inv(2.0 * p);
  return lower ? -z : z;
}

}  // namespace interleave
