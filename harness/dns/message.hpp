// DNS messages (RFC 1035), built and read by hand: a question, and the answer to it. Nothing is read beyond the bytes
// that came. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace interleave {

using Octets = std::span<const unsigned char>;

inline constexpr std::size_t kMostDnsDatagram = 512;  // 2.3.4: what does not fit goes over TCP
inline constexpr std::size_t kMostDnsName = 255, kMostDnsLabel = 63;
inline constexpr std::uint16_t kTypeA = 1, kTypeCname = 5, kClassIn = 1;

// RCODE, 4.1.1.
enum class DnsCode : std::uint8_t { none = 0, malformed = 1, failure = 2, no_such_name = 3, not_implemented = 4 };

// A name in lower case, its labels joined by dots, without one at the end: as names compare, and people write them.
class DnsName {
 public:
  DnsName() = default;
  // What exceeds the limit is cut off, and so another name.
  explicit DnsName(std::string_view text) {
    for (const char c : text.substr(0, kMostDnsName)) text_[size_++] = lower(c);
  }
  std::string_view text() const noexcept { return {text_.data(), size_}; }
  // Appends a label; false: it would be too long, or has a byte that no host's name has.
  bool append(Octets label) noexcept {
    const std::size_t dot = size_ != 0 ? 1 : 0;
    if (size_ + dot + label.size() > kMostDnsName - 2) return false;  // with the first length and the last it is all
    if (dot != 0) text_[size_++] = '.';
    for (const unsigned char c : label) {
      if (c <= ' ' || c >= 0x7f || c == '.') return false;
      text_[size_++] = lower(static_cast<char>(c));
    }
    return true;
  }
  friend bool operator==(const DnsName& a, const DnsName& b) noexcept { return a.text() == b.text(); }

 private:
  static constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
  std::array<char, kMostDnsName> text_;
  std::size_t size_ = 0;
};

// What a message says. Of a query, all but id and name stay as they are here.
struct DnsMessage {
  std::uint16_t id = 0;
  bool is_answer = false, truncated = false;
  DnsCode code = DnsCode::none;
  DnsName name;                            // of the one question, for an address of the Internet
  std::optional<std::uint32_t> address{};  // of that name, be it under another that it stands for
};

// Its bytes, on the stack of whoever sends them.
class DnsBytes {
 public:
  Octets all() const noexcept { return {bytes_.data(), size_}; }
  void put8(unsigned value) noexcept {
    if (size_ < bytes_.size()) bytes_[size_++] = static_cast<unsigned char>(value);
  }
  void put16(unsigned value) noexcept {
    put8(value >> 8);
    put8(value & 0xff);
  }
  void put32(std::uint32_t value) noexcept {
    put16(value >> 16);
    put16(value & 0xffff);
  }
  void put_name(std::string_view name) noexcept {
    while (!name.empty()) {
      const std::string_view label = name.substr(0, std::min(name.find('.'), kMostDnsLabel));
      put8(static_cast<unsigned>(label.size()));
      for (const char c : label) put8(static_cast<unsigned char>(c));
      name.remove_prefix(std::min(label.size() + 1, name.size()));
    }
    put8(0);
  }

 private:
  std::array<unsigned char, kMostDnsDatagram> bytes_;
  std::size_t size_ = 0;
};

inline DnsBytes dns_bytes(const DnsMessage& message) noexcept {
  constexpr unsigned kAnswer = 0x8000, kAuthoritative = 0x0400, kTruncated = 0x0200, kRecursionDesired = 0x0100;
  constexpr unsigned kNameOfQuestion = 0xc000 | 12, kTtl = 60;
  const bool has_record = message.is_answer && message.address.has_value();
  DnsBytes bytes;
  bytes.put16(message.id);
  bytes.put16((message.is_answer ? kAnswer | kAuthoritative : 0) | (message.truncated ? kTruncated : 0) |
              kRecursionDesired | static_cast<unsigned>(message.code));
  bytes.put16(1);
  bytes.put16(has_record ? 1 : 0);
  bytes.put32(0);
  bytes.put_name(message.name.text());
  bytes.put16(kTypeA);
  bytes.put16(kClassIn);
  if (!has_record) return bytes;
  bytes.put16(kNameOfQuestion);
  bytes.put16(kTypeA);
  bytes.put16(kClassIn);
  bytes.put32(kTtl);
  bytes.put16(4);
  bytes.put32(*message.address);
  return bytes;
}

