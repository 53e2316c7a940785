// The control: the same pool without a lie, which must pass every check that catches the others.
// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/lying/lying_pool.hpp"

int main(int argc, char** argv) { return interleave::tell<interleave::Honest>(argc, argv); }
