// Continuation: it calls what was set, and may be set anew from inside its own call.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/worker/continuation.hpp"

namespace interleave {
namespace {

TEST(Continuation, CallsWhatWasSetWithItsArguments) {
  Continuation<int> next;
  int sum = 0;
  next.set([to = &sum](int n) { *to += n; });
  next(5);
  EXPECT_EQ(sum, 5);
}

TEST(Continuation, HoldsFortyEightBytes) {
  struct Full {
    long word[5];
    long* to;
    void operator()() const { *to = word[0] + word[4]; }
  };
  static_assert(sizeof(Full) == 48);
  long sum = 0;
  Continuation<> next;
  next.set(Full{{1, 0, 0, 0, 2}, &sum});
  next();
  EXPECT_EQ(sum, 3);
}

struct Step {
  Continuation<>* next;
  int* left;
  long filler[3];
  void operator()() const {
    if (--*left != 0) next->set(Step{next, left, {filler[0] + 1, 0, 0}});
  }
};

TEST(Continuation, MaySetTheNextOneInTheSamePlace) {
  Continuation<> next;
  int left = 3;
  next.set(Step{&next, &left, {}});
  next();
  next();
  next();
  EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace interleave
