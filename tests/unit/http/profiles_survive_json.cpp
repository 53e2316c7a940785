// Profiles: JSON there and back, time scale, and errors that name what is wrong.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "harness/http/profile.hpp"
#include "harness/text/json_object.hpp"

namespace interleave {
namespace {

using namespace std::chrono_literals;

std::string error_of(const std::string& json) {
  try {
    parse_json(json, "profile").get<Profile>();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

std::string with(const std::string& from, const std::string& to) {
  std::string json = nlohmann::json(profile_named("error")).dump();
  const std::size_t at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << json;
  return at == std::string::npos ? json : json.replace(at, from.size(), to);
}

TEST(Profile, EveryNamedOneSurvivesJson) {
  for (const std::string_view name : profile_names()) {
    const nlohmann::json json = profile_named(name);
    EXPECT_EQ(nlohmann::json(json.get<Profile>()), json);
    EXPECT_EQ(json.get<Profile>().name, name);
  }
}

TEST(Profile, KeepsEveryFieldThroughJson) {
  const Profile hostile = nlohmann::json(profile_named("hostile")).get<Profile>();
  EXPECT_EQ(hostile.faults.size(), 8U + kFaults - 2);  // eight statuses, and every fault that is none
  EXPECT_EQ(hostile.faults[0].status, 418);
  EXPECT_EQ(hostile.faults.back().fault, Fault::garbage);
  const Profile remote = nlohmann::json(profile_named("remote")).get<Profile>();
  EXPECT_EQ(remote.delay.kind, DelayKind::lognormal);
  EXPECT_DOUBLE_EQ(remote.delay.sigma, 0.4);
  EXPECT_EQ(remote.bytes_high, 65536U);
}

TEST(Profile, TimeScaleMultipliesEveryDelay) {
  const Profile scaled = profile_named("delay", 0.1);
  EXPECT_EQ(scaled.delay.low, 5ms);
  EXPECT_EQ(scaled.delay.high, 50ms);
}

TEST(Profile, AnUnknownNameListsTheKnownOnes) {
  try {
    profile_named("nosuch");
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("nosuch"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("hostile"), std::string::npos);
  }
}

TEST(Profile, ErrorsNameTheKeyAtFault) {
  EXPECT_NE(error_of("{").find("profile: "), std::string::npos);
  EXPECT_NE(error_of(with("\"sigma\"", "\"sygma\"")).find("unknown key 'sygma'; known: kind"), std::string::npos);
  EXPECT_NE(error_of(with("uniform", "unifrom")).find("unifrom"), std::string::npos);
  EXPECT_NE(error_of(with("\"hang\"", "\"hung\"")).find("hung"), std::string::npos);
  EXPECT_NE(error_of(with("[1024,4096]", "[4096,1024]")).find("bytes"), std::string::npos);
  EXPECT_NE(error_of(with("\"low_us\":50000", "\"low_us\":-1")).find("delay"), std::string::npos);
}

TEST(Profile, WhatIsNotUsedMayBeLeftOut) {
  const Profile least = nlohmann::json::parse(R"({"name":"least","delay":{"kind":"none"}})").get<Profile>();
  const Profile local = profile_named("local");
  EXPECT_EQ(least.bytes_low, local.bytes_low);
  EXPECT_EQ(least.bytes_high, local.bytes_high);
  EXPECT_TRUE(least.faults.empty());
  EXPECT_EQ(least.delay.high, 0us);
  const Profile fixed =
      nlohmann::json::parse(
          R"({"name":"x","delay":{"kind":"fixed","low_us":5000},"faults":[{"fault":"hang","ppm":9}]})")
          .get<Profile>();
  EXPECT_EQ(fixed.delay.low, 5ms);
  EXPECT_EQ(fixed.delay.high, 5ms);
  EXPECT_EQ(fixed.faults.at(0).status, 200);
}

TEST(Profile, WhatIsUsedIsAskedForInASentence) {
  const std::pair<const char*, const char*> missing[] = {
      {R"({"delay":{"kind":"none"}})", "profile: the key 'name' is missing"},
      {R"({"name":"x"})", "profile: the key 'delay' is missing"},
      {R"({"name":"x","delay":{"low_us":1}})", "profile: delay: the key 'kind' is missing"},
      {R"({"name":"x","delay":{"kind":"fixed"}})", "profile: delay: the key 'low_us' is missing"},
      {R"({"name":"x","delay":{"kind":"uniform","low_us":1}})", "profile: delay: the key 'high_us' is missing"},
      {R"({"name":"x","delay":{"kind":"lognormal","low_us":1,"high_us":2}})",
       "profile: delay: the key 'sigma' is missing"},
      {R"({"name":"x","delay":{"kind":"pareto","low_us":1,"high_us":2}})",
       "profile: delay: the key 'shape' is missing"},
      {R"({"name":"x","delay":{"kind":"none"},"faults":[{"fault":"status","ppm":1}]})",
       "profile: faults: the key 'status' is missing"},
      {R"({"name":"x","delay":{"kind":"none"},"bytes":7})", "profile: bytes must be a list, [...]"},
      {R"({"name":"x","delay":{"kind":"none"},"bytes":[-1,7]})",
       "profile: bytes must be [low, high], whole numbers from 0 to 4294967295"},
      {R"({"name":"x","delay":"none"})", "profile: delay: must be an object, {\"key\": value, ...}"},
      {R"({"name":7,"delay":{"kind":"none"}})", "profile: name must be a text"},
      {R"([1])", "profile: must be an object, {\"key\": value, ...}"}};
  for (const auto& [json, sentence] : missing) EXPECT_EQ(error_of(json), sentence);
}

}  // namespace
}  // namespace interleave
