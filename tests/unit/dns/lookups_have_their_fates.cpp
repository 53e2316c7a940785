// Names belong to items and back, and what a query comes to follows from the seed.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/dns/lookups.hpp"

namespace interleave {
namespace {

TEST(Lookups, EveryItemHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const std::uint64_t item : {0ULL, 17ULL, 18ULL, 19ULL, 23ULL, 99'999ULL, 4'294'967'294ULL}) {
    EXPECT_EQ(item_of_name(name_of_item(item)), item);
    names.insert(std::string(name_of_item(item).text()));
  }
  EXPECT_EQ(names.size(), 7U);
  EXPECT_EQ(name_of_item(23).text(), "host23.invalid");
}

TEST(Lookups, NobodysNamesAreNobodys) {
  for (const char* name : {"", "host", "host.example", "host18.invalid", "host23.example", "host018.example",
                           "host18.example.org", "host3.example", "and.dev.", "host99999999999999999999.example"}) {
    EXPECT_FALSE(item_of_name(DnsName(name))) << name;
  }
}

TEST(Lookups, NamesUnderInvalidNeverExist) {
  for (std::uint64_t item = 18; item < 200; ++item) {
    const bool nowhere = name_of_item(item).text().ends_with(kNowhere);
    EXPECT_EQ(fate_of_lookup({}, item), nowhere ? LookupFate::no_such_name : LookupFate::address) << item;
  }
}

TEST(Lookups, WhatGoesOverTcpArrivesAndIsWhole) {
  Profile profile = profile_named("lossy");
  profile.faults = {{Fault::hang, 200, 500'000}, {Fault::truncate, 200, 500'000}};
  const Fates fates(profile, 1, 100);
  for (std::uint64_t item = 0; item < 100; ++item) {
    const LookupFate first = fate_of_lookup(fate_of_query(fates, item, 0), item);
    EXPECT_TRUE(first == LookupFate::lost || first == LookupFate::truncated);
    const LookupFate over_tcp = fate_of_lookup(fate_of_query(fates, item, kOverTcp), item);
    EXPECT_EQ(over_tcp, is_nowhere(item) ? LookupFate::no_such_name : LookupFate::address);
  }
}

TEST(Lookups, AnIdSaysWhichAttemptItIs) {
  for (std::uint32_t attempt = 0; attempt < kMostLookupAttempts; ++attempt) {
    EXPECT_EQ(attempt_of_id(query_id(77, attempt)), attempt);
  }
  EXPECT_NE(query_id(1, 0), query_id(2, 0));
}

}  // namespace
}  // namespace interleave
