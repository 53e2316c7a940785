// A profile: from what an item's fate is drawn (delays, sizes, shares of faults).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

enum class DelayKind : std::uint8_t { none, fixed, uniform, lognormal, bimodal, pareto, trace };

// How long the server waits between a parsed request and the first byte of its reply.
struct Delay {
  DelayKind kind = DelayKind::none;
  std::chrono::microseconds low{
      0};  // fixed: the delay; uniform, pareto: least; lognormal: median; bimodal: the short one
  std::chrono::microseconds high{0};  // uniform: most; lognormal, pareto: cap; bimodal: the long one
  double sigma = 0;                   // lognormal: of the logarithm
  double shape = 0;  // pareto: alpha, above 0; bimodal: the share of items that take the long one, 0..1
  std::vector<std::chrono::microseconds> trace{};  // trace: the delays to draw from, ascending, at least one
};

// What a reply that is drawn by seed may be besides a plain one. A status is an answer and so is every other framing;
// the rest break the exchange. expected_outcome() in fate.hpp says what a client must make of each; docs/server.md
// shows the bytes.
enum class Fault : std::uint8_t {
  none,
  status,            // a complete reply with FaultShare::status
  hang,              // never answers
  reset,             // RST before the first byte
  reset_body,        // RST after half of the body
  truncate,          // FIN after half of the body
  malformed,         // a status line that is none, then FIN
  empty,             // FIN without a byte
  hang_header,       // half of the header, then nothing
  stall,             // half of the body, then nothing
  reset_header,      // RST after half of the header
  reset_after,       // a complete reply that announces the close, then RST
  truncate_chunked,  // chunked, FIN without the last chunk
  chunked,           // a complete reply in chunks
  chunk_bytes,       // chunks of one byte
  chunk_trailers,    // chunks with extensions, then trailers
  close_delimited,   // no length: FIN ends the body
  http_1_0,          // an HTTP/1.0 reply, then FIN
  close,             // Connection: close, then FIN
  interim,           // 100 and 103 before the final reply
  bad_header,        // a header line without a colon
  nul_header,        // a NUL in a header value
  bare_lf,           // a header line that ends in LF without CR
  huge_header,       // one header line of 64 KiB
  many_headers,      // 10,000 header lines
  bad_chunk,         // a chunk size that is no number
  chunk_overflow,    // a chunk size beyond 64 bits
  both_framings,     // Content-Length and Transfer-Encoding
  two_lengths,       // two different Content-Length
  negative_length,   // Content-Length: -1
  long_body,         // more bytes than Content-Length says, after announcing the close
  two_replies,       // a second reply nobody asked for, after announcing the close
  garbage,           // bytes that are not HTTP
};
inline constexpr std::size_t kFaults = 33;

struct FaultShare {
  Fault fault = Fault::none;
  std::uint16_t status = 200;           // with Fault::status
  std::uint32_t parts_per_million = 0;  // of the items; exact, see fate.hpp
};

struct Profile {
  std::string name = "local";
  Delay delay;
  std::uint32_t bytes_low = 1024;  // body sizes are uniform in [bytes_low, bytes_high]
  std::uint32_t bytes_high = 4096;
  // Bytes per second that a body is written at, uniform in [rate_low, rate_high]; 0: as fast as it goes.
  std::uint32_t rate_low = 0;
  std::uint32_t rate_high = 0;
  // Whole seconds in the Retry-After of 429 and 503, counted in the ledger when a later attempt comes too early; 0: no
  // such field.
  std::uint32_t retry_after_s = 0;
  std::vector<FaultShare> faults;  // in order of precedence; shares add up to at most 1,000,000
};

// The named profiles; see docs/server.md for what each is for.
std::vector<std::string_view> profile_names();

// A profile by name, every delay multiplied by `time_scale` (1 = as documented).
// Throws std::invalid_argument naming the known profiles.
Profile profile_named(std::string_view name, double time_scale = 1.0);

// JSON of a profile, and back:
// {"name","delay":{"kind","low_us","high_us","sigma","shape","trace_us":[]},"bytes":[low,high],"rate":[low,high],"retry_after_s",
// "faults":[{"fault","status","ppm"}]}. Only name, delay and its kind must be there, and what the kind or fault uses;
// the rest is as in `local`. from_json throws std::invalid_argument with the key at fault, be it an unknown one.
void to_json(nlohmann::json& out, const Profile& profile);
void from_json(const nlohmann::json& from, Profile& profile);

std::string_view name_of(Fault fault) noexcept;
// The fault of that name; empty if there is none.
std::optional<Fault> fault_named(std::string_view name) noexcept;

}  // namespace interleave
