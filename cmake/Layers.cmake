# One static library a folder, one test binary a folder, explicit sources.
include(GoogleTest)

# dz_library(name SOURCES a.cpp ... LINKS target ...)
function(dz_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(dz_${name} STATIC)
  dz_sources(dz_${name} ${ARG_SOURCES})
  target_include_directories(dz_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(dz_${name} PUBLIC ${ARG_LINKS})
  dz_use_precompiled(dz_${name} dz_precompiled)
endfunction()

# dz_time_limit(seconds test ...): how long these tests may take; more under a sanitizer.
function(dz_time_limit seconds)
  math(EXPR limit "${seconds} * ${DZ_SLOWDOWN}")
  set_tests_properties(${ARGN} PROPERTIES TIMEOUT ${limit})
endfunction()

# `threads`: the test programs that start a second thread, which their sources tell. They are what the preset tsan is for.
add_custom_target(threads)

# dz_test(name SOURCES a_test.cpp ... LINKS target ... [TIMEOUT seconds] [LABEL word])
function(dz_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;LABEL" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_executable(${name}_test)
  dz_sources(${name}_test ${ARG_SOURCES})
  # Paths only for the sources that name them: the others compile alike in every checkout, so the compiler cache serves them.
  foreach(source ${ARG_SOURCES})
    file(STRINGS ${source} named REGEX "DZ_(SOURCE|BUILD)_DIR" LIMIT_COUNT 1)
    if(named)
      set_source_files_properties(${source} PROPERTIES COMPILE_DEFINITIONS
        "DZ_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";DZ_BUILD_DIR=\"${CMAKE_BINARY_DIR}\"")
    endif()
    file(STRINGS ${source} thread REGEX "std::(j?thread|async)|PassThread" LIMIT_COUNT 1)
    if(thread)
      set(ARG_LABEL threads)
      add_dependencies(threads ${name}_test)
    endif()
  endforeach()
  target_link_libraries(${name}_test PRIVATE ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main rapidcheck rapidcheck_gtest)
  target_compile_options(${name}_test PRIVATE ${dz_light_options})
  dz_use_precompiled(${name}_test dz_precompiled_test)
  math(EXPR limit "${ARG_TIMEOUT} * ${DZ_SLOWDOWN}")
  gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${limit} LABELS ${ARG_LABEL})
endfunction()

# `apps`: every program and nothing else, what the demo needs built.
add_custom_target(apps)

# dz_program(binary SOURCES main.cpp ... LINKS target ...): a program that is not installed
function(dz_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name})
  dz_sources(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS})
  dz_use_precompiled(${name} dz_precompiled)
endfunction()

# dz_app(binary SOURCES main.cpp ... LINKS target ...): an installed program
function(dz_app name)
  dz_program(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  add_dependencies(apps ${name})
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
