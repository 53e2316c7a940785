// trials.jsonl: what is finished is never lost, a torn last line is, and damage is refused.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "harness/results/run_directory.hpp"

namespace interleave {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class RunDirectory : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = (fs::temp_directory_path() / "interleave-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    dir_ = path;
  }
  void TearDown() override { fs::remove_all(dir_); }

  static json trial(unsigned number) {
    return {{"schema", 1},
            {"trial", number},
            {"round", 0U},
            {"point", "p"},
            {"model", "m"},
            {"verdict", "valid"},
            {"reasons", json::array()},
            {"padding", std::string(100, 'x')}};
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(dir_ / name) << text; }
  std::string text_of(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(dir_ / name).rdbuf();
    return text.str();
  }
  void append_three() {
    TrialLog log(dir_, 0);
    for (unsigned i = 0; i < 3; ++i) log.append(trial(i));
  }
  fs::path dir_;
};

TEST_F(RunDirectory, NoTrialsYet) {
  const StoredTrials stored = read_trials(dir_);
  EXPECT_TRUE(stored.trials.empty());
  EXPECT_EQ(stored.whole_bytes, 0U);
}

TEST_F(RunDirectory, TrialsComeBackAsTheyWere) {
  append_three();
  const StoredTrials stored = read_trials(dir_);
  ASSERT_EQ(stored.trials.size(), 3U);
  EXPECT_EQ(stored.trials[2], trial(2));
  EXPECT_FALSE(stored.torn);
  EXPECT_EQ(stored.whole_bytes, fs::file_size(dir_ / "trials.jsonl"));
}

TEST_F(RunDirectory, ATextThatIsNoneIsKeptAsFarAsItIs) {
  json odd = trial(0);
  odd["reasons"].push_back({{"check", "worker"}, {"text", std::string("\xe9") + "chec"}});
  TrialLog(dir_, 0).append(odd);
  const StoredTrials stored = read_trials(dir_);
  ASSERT_EQ(stored.trials.size(), 1U);
  EXPECT_EQ(stored.trials[0]["reasons"][0]["text"], std::string("\xef\xbf\xbd") + "chec");
}

TEST_F(RunDirectory, ALineTornAnywhereIsLeftOutAndOverwritten) {
  append_three();
  const std::string whole = text_of("trials.jsonl");
  const std::size_t third = whole.size() / 3 * 2;
  for (std::size_t size = third + 1; size < whole.size(); size += 7) {
    write("trials.jsonl", whole.substr(0, size));
    const StoredTrials stored = read_trials(dir_);
    ASSERT_EQ(stored.trials.size(), 2U) << size;
    EXPECT_TRUE(stored.torn);
    TrialLog(dir_, stored.whole_bytes).append(trial(2));
    EXPECT_EQ(text_of("trials.jsonl"), whole);
  }
}

TEST_F(RunDirectory, DamageBeforeTheLastLineIsRefused) {
  append_three();
  std::string text = text_of("trials.jsonl");
  text[text.size() / 2] = '\n';
  write("trials.jsonl", text);
  EXPECT_THROW(read_trials(dir_), DamagedRun);
}

TEST_F(RunDirectory, AFullDiskKeepsWhatIsFinished) {
  append_three();
  const auto size = fs::file_size(dir_ / "trials.jsonl");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  rlimit narrow = before;
  narrow.rlim_cur = size + 20;  // the fourth line fits in part
  setrlimit(RLIMIT_FSIZE, &narrow);
  {
    TrialLog log(dir_, size);
    EXPECT_THROW(log.append(trial(3)), std::system_error);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  const StoredTrials stored = read_trials(dir_);
  EXPECT_EQ(stored.trials.size(), 3U);
  EXPECT_FALSE(stored.torn) << "the part of the line was cut off again";
}

TEST_F(RunDirectory, AFileIsReplacedWholeAndLeavesNothingBehind) {
  write_durably(dir_ / "plan.json", "old");
  write_durably(dir_ / "plan.json", "new");
  EXPECT_EQ(text_of("plan.json"), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_), fs::directory_iterator()), 1);
  EXPECT_THROW(write_durably(dir_ / "absent" / "plan.json", "x"), std::system_error);
}

std::string refusal_of(const fs::path& dir) {
  try {
    read_plan(dir, "0.1.0");
  } catch (const DamagedRun& refused) {
    return refused.what();
  }
  return "";
}

TEST_F(RunDirectory, OnlyAPlanOfThisVersionIsRead) {
  EXPECT_NE(refusal_of(dir_ / "absent").find("not a directory"), std::string::npos);
  EXPECT_NE(refusal_of(dir_).find("no plan.json"), std::string::npos);
  write("plan.json", "{\"schema\":1,");
  EXPECT_NE(refusal_of(dir_).find("damaged"), std::string::npos);
  write("plan.json", R"({"schema":2,"version":"0.1.0"})");
  EXPECT_NE(refusal_of(dir_).find("another schema"), std::string::npos);
  write("plan.json", R"({"schema":1,"version":"9.9.9"})");
  EXPECT_NE(refusal_of(dir_).find("9.9.9"), std::string::npos);
  write("plan.json", R"({"schema":1,"version":"0.1.0"})");
  EXPECT_EQ(refusal_of(dir_), "");
}

}  // namespace
}  // namespace interleave
