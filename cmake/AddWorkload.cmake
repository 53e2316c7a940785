# One workload: its folder becomes part of the two lists that are made from the calls.
# SPDX-License-Identifier: Apache-2.0

# add_workload(NAME): workloads/NAME/ has spec.hpp (class NameSpec, what the harness links) and NAME.hpp (struct Name, the bodies that models link),
# Name being NAME in CamelCase.
function(add_workload name)
  set_property(GLOBAL APPEND PROPERTY INTERLEAVE_WORKLOADS ${name})
endfunction()

function(interleave_camel_case name out)
  string(REPLACE "_" ";" words ${name})
  set(camel "")
  foreach(word IN LISTS words)
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND camel ${first}${rest})
  endforeach()
  set(${out} ${camel} PARENT_SCOPE)
endfunction()

# interleave_workload_lists(DIR PREFIX NAME...): writes DIR/workloads/all_specs.hpp and all_bodies.hpp over the folders PREFIX/NAME, in this order.
function(interleave_workload_lists directory prefix)
  set(spec_includes "")
  set(body_includes "")
  set(specs "")
  set(bodies "")
  foreach(name IN LISTS ARGN)
    interleave_camel_case(${name} camel)
    string(APPEND spec_includes "#include \"${prefix}${name}/spec.hpp\"\n")
    string(APPEND body_includes "#include \"${prefix}${name}/${name}.hpp\"\n")
    list(APPEND specs "${camel}Spec")
    list(APPEND bodies "${camel}")
  endforeach()
  list(JOIN specs ", " specs)
  list(JOIN bodies ", " bodies)
  set(INCLUDES "${spec_includes}")
  set(LIST "using AllSpecs = Specs<${specs}>;")
  configure_file(${INTERLEAVE_CMAKE_DIR}/workload_list.hpp.in ${directory}/workloads/all_specs.hpp @ONLY)
  set(INCLUDES "${body_includes}")
  set(LIST "using AllWorkloads = Workloads<${bodies}>;")
  configure_file(${INTERLEAVE_CMAKE_DIR}/workload_list.hpp.in ${directory}/workloads/all_bodies.hpp @ONLY)
endfunction()
