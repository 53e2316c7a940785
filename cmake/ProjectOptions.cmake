# The options every target of the project shares, and the layout of the build tree, which is that of an installation.
# SPDX-License-Identifier: Apache-2.0
include(GNUInstallDirs)

add_library(interleave_options INTERFACE)
target_compile_features(interleave_options INTERFACE cxx_std_20)
target_include_directories(interleave_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(interleave_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  # GCC 12 counts a structured binding that only one branch uses, and Boost's and fmt's headers trip the next one at -O2. Clang hears that
  # stable_sort of libstdc++ 12 calls what that deprecates.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-unused-variable -Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:Clang>:-Wcomma -Wno-deprecated-declarations>)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Symmetric transfer between coroutines is a tail call only when optimised: debug builds keep -O2 (docs/compilers.md).
set(CMAKE_CXX_FLAGS_DEBUG "-O2 -g")
# Frame pointers for profilers; no -march=native, so that results travel.
add_compile_options(-fno-omit-frame-pointer)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(INTERLEAVE_LIBEXEC ${CMAKE_INSTALL_LIBEXECDIR}/interleave)
set(INTERLEAVE_DATA ${CMAKE_INSTALL_DATADIR}/interleave)

# Several sources of the target to a translation unit: headers are read, and what they instantiate is optimised, once for eight files. A build of developers
# (-DCMAKE_UNITY_BUILD=OFF, as in the preset dev) compiles each alone, which shows an include that is missing.
function(interleave_in_batches target)
  if(NOT DEFINED CMAKE_UNITY_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
    # An unnamed namespace is of one file all the same: nobody includes these.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# interleave_shared_headers(NAME [MEASURED] HEADERS header... LIBS target...): compiled once, optimised lightly unless they are of what is MEASURED; a target
# shares them by target_precompile_headers(... REUSE_FROM NAME).
function(interleave_shared_headers name)
  cmake_parse_arguments(arg "MEASURED" "" "HEADERS;LIBS" ${ARGN})
  if(NOT TARGET ${name})
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/generated/${name}.cpp CONTENT "// Nothing: its target compiles the shared headers.\n")
    add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/generated/${name}.cpp)
    target_link_libraries(${name} PRIVATE interleave_options ${arg_LIBS})
    if(NOT arg_MEASURED)
      target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  endif()
endfunction()

set(INTERLEAVE_HEADERS <fmt/format.h> <nlohmann/json.hpp> <filesystem> <functional> <map> <optional> <string> <vector>)

# What no trial spends its time in (the command line, plans, verdicts, files): optimised lightly, with fmt and nlohmann's JSON compiled once for
# all of it, since reading and optimising those headers is most of a build.
function(interleave_not_measured target)
  interleave_in_batches(${target})
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  interleave_shared_headers(interleave_headers HEADERS ${INTERLEAVE_HEADERS} LIBS nlohmann_json::nlohmann_json fmt::fmt)
  target_link_libraries(${target} PRIVATE fmt::fmt nlohmann_json::nlohmann_json)  # whose definitions are the headers'
  target_precompile_headers(${target} REUSE_FROM interleave_headers)
endfunction()
