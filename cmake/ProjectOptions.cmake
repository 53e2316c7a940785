# The options every target of the project shares, and the layout of the build tree, which is that of an installation.
# SPDX-License-Identifier: Apache-2.0
include(GNUInstallDirs)

add_library(interleave_options INTERFACE)
target_compile_features(interleave_options INTERFACE cxx_std_20)
target_include_directories(interleave_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(interleave_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  # GCC 12 counts a structured binding that only one branch uses, and Boost's and fmt's headers trip the next one at -O2.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-unused-variable -Wno-maybe-uninitialized>)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Symmetric transfer between coroutines is a tail call only when optimised: debug builds keep -O2 (docs/compilers.md).
set(CMAKE_CXX_FLAGS_DEBUG "-O2 -g")
# Frame pointers for profilers; no -march=native, so that results travel.
add_compile_options(-fno-omit-frame-pointer)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(INTERLEAVE_LIBEXEC ${CMAKE_INSTALL_LIBEXECDIR}/interleave)
set(INTERLEAVE_DATA ${CMAKE_INSTALL_DATADIR}/interleave)

# What no trial spends its time in (the command line, plans, verdicts, files): optimised lightly, with fmt and nlohmann's JSON compiled once for
# all of it, since reading and optimising those headers is most of a build.
function(interleave_not_measured target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(NOT TARGET interleave_headers)
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/generated/headers.cpp CONTENT "// Nothing: its target compiles the shared headers.\n")
    add_library(interleave_headers OBJECT ${PROJECT_BINARY_DIR}/generated/headers.cpp)
    target_link_libraries(interleave_headers PRIVATE interleave_options nlohmann_json::nlohmann_json fmt::fmt)
    target_compile_options(interleave_headers PRIVATE $<$<CONFIG:Release>:-O1>)
    target_precompile_headers(interleave_headers PRIVATE <fmt/format.h> <nlohmann/json.hpp> <filesystem> <functional> <map> <optional> <string> <vector>)
  endif()
  target_precompile_headers(${target} REUSE_FROM interleave_headers)
endfunction()

# The same for single files of a target that is measured.
function(interleave_not_measured_sources)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
endfunction()
