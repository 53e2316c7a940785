// `interleave serve`: the delay/error server as a program.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace interleave {

// Parses its command line (argv[0] is the name to show in messages) and serves until SIGTERM, SIGINT or, with
// --with-parent, the end of the parent. Exit status: 0, or 2 with one line on stderr. See docs/server.md.
int serve(int argc, char** argv);

}  // namespace interleave
