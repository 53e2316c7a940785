// A chunked body, read as RFC 9112 says and not a byte more leniently; sans-I/O, and nothing of it is kept.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/server/refusal.hpp"

namespace interleave {

class ChunkedBody {
 public:
  // Takes bytes from the front of `from`, as far as the body goes, or up to the end of a piece of content, or until it
  // is refused. All it takes it is through with: nothing must be offered again.
  struct Taken {
    std::size_t bytes = 0;
    std::string_view content{};  // the piece of it that is content
  };
  Taken take_bytes(std::string_view from);

  bool done() const noexcept { return place_ == Place::over; }
  const Refusal& refusal() const noexcept { return refusal_; }

 private:
  // What the next byte may be.
  enum class Place : std::uint8_t {
    size,              // a digit, or the end of the size
    before_extension,  // a blank behind the size or an extension: ";" must follow
    name,              // of an extension, or a blank before it
    in_name,
    after_name,  // a blank behind it: "=", ";" or nothing else
    value,       // of an extension, or a blank before it
    in_value,
    in_quotes,
    escaped,
    after_quotes,
    line_feed,  // of a chunk's first line
    data,
    data_return,
    data_feed,
    trailer,  // the first byte of a line
    trailer_name,
    trailer_value,
    trailer_feed,
    last_feed,
    over,
  };
  void step(unsigned char byte);
  void in_size(unsigned char byte);
  void in_extension(unsigned char byte);
  void in_trailer(unsigned char byte);
  void expect(bool expected, Place next);
  void refuse(std::uint16_t status, std::string_view reason) { refusal_ = {status, reason}; }

  Place place_ = Place::size;
  bool last_ = false;           // the chunk of size 0 is under way, or behind
  std::uint8_t digits_ = 0;     // of the size
  std::uint8_t trailers_ = 0;   // lines
  std::uint32_t extended_ = 0;  // bytes of extensions, of all chunks
  std::uint32_t trailed_ = 0;   // bytes of the trailer
  std::uint64_t size_ = 0;      // of the chunk; what is left of it while its data comes
  std::uint64_t all_ = 0;       // content, chunks announced included
  Refusal refusal_;
};

}  // namespace interleave
