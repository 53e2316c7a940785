// The grammar of RFC 9112, 7.1, byte by byte but for the content.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/chunked_body.hpp"

#include <algorithm>

namespace interleave {
namespace {

constexpr std::uint8_t kMostDigits = 32;  // of a size, leading zeros included

bool is_blank(unsigned char c) { return c == ' ' || c == '\t'; }
// What a field value or a quoted string is made of: no control characters but the tab.
bool is_text(unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7f); }

int hex_digit(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const unsigned char lower = c | 0x20U;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

ChunkedBody::Taken ChunkedBody::take_bytes(std::string_view from) {
  Taken taken;
  while (taken.bytes != from.size() && place_ != Place::over && !refusal_) {
    if (place_ == Place::data) {
      taken.content = from.substr(taken.bytes, std::min<std::uint64_t>(size_, from.size() - taken.bytes));
      taken.bytes += taken.content.size();
      size_ -= taken.content.size();
      if (size_ == 0) place_ = Place::data_return;
      return taken;
    }
    step(static_cast<unsigned char>(from[taken.bytes++]));
  }
  return taken;
}

void ChunkedBody::expect(bool expected, Place next) {
  if (!expected) return refuse(400, "a chunk is malformed");
  place_ = next;
}

void ChunkedBody::step(unsigned char byte) {
  switch (place_) {
    case Place::size: return in_size(byte);
    case Place::before_extension:
    case Place::name:
    case Place::in_name:
    case Place::after_name:
    case Place::value:
    case Place::in_value:
    case Place::in_quotes:
    case Place::escaped:
    case Place::after_quotes: return in_extension(byte);
    case Place::line_feed:
      if (size_ > kMostBody - all_) return refuse(413, "the body exceeds 1 MiB");
      all_ += size_;
      return expect(byte == '\n', last_ ? Place::trailer : Place::data);
    case Place::data_return: return expect(byte == '\r', Place::data_feed);
    case Place::data_feed: digits_ = 0; return expect(byte == '\n', Place::size);
    case Place::trailer:
    case Place::trailer_name:
    case Place::trailer_value:
    case Place::trailer_feed:
    case Place::last_feed: return in_trailer(byte);
    case Place::data:
    case Place::over: return;
  }
}

void ChunkedBody::in_size(unsigned char byte) {
  if (const int digit = hex_digit(byte); digit >= 0) {
    if (digits_ == 0) size_ = 0;
    if (++digits_ > kMostDigits || size_ > UINT64_MAX >> 4) return refuse(400, "a chunk size is too large");
    size_ = size_ << 4 | static_cast<unsigned>(digit);
    return;
  }
  if (digits_ == 0) return refuse(400, "a chunk size is missing");
  last_ = size_ == 0;
  if (byte == '\r') {
    place_ = Place::line_feed;
    return;
  }
  ++extended_;
  if (byte == ';') place_ = Place::name;
  else expect(is_blank(byte), Place::before_extension);
}

void ChunkedBody::in_extension(unsigned char byte) {
  if (++extended_ > kMostExtensions) return refuse(413, "the chunk extensions exceed 16 KiB");
  const bool token = is_token_char(byte);
  switch (place_) {
    case Place::before_extension:
      if (!is_blank(byte)) expect(byte == ';', Place::name);
      return;
    case Place::name:
      if (!is_blank(byte)) expect(token, Place::in_name);
      return;
    case Place::in_name:
    case Place::after_name:
      if (token && place_ == Place::in_name) return;
      if (byte == '=') place_ = Place::value;
      else if (byte == ';') place_ = Place::name;
      else if (byte == '\r' && place_ == Place::in_name) place_ = Place::line_feed;
      else expect(is_blank(byte), Place::after_name);
      return;
    case Place::value:
      if (byte == '"') place_ = Place::in_quotes;
      else if (!is_blank(byte)) expect(token, Place::in_value);
      return;
    case Place::in_quotes:
      if (byte == '"') place_ = Place::after_quotes;
      else if (byte == '\\') place_ = Place::escaped;
      else expect(is_text(byte), Place::in_quotes);
      return;
    case Place::escaped: return expect(is_text(byte), Place::in_quotes);
    default:  // in_value, after_quotes
      if (token && place_ == Place::in_value) return;
      if (byte == '\r') place_ = Place::line_feed;
      else if (byte == ';') place_ = Place::name;
      else expect(is_blank(byte), Place::before_extension);
  }
}

void ChunkedBody::in_trailer(unsigned char byte) {
  if (place_ == Place::last_feed) return expect(byte == '\n', Place::over);
  if (place_ == Place::trailer && byte == '\r') {
    place_ = Place::last_feed;
    return;
  }
  if (++trailed_ > kMostHeaders) return refuse(431, "the trailer exceeds 16 KiB");
  if (place_ == Place::trailer) {
    if (++trailers_ > kMostFields) return refuse(431, "the trailer has more than 100 fields");
    if (is_token_char(byte)) place_ = Place::trailer_name;
    else refuse(400, is_blank(byte) ? "a trailer line is folded (obs-fold)" : "a trailer line is malformed");
  } else if (place_ == Place::trailer_name) {
    if (byte == ':') place_ = Place::trailer_value;
    else if (!is_token_char(byte)) refuse(400, "a trailer line is malformed");
  } else if (place_ == Place::trailer_value) {
    if (byte == '\r') place_ = Place::trailer_feed;
    else if (!is_text(byte)) refuse(400, byte == '\n' ? "a line ends in LF without CR" : "a trailer line is malformed");
  } else if (byte == '\n') {
    place_ = Place::trailer;
  } else {
    refuse(400, "a trailer line is malformed");
  }
}

}  // namespace interleave
