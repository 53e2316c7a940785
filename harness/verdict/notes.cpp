// Folding what is void, skipped or too slow.
// SPDX-License-Identifier: Apache-2.0
#include "harness/verdict/notes.hpp"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "harness/judge/reason.hpp"
#include "harness/verdict/wrapped.hpp"

namespace interleave {
namespace {

using nlohmann::json;

struct Fold {
  std::string kind, model, text, label;  // text and label are the first ones
  int rounds = 0, of = 0, loads = 0;
  bool lost = false;  // its rounds count, as the worst of all
};

// Where no check is named, reasons that differ in their numbers alone are of one kind.
std::string kind_of(const Reason& reason) {
  if (!reason.check.empty()) return reason.check + ":";
  std::string kind;
  for (const char c : reason.text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) kind += c;
  }
  return kind;
}

class Folds {
 public:
  void add(const json& cell, const std::string& label) {
    const std::string model = cell.at("model");
    const bool ranked = cell.at("status") == "valid";
    for (const json& each : cell.at("left_out")) {
      const bool unsustained = each.at("kind") == "unsustained";
      const std::string kind = unsustained ? "void" : each.at("kind").get<std::string>();
      const Reason reason = each.get<Reason>();
      Fold& fold = fold_of({kind, model, kind_of(reason), unsustained && ranked});
      if (fold.loads++ == 0) {
        const std::string text = kind == "too_slow" ? reason.text : reason.sentence();
        fold = {.kind = kind,
                .model = model,
                .text = text,
                .label = label,
                .rounds = 0,
                .of = 0,
                .loads = 1,
                .lost = unsustained && ranked};
      }
      fold.rounds += each.at("rounds").get<int>();
      fold.of +=
          cell.at("rounds_valid").get<int>() + cell.at("rounds_void").get<int>() + cell.at("rounds_skipped").get<int>();
    }
  }

  std::string text() const {
    std::string lines;
    for (const char* kind : {"void", "too_slow", "skipped"}) {
      for (const Fold& fold : folds_) {
        if (fold.kind == kind) lines += line_of(fold);
      }
    }
    return lines;
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string, bool>;

  Fold& fold_of(const Key& key) {
    const auto [found, added] = place_.try_emplace(key, folds_.size());
    if (added) folds_.emplace_back();
    return folds_[found->second];
  }

  static std::string line_of(const Fold& fold) {
    const std::string start = fold.kind == "too_slow" ? "too slow" : fold.kind;
    // Who was skipped when planning has no rounds; who lost patience has not run the rest of its own.
    std::string count = fold.kind == "void" ? fmt::format(" {} of {} trials:", fold.rounds, fold.of) : "";
    if (fold.lost) count = fmt::format(" {} of {} rounds, counted as lost:", fold.rounds, fold.of);
    if (fold.kind == "too_slow") count = " last place:";
    const std::string more = fold.loads > 1 ? fmt::format(", and {} more", fold.loads - 1) : "";
    return wrapped(start + ": ", fmt::format("{}:{} {} ({}{})", fold.model, count, fold.text, fold.label, more), 2);
  }

  std::vector<Fold> folds_;
  std::map<Key, std::size_t> place_;
};

}  // namespace

std::string notes_of(const json& verdict) {
  Folds folds;
  for (const json& point : verdict.at("points")) {
    for (const json& cell : point.at("cells")) folds.add(cell, point.at("label"));
  }
  return folds.text();
}

}  // namespace interleave
