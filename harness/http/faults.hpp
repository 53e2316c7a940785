// Every fault a reply can have, in the one table of them: its name, what a client must make of it, and what it leaves
// room for. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/http/outcome.hpp"

namespace interleave {

// What a reply may be besides a plain one. A status is an answer and so is every other framing; the rest break the
// exchange. docs/server.md shows the bytes; script.cpp writes them. The numbers are part of the work fingerprint.
enum class Fault : std::uint8_t {
  none,
  status,            // a complete reply with a status that is not 200
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

// What a fault's reply is, and so what else may be asked of it.
enum Room : std::uint16_t {
  kPieces = 1,     // a body that is written as asked: in pieces, or at a rate
  kChunks = 2,     // a body in as many chunks as asked
  kPause = 4,      // a header, whole, with the body behind it: there may be a pause between the two
  kAt = 8,         // strikes at a byte of the body that may be named
  kNoHeader = 16,  // nothing of the header is sent as it would be
  kOwnBody = 32,   // the header is sent, with a body that the fault itself brings
  kCloses = 64,    // ends the connection, and says so
};

struct FaultTraits {
  Fault fault;
  std::string_view name;
  std::optional<Outcome> outcome;  // of the exchange; empty: the reply is whole, and its status decides
  unsigned room;                   // of Room, or-ed

  constexpr bool has(Room what) const noexcept { return (room & what) != 0; }
};

inline constexpr auto kFaultTable = std::to_array<FaultTraits>({
    {.fault = Fault::none, .name = "none", .outcome = std::nullopt, .room = kPieces | kPause},
    {.fault = Fault::status, .name = "status", .outcome = std::nullopt, .room = kPieces | kPause},
    {.fault = Fault::hang, .name = "hang", .outcome = Outcome::timeout, .room = kNoHeader},
    {.fault = Fault::reset, .name = "reset", .outcome = Outcome::reset, .room = kNoHeader},
    {.fault = Fault::reset_body, .name = "reset_body", .outcome = Outcome::reset, .room = kAt},
    {.fault = Fault::truncate, .name = "truncate", .outcome = Outcome::truncated, .room = kAt},
    {.fault = Fault::malformed, .name = "malformed", .outcome = Outcome::malformed, .room = kNoHeader},
    {.fault = Fault::empty, .name = "empty", .outcome = Outcome::truncated, .room = kNoHeader},
    {.fault = Fault::hang_header, .name = "hang_header", .outcome = Outcome::timeout, .room = 0},
    {.fault = Fault::stall, .name = "stall", .outcome = Outcome::timeout, .room = kAt},
    {.fault = Fault::reset_header, .name = "reset_header", .outcome = Outcome::reset, .room = 0},
    {.fault = Fault::reset_after, .name = "reset_after", .outcome = std::nullopt, .room = kPause | kCloses},
    {.fault = Fault::truncate_chunked,
     .name = "truncate_chunked",
     .outcome = Outcome::truncated,
     .room = kChunks | kAt},
    {.fault = Fault::chunked, .name = "chunked", .outcome = std::nullopt, .room = kChunks | kPause},
    {.fault = Fault::chunk_bytes, .name = "chunk_bytes", .outcome = std::nullopt, .room = 0},
    {.fault = Fault::chunk_trailers, .name = "chunk_trailers", .outcome = std::nullopt, .room = kChunks | kPause},
    {.fault = Fault::close_delimited,
     .name = "close_delimited",
     .outcome = std::nullopt,
     .room = kPieces | kPause | kCloses},
    {.fault = Fault::http_1_0, .name = "http_1_0", .outcome = std::nullopt, .room = kPieces | kPause | kCloses},
    {.fault = Fault::close, .name = "close", .outcome = std::nullopt, .room = kPieces | kPause | kCloses},
    {.fault = Fault::interim, .name = "interim", .outcome = std::nullopt, .room = kPause},
    {.fault = Fault::bad_header, .name = "bad_header", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::nul_header, .name = "nul_header", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::bare_lf, .name = "bare_lf", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::huge_header, .name = "huge_header", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::many_headers, .name = "many_headers", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::bad_chunk, .name = "bad_chunk", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::chunk_overflow, .name = "chunk_overflow", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::both_framings, .name = "both_framings", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::two_lengths, .name = "two_lengths", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::negative_length, .name = "negative_length", .outcome = Outcome::malformed, .room = kOwnBody},
    {.fault = Fault::long_body, .name = "long_body", .outcome = std::nullopt, .room = kPause | kCloses},
    {.fault = Fault::two_replies, .name = "two_replies", .outcome = std::nullopt, .room = kPause | kCloses},
    {.fault = Fault::garbage, .name = "garbage", .outcome = Outcome::malformed, .room = kNoHeader},
});
inline constexpr std::size_t kFaults = kFaultTable.size();

constexpr const FaultTraits& traits_of(Fault fault) noexcept { return kFaultTable[static_cast<std::size_t>(fault)]; }
constexpr std::string_view name_of(Fault fault) noexcept { return traits_of(fault).name; }

// The fault of that name; empty if there is none.
constexpr std::optional<Fault> fault_named(std::string_view name) noexcept {
  for (const FaultTraits& each : kFaultTable) {
    if (each.name == name) return each.fault;
  }
  return std::nullopt;
}

static_assert(
    [] {
      for (std::size_t row = 0; row < kFaults; ++row) {
        if (kFaultTable[row].fault != static_cast<Fault>(row)) return false;
      }
      return true;
    }(),
    "the table has a row for each fault, in their order");

}  // namespace interleave
