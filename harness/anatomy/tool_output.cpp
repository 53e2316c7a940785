// Parsing strace's table of calls, and callgrind's sum.
// SPDX-License-Identifier: Apache-2.0
#include "harness/anatomy/tool_output.hpp"

#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace interleave {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

// Columns: % time, seconds, usecs/call, calls, [errors,] syscall.
CallCounts parse_strace_summary(std::string_view text) {
  CallCounts counts;
  std::istringstream in{std::string(text)};
  bool header = false;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() >= 5 && words.back() == "syscall") header = true;
    const bool row = header && (words.size() == 5 || words.size() == 6) &&
                     words[0].find_first_not_of("0123456789.") == std::string::npos;
    if (row && words.back() != "total") counts[words.back()] += std::stoull(words[3]);
  }
  if (!header) throw std::invalid_argument("no summary of strace: is strace allowed to trace here?");
  return counts;
}

// A line "totals: N" ends the file; one that was cut has none.
std::uint64_t parse_callgrind_total(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::optional<std::uint64_t> total;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() >= 2 && words[0] == "totals:") total = std::stoull(words[1]);
  }
  if (!total) throw std::invalid_argument("no sum of callgrind's: did valgrind run to its end?");
  return *total;
}

std::map<std::string, double> calls_per_item(const CallCounts& small, std::uint64_t items_small,
                                             const CallCounts& large, std::uint64_t items_large, double least) {
  std::map<std::string, double> slopes;
  const auto items = static_cast<double>(items_large - items_small);
  for (const auto& [name, count] : large) {
    const auto before = small.find(name);
    const double slope =
        (static_cast<double>(count) - (before == small.end() ? 0.0 : static_cast<double>(before->second))) / items;
    if (slope >= least) slopes[name] = slope;
  }
  return slopes;
}

}  // namespace interleave
