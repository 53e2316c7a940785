// How far a run is, on stderr: a bar with the time left on a terminal, plain lines otherwise.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace interleave {

// What cannot be written, or only by waiting for a reader, is left out: it is no reason to stop.
class Progress {
 public:
  // `expected`: seconds the whole plan was thought to take; the time left is corrected by what the trials really take.
  Progress(std::size_t planned, std::size_t done_before, std::chrono::seconds expected);
  ~Progress();  // leaves the terminal's line, and says how often reasons came that were told once

  void next(const std::string& what, std::size_t planned);        // a trial starts, of so many in all
  void done(const nlohmann::json& trial, double expected_share);  // share of the whole plan's expected time

 private:
  void tell_void(const nlohmann::json& trial);
  void line(const std::string& text) const;  // of its own
  std::string left() const;
  void draw() const;
  std::size_t planned_, done_;
  std::chrono::seconds expected_;
  std::chrono::steady_clock::time_point start_;
  double share_ = 0;  // of the expected time, done in this sitting
  double share_before_;
  std::size_t voids_ = 0;
  std::string what_;
  std::map<std::string, std::size_t> repeats_;  // of a reason at a load, beyond the first, by its line
  bool terminal_, colour_;
  std::chrono::steady_clock::time_point last_line_;
};

}  // namespace interleave
