# Lets a project of its own build models against a build tree: find_package(interleave REQUIRED PATHS .../build/release), add_model(NAME).
# SPDX-License-Identifier: Apache-2.0
include(CMakeFindDependencyMacro)
include(FeatureSummary)
include(GNUInstallDirs)
find_dependency(Threads)
find_dependency(Boost 1.81)
find_dependency(benchmark)
find_dependency(fmt)
find_dependency(nlohmann_json)
include(${CMAKE_CURRENT_LIST_DIR}/interleaveTargets.cmake)
set(INTERLEAVE_LIBEXEC ${CMAKE_INSTALL_LIBEXECDIR}/interleave)
include(${CMAKE_CURRENT_LIST_DIR}/AddModel.cmake)
