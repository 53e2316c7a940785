// C++ deals the golden fates, which the Python oracle wrote, to the bit.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/http/fate.hpp"

namespace interleave {
namespace {

TEST(GoldenFates, AreDealtToTheBit) {
  std::ifstream file(INTERLEAVE_GOLDEN_FATES);
  const auto golden = nlohmann::json::parse(file);
  std::size_t checked = 0;
  for (const auto& each : golden) {
    const Fates fates(each.at("profile").get<Profile>(), each.at("seed"), each.at("items"));
    for (const auto& row : each.at("fates")) {
      const std::uint64_t item = row.at(0);
      const std::uint32_t attempt = row.at(1);
      const Fate fate = fates.of(item, attempt);
      ASSERT_EQ(name_of(fate.fault), row.at(2).get<std::string>()) << row;
      ASSERT_EQ(fate.status, row.at(3).get<int>()) << row;
      ASSERT_EQ(fate.bytes, row.at(4).get<std::uint32_t>()) << row;
      ASSERT_EQ(fate.delay.count(), row.at(5).get<std::int64_t>()) << row;
      ASSERT_EQ(fate.bytes_per_second, row.at(6).get<std::uint32_t>()) << row;
      ASSERT_EQ(fingerprint_of(item, attempt, fate), std::stoull(row.at(7).get<std::string>(), nullptr, 16)) << row;
      ++checked;
    }
  }
  EXPECT_GE(checked, 1000U);
}

}  // namespace
}  // namespace interleave
