// Promise: a limit of a control group is found wherever it is set: own or inherited, of version 1 or 2, in a container.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "harness/machine/cgroup.hpp"
#include "harness/posix/scratch.hpp"

namespace interleave {
namespace {

namespace fs = std::filesystem;

// A process's directory in /proc, and the hierarchies that it names.
class Groups : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    const fs::path file = scratch_.path() / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::app) << text;
  }
  void mount_v1(const std::string& controllers, const std::string& root = "/") {
    mount(controllers, root, "cgroup cgroup rw," + controllers);
  }
  void mount_v2(const std::string& root = "/") { mount("unified", root, "cgroup2 cgroup2 rw,nsdelegate"); }
  fs::path self() const { return scratch_.path() / "self"; }
  const Scratch scratch_;

 private:
  void mount(const std::string& folder, const std::string& root, const std::string& type) {
    fs::create_directories(scratch_.path() / folder);
    write("self/mountinfo",
          "36 35 0:30 " + root + " " + (scratch_.path() / folder).string() + " rw,nosuid shared:9 - " + type + "\n");
  }
};

TEST_F(Groups, NothingLimitsWithoutThem) {
  const CgroupLimits limits = read_cgroup_limits(self());
  EXPECT_TRUE(limits.cpu.empty() && limits.memory.empty() && limits.tasks.empty());
  EXPECT_EQ(ThrottleMeter(self()).now().periods, 0U);
}

TEST_F(Groups, AQuotaOfVersion2) {
  mount_v2();
  write("self/cgroup", "0::/job\n");
  write("unified/job/cpu.max", "50000 100000\n");
  const auto quota = tightest(read_cgroup_limits(self()).cpu);
  ASSERT_TRUE(quota);
  EXPECT_DOUBLE_EQ(quota->cores, 0.5);
  EXPECT_EQ(quota->period, std::chrono::milliseconds(100));
  EXPECT_EQ(quota->file, (scratch_.path() / "unified/job/cpu.max").string());
}

TEST_F(Groups, AQuotaThatIsInherited) {
  mount_v2();
  write("self/cgroup", "0::/outer/middle/inner\n");
  write("unified/outer/middle/inner/cpu.max", "max 100000\n");
  write("unified/outer/middle/cpu.max", "300000 100000\n");
  write("unified/outer/cpu.max", "150000 100000\n");
  const CgroupLimits limits = read_cgroup_limits(self());
  EXPECT_EQ(limits.cpu.size(), 2U);
  EXPECT_DOUBLE_EQ(tightest(limits.cpu)->cores, 1.5);
}

