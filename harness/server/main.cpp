// The server alone, until the command line carries it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/server/serve.hpp"

int main(int argc, char** argv) { return interleave::serve(argc, argv); }
