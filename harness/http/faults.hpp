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
    {Fault::none, "none", std::nullopt, kPieces | kPause},
    {Fault::status, "status", std::nullopt, kPieces | kPause},
    {Fault::hang, "hang", Outcome::timeout, kNoHeader},
    {Fault::reset, "reset", Outcome::reset, kNoHeader},
    {Fault::reset_body, "reset_body", Outcome::reset, kAt},
    {Fault::truncate, "truncate", Outcome::truncated, kAt},
    {Fault::malformed, "malformed", Outcome::malformed, kNoHeader},
    {Fault::empty, "empty", Outcome::truncated, kNoHeader},
    {Fault::hang_header, "hang_header", Outcome::timeout, 0},
    {Fault::stall, "stall", Outcome::timeout, kAt},
    {Fault::reset_header, "reset_header", Outcome::reset, 0},
    {Fault::reset_after, "reset_after", std::nullopt, kPause | kCloses},
    {Fault::truncate_chunked, "truncate_chunked", Outcome::truncated, kChunks | kAt},
    {Fault::chunked, "chunked", std::nullopt, kChunks | kPause},
    {Fault::chunk_bytes, "chunk_bytes", std::nullopt, 0},
    {Fault::chunk_trailers, "chunk_trailers", std::nullopt, kChunks | kPause},
    {Fault::close_delimited, "close_delimited", std::nullopt, kPieces | kPause | kCloses},
    {Fault::http_1_0, "http_1_0", std::nullopt, kPieces | kPause | kCloses},
    {Fault::close, "close", std::nullopt, kPieces | kPause | kCloses},
    {Fault::interim, "interim", std::nullopt, kPause},
    {Fault::bad_header, "bad_header", Outcome::malformed, kOwnBody},
    {Fault::nul_header, "nul_header", Outcome::malformed, kOwnBody},
    {Fault::bare_lf, "bare_lf", Outcome::malformed, kOwnBody},
    {Fault::huge_header, "huge_header", Outcome::malformed, kOwnBody},
    {Fault::many_headers, "many_headers", Outcome::malformed, kOwnBody},
    {Fault::bad_chunk, "bad_chunk", Outcome::malformed, kOwnBody},
    {Fault::chunk_overflow, "chunk_overflow", Outcome::malformed, kOwnBody},
    {Fault::both_framings, "both_framings", Outcome::malformed, kOwnBody},
    {Fault::two_lengths, "two_lengths", Outcome::malformed, kOwnBody},
    {Fault::negative_length, "negative_length", Outcome::malformed, kOwnBody},
    {Fault::long_body, "long_body", std::nullopt, kPause | kCloses},
    {Fault::two_replies, "two_replies", std::nullopt, kPause | kCloses},
    {Fault::garbage, "garbage", Outcome::malformed, kNoHeader},
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
