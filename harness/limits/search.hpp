// Looking for the last rung of a ladder that is kept up with, in few trials.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

namespace interleave {

// Up by four rungs at a time until one fails, back between the last that held and the first that did not, and both of
// these confirmed by two more answers each: the majority of three decides, and where it decides otherwise, the search
// goes on from there. A function of the answers alone, in whatever order they came.
class Search {
 public:
  // `also`: how far from the limit (below 0: easier) further rungs are wanted, with as many answers.
  explicit Search(std::size_t rungs, std::vector<int> also = {}) : answers_(rungs), also_(std::move(also)) {}

  // `is_sure`: another trial would say the same.
  void add(std::size_t rung, bool holds, bool is_sure = false);

  // The rung that the next trial is to be at; none: the search is over.
  std::optional<std::size_t> next() const;

  // As far as is known now.
  std::optional<std::size_t> last_that_holds() const;
  std::optional<std::size_t> first_that_does_not() const;

 private:
  struct Answers {
    std::size_t hold = 0, all = 0;
    bool is_sure = false;
    std::optional<bool> holds() const;  // none: there is none, or as many say so as not
    bool is_confirmed() const;
  };
  // Where the search stands: between `holds` and `fails`, or asking for a rung.
  struct Place {
    std::optional<std::size_t> holds, fails, asks;
  };
  Place place() const;

  std::vector<Answers> answers_;
  std::vector<int> also_;
};

}  // namespace interleave
