# Writes commit.hpp: version, commit, compiler and flags of this build.
# SPDX-License-Identifier: Apache-2.0
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=10 HEAD OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  set(commit "unknown")
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
// What was built; written by harness/machine/commit.cmake.
// SPDX-License-Identifier: Apache-2.0
#pragma once
namespace interleave {
inline constexpr const char* kVersion = "@VERSION@";
inline constexpr const char* kCommit = "@commit@";
inline constexpr const char* kCompiler = "@COMPILER@";
inline constexpr const char* kBuildType = "@BUILD_TYPE@";
inline constexpr const char* kFlags = "@FLAGS@";
}  // namespace interleave
]])
