// Fuzzes the request parser: any bytes, in any pieces, are refused, complete or waited for; and the pieces do not matter.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

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

// As a connection does it: what has come so far is offered again from the first byte not consumed.
Result parsed(std::string_view bytes, std::size_t cut) {
  RequestParser parser;
  Result result;
  for (std::size_t have = 0; have < bytes.size() && !parser.done() && !parser.refusal();) {
    have = have + cut < bytes.size() ? have + cut : bytes.size();
    // A copy of exactly this size, so that the sanitizer sees a read beyond what has come.
    const std::string received(bytes.substr(0, have));
    result.consumed += parser.take(std::string_view(received).substr(result.consumed));
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
