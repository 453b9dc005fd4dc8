# Language level, build types, warnings, compiler cache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(DZ_WERROR "Treat warnings as errors" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# Assertions (DZ_CHECK) are our own and always on; NDEBUG concerns libraries only.
# g++ 12 warns falsely that a std::variant or std::optional may be used uninitialized, and of std::string at -O3; `dev` is
# where warnings are errors, and the sanitizers look for what is really uninitialized.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -Wno-maybe-uninitialized")
# For what nobody waits for: tests themselves (not what they test), the CLI, the demo. The optimiser takes most of their
# compile time.
set(dz_light_options $<$<CONFIG:Release>:-O1>)
set(CMAKE_CXX_FLAGS_DEV "-O1 -Wno-maybe-uninitialized")
# Asio/Beast files take minutes at -O1 with both sanitizers together: -O0 keeps the build usable.
set(CMAKE_CXX_FLAGS_ASAN "-O0 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_TSAN "-O1 -g1 -fsanitize=thread")
# Clang's: coverage of every branch for libFuzzer, which tests/fuzz links to programs of its own.
set(CMAKE_CXX_FLAGS_FUZZ "-O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer")
set(CMAKE_EXE_LINKER_FLAGS_ASAN "-fsanitize=address,undefined")
set(CMAKE_EXE_LINKER_FLAGS_TSAN "-fsanitize=thread")
set(CMAKE_EXE_LINKER_FLAGS_FUZZ "-fsanitize=address,undefined")

# Sanitizers slow programs down: a test may take so many times longer.
if(CMAKE_BUILD_TYPE MATCHES "^(Asan|Tsan|Fuzz)$")
  set(DZ_SLOWDOWN 5)
else()
  set(DZ_SLOWDOWN 1)
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wunused -Wno-dangling-else -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  add_compile_options(-Wno-unknown-warning-option)  # some of those that are switched off are g++'s
endif()
if(DZ_WERROR)
  add_compile_options(-Werror)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Base folder: paths below it count as relative, so what one checkout has compiled serves another.
  # The rest is what ccache needs to cache files that use a precompiled header (see Precompiled.cmake).
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_PCH_EXTSUM=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_compile_definitions(DZ_VERSION="${PROJECT_VERSION}")
