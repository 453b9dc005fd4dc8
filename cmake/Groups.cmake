# Several source files of a target compiled in one go: most of the compiler's work is what they all include.
# tools/group_sources.py chooses which. It looks at the sources when CMake runs: should a name that a file keeps to itself
# clash with another's later ("redefinition", and a path in groups/), run CMake again.
set(DZ_GROUP 8 CACHE STRING "So many source files of a target are compiled in one go, at most; 1: every file by itself")

# dz_sources(target file...): the sources of a target that was made without.
function(dz_sources target)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ REGEX "^[^/]")
  if(DZ_GROUP GREATER 1)
    list(JOIN ARGN " " files)
    set_property(GLOBAL APPEND_STRING PROPERTY dz_targets "${target} ${files}\n")
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)  # takes the .cpp files inside a group for headers
  else()
    target_sources(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# dz_group_sources(): gives every target its sources, once all targets are known.
function(dz_group_sources)
  if(DZ_GROUP GREATER 1)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    get_property(targets GLOBAL PROPERTY dz_targets)
    file(WRITE ${CMAKE_BINARY_DIR}/groups/targets.txt "${targets}")
    execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/group_sources.py ${DZ_GROUP} ${CMAKE_BINARY_DIR}/groups
                    INPUT_FILE ${CMAKE_BINARY_DIR}/groups/targets.txt
                    OUTPUT_FILE ${CMAKE_BINARY_DIR}/groups/targets.cmake COMMAND_ERROR_IS_FATAL ANY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS tools/group_sources.py)
    include(${CMAKE_BINARY_DIR}/groups/targets.cmake)
  endif()
endfunction()
