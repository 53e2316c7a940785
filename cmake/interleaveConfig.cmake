# Lets a project of its own build models and workloads against a build tree: find_package(interleave REQUIRED PATHS .../build/release),
# add_model(NAME), add_workload(NAME).
# SPDX-License-Identifier: Apache-2.0
include(CMakeFindDependencyMacro)
include(FeatureSummary)
include(GNUInstallDirs)
find_dependency(Threads)
find_dependency(Boost 1.81)
find_dependency(benchmark)
find_dependency(CLI11)
find_dependency(fmt)
find_dependency(nlohmann_json)
# What single models need; those whose library is missing are left out.
find_package(TBB QUIET)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(uv QUIET IMPORTED_TARGET libuv>=1.44)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/interleaveTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/interleaveModels.cmake)
set(INTERLEAVE_LIBEXEC ${CMAKE_INSTALL_LIBEXECDIR}/interleave)
include(${CMAKE_CURRENT_LIST_DIR}/AddModel.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/AddWorkload.cmake)
