// Looking for the last rung of a ladder that is kept up with, in few trials, by trials that fail by chance.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

namespace interleave {

// From about a decade up the ladder: up by four rungs at a time until one fails twice, or down until one holds, then
// back between the last that held and the first that did not, one answer a rung. Then both of these are confirmed, and
// where that decides otherwise, the search goes on from there.
//
// A machine disturbs trials to one side only: what it could keep up with fails, and next to nothing keeps up by luck.
// So it is the best of the answers that tell of the load; the second best, for a freak is to decide nothing. Two that
// hold make a rung hold, and five that fail, against one at most, make it fail. Where one trial in five is disturbed,
// one rung in 600 is taken for its end; the majority of three, asked where the first of them has failed, takes one in
// three.
//
// A function of the answers alone, in whatever order they came.
class Search {
 public:
  // `also`: how far from the limit (below 0: easier) further rungs are wanted, with three answers each.
  explicit Search(std::size_t rungs, std::vector<int> also = {}) : answers_(rungs), also_(std::move(also)) {}

  // `is_sure`: another trial would say the same.
  void add(std::size_t rung, bool holds, bool is_sure = false);

  // The rung that the next trial is to be at; none: the search is over.
  std::optional<std::size_t> next() const;

  // As far as is known now.
  std::optional<std::size_t> last_that_holds() const;
  std::optional<std::size_t> first_that_does_not() const;
  // What a repeat finds lies between the two: the last one, up to that which holds, with which most of its trials kept
  // up, and not only the best of them; and the last beyond it with which a single trial did, and at each in between.
  std::optional<std::size_t> last_that_mostly_holds() const;
  std::optional<std::size_t> last_that_held_once() const;

 private:
  struct Answers {
    std::size_t hold = 0, all = 0;
    bool is_sure = false;
    // None: nobody was asked, or fewer say no than are to, and nobody yes.
    std::optional<bool> holds(std::size_t least_that_do_not) const;
    bool is_confirmed() const;
  };
  // Where the search stands: between `holds` and `fails`, or asking for a rung.
  struct Place {
    std::optional<std::size_t> holds, fails, asks;
  };
  bool look(Place& place, std::size_t rung, std::size_t least_that_do_not) const;
  bool stride(Place& place) const;
  Place place() const;

  std::vector<Answers> answers_;
  std::vector<int> also_;
};

}  // namespace interleave
