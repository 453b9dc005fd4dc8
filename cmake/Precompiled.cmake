# Precompiled headers: what most files include from outside of the project, compiled once instead of in every file.
# dz_precompiled holds the standard library, fmt, tl::expected and Boost.JSON; dz_precompiled_test adds the test libraries.
# Files include what they use all the same: the preset dev, where warnings are errors, compiles every file by itself. It
# has to: g++ 12 forgets in a precompiled header which warnings the standard library switches off, and gives false ones.
option(DZ_PCH "Use precompiled headers" ON)

set(code_headers
  <algorithm> <array> <bit> <charconv> <chrono> <cmath> <compare> <cstdint> <cstdio> <cstdlib> <cstring> <deque>
  <filesystem> <fstream> <functional> <limits> <map> <memory> <optional> <random> <set> <span> <sstream> <string>
  <string_view> <tuple> <unordered_map> <utility> <variant> <vector>
  <fmt/format.h> <fmt/ranges.h> <tl/expected.hpp> <boost/json.hpp>)
set(test_headers ${code_headers} <gmock/gmock.h> <gtest/gtest.h> <rapidcheck.h> <rapidcheck/gtest.h>)

# The compiler accepts a precompiled header only if these macros are the same, so every target gets all of them.
set(dz_precompiled_libraries Boost::json fmt::fmt tl::expected)
set(dz_precompiled_test_libraries ${dz_precompiled_libraries} GTest::gmock GTest::gtest rapidcheck rapidcheck_gtest)

# dz_precompile(name header...): a target that is nothing but a precompiled header.
function(dz_precompile name)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "// ${name} holds a precompiled header and no code.\n")
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE ${${name}_libraries})
  target_precompile_headers(${name} PRIVATE ${ARGN})

  # A precompiled header differs from build to build, byte for byte. ccache takes this file in its place, which is equal
  # where the headers, the compiler and its flags are equal: so that one checkout profits from what another has compiled.
  set(included ${ARGN})
  list(TRANSFORM included PREPEND "#include ")
  list(JOIN included "\n" included)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.h CONTENT "${included}\n")
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -std=c++${CMAKE_CXX_STANDARD} -M ${CMAKE_BINARY_DIR}/${name}.h
                  OUTPUT_VARIABLE rule COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "/[^ \n]+" files "${rule}")
  list(REMOVE_ITEM files ${CMAKE_BINARY_DIR}/${name}.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  set(sum "${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}\n${included}\n")
  foreach(file IN LISTS files)
    file(SHA256 ${file} hash)
    string(APPEND sum "${hash} ${file}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/CMakeFiles/${name}.dir/cmake_pch.hxx.gch.sum CONTENT "${sum}" @ONLY)
endfunction()

# dz_use_precompiled(target name): compiles the target with a precompiled header.
function(dz_use_precompiled target name)
  if(DZ_PCH)
    foreach(library IN LISTS ${name}_libraries)
      target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
    endforeach()
    target_precompile_headers(${target} REUSE_FROM ${name})
    target_compile_options(${target} PRIVATE
      -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread  # false ones, see above
      --param=ggc-min-heapsize=500000)  # KB; g++ looks for garbage from 128 MB on, which a precompiled header fills at once
  endif()
endfunction()

if(DZ_PCH)
  dz_precompile(dz_precompiled ${code_headers})
  dz_precompile(dz_precompiled_test ${test_headers})
  target_compile_options(dz_precompiled_test PRIVATE ${dz_light_options})
endif()
