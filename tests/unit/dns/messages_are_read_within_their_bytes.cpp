// DNS messages are read back as they were written, and nothing beyond their bytes is, whatever they say.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/dns/lookups.hpp"
#include "harness/dns/message.hpp"

namespace interleave {
namespace {

using Bytes = std::vector<unsigned char>;

// On the heap and to the byte, so that a sanitizer sees a read beyond the end.
std::optional<DnsMessage> read_exactly(const Bytes& bytes) {
  const auto copy = std::make_unique<unsigned char[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.get());
  return read_dns({copy.get(), bytes.size()});
}

Bytes bytes_of(const DnsMessage& message) {
  const DnsBytes written = dns_bytes(message);
  return {written.all().begin(), written.all().end()};
}

DnsMessage answer_of(const char* name, std::uint32_t address) {
  DnsMessage answer;
  answer.id = 0xabcd;
  answer.is_answer = true;
  answer.name = DnsName(name);
  answer.address = address;
  return answer;
}

// header(answers) and the question for a.b: its name lies at 12.
Bytes question(unsigned char answers) {
  return {0x12, 0x34, 0x84, 0, 0, 1, 0, answers, 0, 0, 0, 0, 1, 'a', 1, 'b', 0, 0, 1, 0, 1};
}
Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}
const Bytes kAtoB{0xc0, 12}, kTypeAandIn{0, 1, 0, 1, 0, 0, 0, 60, 0, 4}, kAddress{10, 1, 2, 3};

TEST(Messages, AreReadAsTheyWereWritten) {
  const DnsMessage query = query_of(3, 2);
  const auto read = read_exactly(bytes_of(query));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->is_answer);
  EXPECT_EQ(read->id, query.id);
  EXPECT_EQ(read->name.text(), "del.dev");
  const auto answer = read_exactly(bytes_of(answer_of("host7.example", 0x0a010203)));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->is_answer);
  EXPECT_EQ(answer->address, 0x0a010203U);
}

TEST(Messages, HaveTheBytesOfTheStandard) {
  const Bytes query = bytes_of(query_of(1, 0));
  const Bytes question_only(query.begin() + 2, query.end());
  EXPECT_EQ(question_only, (Bytes{1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 'a', 's', 3, 'd', 'e', 'v', 0, 0, 1, 0, 1}));
}

TEST(Messages, CompareNamesWithoutCase) {
  Bytes shouted = bytes_of(query_of(0, 0));
  for (unsigned char& c : shouted) c = c >= 'a' && c <= 'z' ? static_cast<unsigned char>(c - 32) : c;
  const auto read = read_exactly(shouted);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, name_of_item(0));
}

TEST(Messages, AnAddressMayBeThatOfAnotherName) {
  // a.b is c.b, "b" by a pointer, and c.b has the address; a stranger's record stands between.
  const Bytes alias = kAtoB + Bytes{0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'c', 0xc0, 14};
  const Bytes stranger = Bytes{1, 'x', 0} + kTypeAandIn + Bytes{9, 9, 9, 9};
  const Bytes own = Bytes{0xc0, 33} + kTypeAandIn + kAddress;
  const auto read = read_exactly(question(3) + alias + stranger + own);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->address, 0x0a010203U);
  const auto only_strangers = read_exactly(question(1) + stranger);
  ASSERT_TRUE(only_strangers);
  EXPECT_FALSE(only_strangers->address);
}

TEST(Messages, PointersThatGoRoundAreRefused) {
  const Bytes header{0, 0, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  const Bytes rest{0, 1, 0, 1};
  EXPECT_FALSE(read_exactly(header + Bytes{0xc0, 12} + rest)) << "at itself";
  EXPECT_FALSE(read_exactly(header + Bytes{0xc0, 14, 0xc0, 12} + rest)) << "at each other";
  EXPECT_FALSE(read_exactly(header + Bytes{1, 'a', 0xc0, 12} + rest)) << "at its own beginning";
  EXPECT_FALSE(read_exactly(header + Bytes{0xff, 0xff} + rest)) << "beyond the end";
  EXPECT_TRUE(read_exactly(question(0)));
}

TEST(Messages, NamesHaveTheLengthsOfTheStandard) {
  const Bytes header{0, 0, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  const Bytes label = Bytes{63} + Bytes(63, 'a'), rest{0, 0, 1, 0, 1};
  EXPECT_TRUE(read_exactly(header + label + label + label + Bytes{61} + Bytes(61, 'a') + rest)) << "255 octets";
  EXPECT_FALSE(read_exactly(header + label + label + label + Bytes{62} + Bytes(62, 'a') + rest)) << "256";
  EXPECT_FALSE(read_exactly(header + Bytes{64} + Bytes(64, 'a') + rest)) << "a label of 64";
  EXPECT_FALSE(read_exactly(header + Bytes{3, 'a', '.', 'b'} + rest)) << "a dot that is none";
}

TEST(Messages, WhatIsNoQueryForAnAddressIsNone) {
  const Bytes query = bytes_of(query_of(0, 0));
  const auto changed = [&](std::size_t place, unsigned char to) {
    Bytes bytes = query;
    bytes[place] = to;
    return read_exactly(bytes);
  };
  EXPECT_TRUE(changed(0, 9));
  EXPECT_FALSE(changed(2, 0x28)) << "an opcode";
  EXPECT_FALSE(changed(5, 2)) << "two questions";
  EXPECT_FALSE(changed(query.size() - 3, 28)) << "another type";
  EXPECT_FALSE(changed(query.size() - 1, 3)) << "another class";
}

TEST(Messages, EveryPrefixIsRefusedAndReadNoFurther) {
  const Bytes whole = bytes_of(answer_of("pass.dev", 1));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_exactly(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
  }
}

// A fuzzer in small: bytes of a good message replaced at random, cut and stretched.
TEST(Messages, WhateverIsChangedNothingIsReadBeyondTheEnd) {
  const Bytes alias = kAtoB + Bytes{0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'c', 0xc0, 14};
  const Bytes good = question(2) + alias + Bytes{0xc0, 33} + kTypeAandIn + kAddress;
  ASSERT_EQ(read_exactly(good)->address, 0x0a010203U);
  std::size_t refused = 0;
  for (std::uint64_t round = 0; round < 200'000; ++round) {
    Bytes bytes = good;
    for (std::uint64_t change = 0; change <= mix64(1, round) % 3; ++change) {
      const std::uint64_t draw = mix64(round, change);
      bytes[draw % bytes.size()] = static_cast<unsigned char>((draw >> 32) % 5 == 0 ? 0xc0 : draw >> 40);
    }
    bytes.resize(mix64(2, round) % 4 == 0 ? mix64(3, round) % 70 : bytes.size());
    const auto read = read_exactly(bytes);
    if (!read) ++refused;
    else ASSERT_LE(read->name.text().size(), kMostDnsName);
  }
  EXPECT_GT(refused, 100'000U);
}

}  // namespace
}  // namespace interleave