TEST_F(Groups, VersionOneHasAFolderForEachController) {
  mount_v1("cpu,cpuacct");
  mount_v1("memory");
  mount_v1("pids");
  mount_v2();  // beside them, without controllers
  write("self/cgroup", "5:pids:/p\n4:memory:/m\n3:cpu,cpuacct:/c\n0::/\n");
  write("cpu,cpuacct/c/cpu.cfs_quota_us", "50000\n");
  write("cpu,cpuacct/c/cpu.cfs_period_us", "100000\n");
  write("cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  write("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  write("memory/m/memory.limit_in_bytes", "1000000\n");
  write("memory/m/memory.usage_in_bytes", "700000\n");
  write("memory/m/memory.stat", "cache 5\ntotal_inactive_file 100000\n");
  write("memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("pids/p/pids.max", "100\n");
  write("pids/p/pids.current", "93\n");
  const CgroupLimits limits = read_cgroup_limits(self());
  ASSERT_EQ(limits.cpu.size(), 1U);
  EXPECT_DOUBLE_EQ(limits.cpu[0].cores, 0.5);
  ASSERT_EQ(limits.memory.size(), 1U) << "a number close to 2^63 is no limit";
  EXPECT_EQ(limits.memory[0].most, 1'000'000U);
  EXPECT_EQ(limits.memory[0].left, 400'000U) << "what could be dropped from caches is left";
  ASSERT_EQ(limits.tasks.size(), 1U);
  EXPECT_EQ(limits.tasks[0].left, 7U);
}

TEST_F(Groups, MemoryOfVersion2IsTheLowerOfItsTwo) {
  mount_v2();
  write("self/cgroup", "0::/outer/inner\n");
  write("unified/outer/inner/memory.current", "300\n");
  write("unified/outer/inner/memory.high", "1000\n");
  write("unified/outer/inner/memory.max", "2000\n");
  write("unified/outer/memory.current", "400\n");
  write("unified/outer/memory.high", "max\n");
  write("unified/outer/memory.max", "5000\n");
  write("unified/outer/memory.stat", "anon 300\ninactive_file 50\n");
  const auto memory = read_cgroup_limits(self()).memory;
  ASSERT_EQ(memory.size(), 2U);
  EXPECT_EQ(memory[0].most, 1000U);
  EXPECT_EQ(memory[0].left, 700U);
  EXPECT_EQ(memory[1].left, 4650U);
}

TEST_F(Groups, TheLeastLeftNeedNotBeTheLeast) {
  mount_v2();
  write("self/cgroup", "0::/outer/inner\n");
  write("unified/outer/inner/pids.max", "50\n");
  write("unified/outer/inner/pids.current", "10\n");
  write("unified/outer/pids.max", "1000\n");
  write("unified/outer/pids.current", "995\n");
  const auto tasks = read_cgroup_limits(self()).tasks;
  EXPECT_EQ(tightest(tasks)->most, 50U);
  EXPECT_EQ(least_left(tasks)->left, 5U);
}

// Docker without a name space for groups shows only the container's part, below /docker/<id>.
TEST_F(Groups, AContainerSeesAPartOfTheHierarchy) {
  mount_v1("memory", "/docker/4711");
  write("self/cgroup", "4:memory:/docker/4711/below\n");
  write("memory/below/memory.limit_in_bytes", "2000\n");
  write("memory/memory.limit_in_bytes", "1000\n");
  EXPECT_EQ(tightest(read_cgroup_limits(self()).memory)->most, 1000U);
}

TEST_F(Groups, AGroupOutsideOfWhatIsShownIsWhatIsShown) {
  mount_v2("/");
  write("self/cgroup", "0::/../../elsewhere\n");
  write("unified/pids.max", "12\n");
  EXPECT_EQ(tightest(read_cgroup_limits(self()).tasks)->most, 12U);
}

TEST_F(Groups, ThrottledPeriodsAreCountedOnEveryLevel) {
  mount_v2();
  write("self/cgroup", "0::/outer/inner\n");
  write("unified/outer/inner/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 2\nthrottled_usec 300\n");
  write("unified/outer/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 5\nthrottled_usec 700\n");
  const ThrottleMeter meter(self());
  EXPECT_EQ(meter.now().periods, 7U);
  EXPECT_EQ(meter.now().stopped, std::chrono::milliseconds(1));
  fs::remove(scratch_.path() / "unified/outer/cpu.stat");
  write("unified/outer/cpu.stat", "nr_throttled 6\nthrottled_usec 700\n");
  EXPECT_EQ(meter.now().periods, 8U) << "each call looks anew";
}

TEST_F(Groups, NamesMayHaveSpaces) {
  fs::create_directories(scratch_.path() / "a b");
  std::string escaped = (scratch_.path() / "a b").string();
  escaped.replace(escaped.find(' '), 1, "\\040");
  write("self/mountinfo", "36 35 0:30 / " + escaped + " rw - cgroup2 cgroup2 rw\n");
  write("self/cgroup", "0::/job\n");
  write("a b/job/pids.max", "3\n");
  EXPECT_EQ(tightest(read_cgroup_limits(self()).tasks)->most, 3U);
}

TEST(OwnGroups, AreRead) {  // whatever they are here
  EXPECT_NO_THROW(read_cgroup_limits());
  const ThrottleMeter meter;
  const Throttled before = meter.now();
  EXPECT_GE(meter.now().periods, before.periods);
}

}  // namespace
}  // namespace interleave
