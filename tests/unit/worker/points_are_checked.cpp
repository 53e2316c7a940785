// Point files: every field arrives, and a bad one is refused in a line that names file and field.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/load/point.hpp"

namespace interleave {
namespace {

class Points : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "points_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string with(const std::string& from, const std::string& to) {
    std::string text =
        R"({"schema":1,"workload":"download","items":100,"in_flight":10,"cores":2,"seed":18446744073709551615,)"
        R"("timeout_us":3000,"profile":)" +
        nlohmann::json(profile_named("error")).dump() + R"(,"port":8080,"parameters":{"a":"1"},"policies":{"b":"2"}})";
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    const auto file = folder_ / "point.json";
    std::ofstream(file) << text;
    return file.string();
  }
  std::string error_of(const std::string& from, const std::string& to) {
    try {
      read_point(with(from, to));
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }
  std::filesystem::path folder_;
};

TEST_F(Points, EveryFieldArrives) {
  const Load load = read_point(with("", ""));
  EXPECT_EQ(load.workload, "download");
  EXPECT_EQ(load.items, 100U);
  EXPECT_EQ(load.in_flight, 10U);
  EXPECT_EQ(load.cores, 2U);
  EXPECT_EQ(load.seed, UINT64_MAX);
  EXPECT_EQ(load.timeout, std::chrono::milliseconds(3));
  EXPECT_EQ(nlohmann::json(load.profile), nlohmann::json(profile_named("error")));
  EXPECT_EQ(load.port, 8080);
  EXPECT_EQ(load.parameters.at("a"), "1");
  EXPECT_EQ(load.policies.at("b"), "2");
}

TEST_F(Points, ABadFieldIsNamed) {
  const std::pair<const char*, const char*> bad[] = {{"\"items\":100", "\"items\":0"},
                                                     {"\"items\":100", "\"items\":-1"},
                                                     {"\"items\":100", "\"items\":1.5"},
                                                     {"\"items\":100", "\"items\":5000000000"},
                                                     {"\"in_flight\":10", "\"in_flight\":0"},
                                                     {"\"in_flight\":10", "\"in_flight\":101"},
                                                     {"\"cores\":2", "\"cores\":0"},
                                                     {"\"seed\":18446744073709551615", "\"seed\":-1"},
                                                     {"\"port\":8080", "\"port\":65536"},
                                                     {"\"timeout_us\":3000", "\"timeout_us\":\"3ms\""},
                                                     {"\"parameters\":{\"a\":\"1\"}", "\"parametres\":{}"}};
  for (const auto& [from, to] : bad) {
    const std::string error = error_of(from, to);
    const std::string key = std::string(from).substr(1, std::string(from).find('"', 1) - 1);
    EXPECT_NE(error.find("point.json: "), std::string::npos) << to << ": " << error;
    EXPECT_NE(error.find(key), std::string::npos) << to << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

TEST_F(Points, OfAnotherVersionOrNoneAreRefused) {
  EXPECT_NE(error_of("\"schema\":1", "\"schema\":2").find("another version"), std::string::npos);
  EXPECT_NE(error_of("{\"schema\"", "\"schema\""), "");
  EXPECT_THROW(read_point((folder_ / "nosuch.json").string()), std::runtime_error);
}

std::string flag_error(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Flags, MakeALoad) {
  Load load;
  set_parameter(load, "grain=5");
  set_parameter(load, "timeout=5ms");
  set_policy(load, "offload=threads");
  EXPECT_EQ(load.parameters.at("grain"), "5");
  EXPECT_EQ(load.parameters.count("timeout"), 0U);
  EXPECT_EQ(load.timeout, std::chrono::milliseconds(5));
  EXPECT_EQ(load.policies.at("offload"), "threads");
  EXPECT_EQ(port_of("127.0.0.1:80"), 80);
  EXPECT_EQ(port_of("localhost:65535"), 65535);
  EXPECT_EQ(whole_number("--items", "12", kItems), 12U);
  EXPECT_EQ(whole_number("--seed", "18446744073709551615", kSeeds), UINT64_MAX);
}

TEST(Flags, SayWhatIsWrong) {
  Load load;
  EXPECT_NE(flag_error([&] { set_parameter(load, "grain"); }).find("--set"), std::string::npos);
  EXPECT_NE(flag_error([&] { set_policy(load, "=x"); }).find("--policy"), std::string::npos);
  for (const char* const server : {"example.org:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:x"}) {
    EXPECT_NE(flag_error([&] { port_of(server); }), "") << server;
  }
  for (const char* const items : {"0", "-1", "4294967295", "18446744073709551616", "5x", ""}) {
    EXPECT_EQ(flag_error([&] { whole_number("--items", items, kItems); }),
              std::string("--items=") + items + " must be a whole number from 1 to 4294967294");
  }
}

}  // namespace
}  // namespace interleave
