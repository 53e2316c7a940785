// Breaking lines.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/wrapped.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

namespace interleave {
namespace {

std::vector<std::string> words_of(const std::string& text, std::size_t widest) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    for (; word.size() > widest; word.erase(0, widest)) words.push_back(word.substr(0, widest));
    words.push_back(word);
  }
  return words;
}

}  // namespace

std::string wrapped(const std::string& start, const std::string& text, std::size_t indent) {
  std::string lines, line = start;
  bool bare = true;  // nothing behind the start or the indent yet
  for (const std::string& word : words_of(text, kColumns - indent)) {
    const std::string blank = bare ? "" : " ";
    if (line.size() + blank.size() + word.size() > kColumns) {
      lines += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
      line = std::string(indent, ' ') + word;
    } else {
      line += blank + word;
    }
    bare = false;
  }
  return lines + line + "\n";
}

std::size_t width_of(const std::string& lines) {
  std::istringstream in(lines);
  std::size_t widest = 0;
  for (std::string line; std::getline(in, line);) widest = std::max(widest, line.size());
  return widest;
}

}  // namespace interleave