// A cursor that never leaves the message: what would is remembered, and everything from then on is 0.
class DnsReader {
 public:
  explicit DnsReader(Octets message) noexcept : message_(message) {}
  bool failed() const noexcept { return failed_; }
  std::size_t at() const noexcept { return at_; }

  std::uint8_t take8() noexcept {
    if (at_ >= message_.size()) return fail();
    return message_[at_++];
  }
  std::uint16_t take16() noexcept {
    const unsigned high = take8();
    return static_cast<std::uint16_t>(high << 8 | take8());
  }
  std::uint32_t take32() noexcept {
    const std::uint32_t high = take16();
    return high << 16 | take16();
  }
  void skip(std::size_t bytes) noexcept {
    if (bytes > message_.size() - at_) fail();
    else at_ += bytes;
  }
  // 4.1.4: a pointer leads to an earlier place than the name's own, and each to an earlier one still, so that none goes
  // round in a circle.
  DnsName take_name() noexcept {
    DnsName name;
    std::size_t place = at_, before = at_;
    bool jumped = false;
    for (;;) {
      const Octets rest = place < message_.size() ? message_.subspan(place) : Octets();
      if (rest.empty()) return broken();
      const std::size_t length = rest[0];
      if ((length & 0xc0) == 0xc0) {
        if (rest.size() < 2) return broken();
        const std::size_t target = (length & 0x3f) << 8 | rest[1];
        if (!jumped) at_ = place + 2;
        if (target >= before) return broken();
        jumped = true;
        place = before = target;
        continue;
      }
      if (length > kMostDnsLabel || rest.size() < length + 1) return broken();
      place += length + 1;
      if (length == 0) break;
      if (!name.append(rest.subspan(1, length))) return broken();
    }
    if (!jumped) at_ = place;
    return name;
  }

 private:
  std::uint8_t fail() noexcept {
    failed_ = true;
    at_ = message_.size();
    return 0;
  }
  DnsName broken() noexcept {
    fail();
    return {};
  }
  Octets message_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

namespace detail {

// The address among `records`, of `wanted` or of the name that stands for it.
inline std::optional<std::uint32_t> address_in(DnsReader& reader, unsigned records, DnsName wanted) noexcept {
  std::optional<std::uint32_t> address;
  for (; records > 0 && !reader.failed(); --records) {
    const DnsName owner = reader.take_name();
    const std::uint16_t type = reader.take16(), kind = reader.take16();
    reader.take32();
    const std::size_t length = reader.take16();
    DnsReader data = reader;  // which may point back into the whole message
    reader.skip(length);
    if (reader.failed() || address || kind != kClassIn || !(owner == wanted)) continue;
    if (type == kTypeA && length == 4) address = data.take32();
    if (type != kTypeCname) continue;
    wanted = data.take_name();
    if (data.failed() || data.at() != reader.at()) return std::nullopt;
  }
  return reader.failed() ? std::nullopt : address;
}

}  // namespace detail

// What the bytes say, if they are a standard query or its answer with one question for an address; what stands behind
// the answers is not looked at. A truncated answer's records count for nothing.
inline std::optional<DnsMessage> read_dns(Octets bytes) noexcept {
  DnsReader reader(bytes);
  DnsMessage message;
  message.id = reader.take16();
  const unsigned flags = reader.take16();
  message.is_answer = (flags & 0x8000) != 0;
  message.truncated = (flags & 0x0200) != 0;
  message.code = static_cast<DnsCode>(flags & 0x000f);
  const bool standard = (flags & 0x7800) == 0;
  const unsigned questions = reader.take16(), answers = reader.take16();
  reader.take32();
  message.name = reader.take_name();
  const std::uint16_t type = reader.take16(), kind = reader.take16();
  if (reader.failed() || !standard || questions != 1 || type != kTypeA || kind != kClassIn) return std::nullopt;
  if (!message.is_answer || message.truncated) return message;
  message.address = detail::address_in(reader, answers, message.name);
  if (reader.failed()) return std::nullopt;
  return message;
}

}  // namespace interleave
