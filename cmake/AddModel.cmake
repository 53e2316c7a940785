# One model: its executable, its line in the summary, its tests.
# SPDX-License-Identifier: Apache-2.0

# add_model(NAME [SOURCES file...] [NEEDS target...] [LIBS target...]): models/NAME/main.cpp, and SOURCES beside it, become libexec/interleave/NAME. A NEEDS target that
# does not exist turns the model off, and the summary says so; LIBS are linked as they are.
function(add_model name)
  cmake_parse_arguments(arg "" "" "SOURCES;NEEDS;LIBS" ${ARGN})
  foreach(needed IN LISTS arg_NEEDS)
    if(NOT TARGET ${needed})
      add_feature_info(model.${name} OFF "needs ${needed}: ./scripts/setup installs it")
      return()
    endif()
  endforeach()
  set(sources main.cpp ${arg_SOURCES})
  list(TRANSFORM sources PREPEND ${name}/)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE interleave_bodies $<LINK_LIBRARY:WHOLE_ARCHIVE,interleave_specs> ${arg_NEEDS} ${arg_LIBS})
  if("interleave_asio" IN_LIST arg_NEEDS AND TARGET interleave_asio_headers)
    target_precompile_headers(${name} REUSE_FROM interleave_asio_headers)
  elseif(TARGET interleave_model_headers)  # in this project
    target_precompile_headers(${name} REUSE_FROM interleave_model_headers)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${INTERLEAVE_LIBEXEC})
  install(TARGETS ${name} RUNTIME DESTINATION ${INTERLEAVE_LIBEXEC})
  add_feature_info(model.${name} ON "models/${name}")
  set_property(GLOBAL APPEND PROPERTY INTERLEAVE_MODELS ${name})
  if(PROJECT_IS_INTERLEAVE)  # what add_workload() offers elsewhere, as the description has it: it can only be asked once the program is built
    file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/model.hpp bears REGEX "\\.bears_family = true")
    file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/model.hpp one_at_a_time REGEX "Family::sequential")
    if(bears AND NOT one_at_a_time)
      set_property(GLOBAL APPEND PROPERTY INTERLEAVE_BEARERS ${name})
    endif()
  endif()
  set_property(GLOBAL APPEND_STRING PROPERTY INTERLEAVE_MODEL_NEEDS
    "set(INTERLEAVE_MODEL_${name}_NEEDS ${arg_NEEDS})\nset(INTERLEAVE_MODEL_${name}_LIBS ${arg_LIBS})\nset(INTERLEAVE_MODEL_${name}_SOURCES ${arg_SOURCES})\n")
endfunction()
