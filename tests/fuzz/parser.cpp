// Fuzzes the request parser: any bytes, in any pieces, are refused, complete or waited for; and the pieces do not
// matter. SPDX-License-Identifier: Apache-2.0
#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "harness/server/request_parser.hpp"

namespace {

using interleave::RequestParser;

struct Result {
  unsigned refused = 0;
  bool done = false;
  std::size_t consumed = 0;
  std::string target;
  bool operator==(const Result&) const = default;
};

// Holds what is offered, at another place each time; the sanitizer reports a read of what has not come yet, or of a
// place where it was before. Two buffers rather than an allocation for each piece: that is several times as many inputs
// a second.
class MovingBuffer {
 public:
  explicit MovingBuffer(std::size_t size) : places_{std::vector<char>(size), std::vector<char>(size)} {}
  ~MovingBuffer() {
    for (std::vector<char>& place : places_) ASAN_UNPOISON_MEMORY_REGION(place.data(), place.size());
  }
  MovingBuffer(const MovingBuffer&) = delete;
  MovingBuffer& operator=(const MovingBuffer&) = delete;

  std::string_view holding(std::string_view bytes) {
    ASAN_POISON_MEMORY_REGION(places_[at_].data(), places_[at_].size());
    at_ = 1 - at_;
    std::vector<char>& here = places_[at_];
    ASAN_UNPOISON_MEMORY_REGION(here.data(), here.size());
    std::copy(bytes.begin(), bytes.end(), here.begin());
    ASAN_POISON_MEMORY_REGION(here.data() + bytes.size(), here.size() - bytes.size());
    return {here.data(), bytes.size()};
  }

 private:
  std::array<std::vector<char>, 2> places_;
  std::size_t at_ = 0;
};

// As a connection does it: what has come so far is offered again from the first byte not consumed.
Result parsed(std::string_view bytes, std::size_t cut) {
  RequestParser parser;
  Result result;
  MovingBuffer buffer(bytes.size());
  for (std::size_t have = 0; have < bytes.size() && !parser.done() && !parser.refusal();) {
    have = have + cut < bytes.size() ? have + cut : bytes.size();
    result.consumed += parser.take_bytes(buffer.holding(bytes.substr(result.consumed, have - result.consumed)));
    if (parser.done() && !parser.refusal()) result.target = std::string(parser.target());
  }
  result.refused = parser.refusal().status;
  result.done = parser.done();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Result whole = parsed(bytes, bytes.size() + 1);
  if (whole.done && whole.refused == 0 && whole.consumed > bytes.size()) std::abort();
  const Result cut = parsed(bytes, 1 + data[0] % 64);
  // A refusal may come with an earlier piece, for another reason that is also true; completion may not differ.
  if ((whole.done && whole.refused == 0) != (cut.done && cut.refused == 0)) std::abort();
  if (whole.done && whole.refused == 0 && !(whole == cut)) std::abort();
  return 0;
}
