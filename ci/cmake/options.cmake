# The one place for language level, warnings and sanitizers: every target links smtpgauge_options.
add_library(smtpgauge_options INTERFACE)
target_compile_features(smtpgauge_options INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
target_include_directories(smtpgauge_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(smtpgauge_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wswitch-enum)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms in std::string's operator+ when optimising (GCC bug 105651).
  target_compile_options(smtpgauge_options INTERFACE -Wno-restrict)
endif()
if(SMTPGAUGE_WERROR)
  target_compile_options(smtpgauge_options INTERFACE -Werror)
endif()
if(SMTPGAUGE_SANITIZE)
  target_compile_options(smtpgauge_options INTERFACE
    -fsanitize=${SMTPGAUGE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(smtpgauge_options INTERFACE -fsanitize=${SMTPGAUGE_SANITIZE})
  find_program(GOLD ld.gold)
  if(GOLD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_link_options(smtpgauge_options INTERFACE -fuse-ld=gold)  # a third of the time
  endif()
  if(SMTPGAUGE_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(smtpgauge_options INTERFACE -Wno-tsan)  # Asio's fences, GCC only
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(smtpgauge_options INTERFACE -Wno-subobject-linkage)  # wrong where files are built together
endif()
if(SMTPGAUGE_FUZZERS)
  target_compile_options(smtpgauge_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What runs once is built several files at once where nobody edits: half of the time.
function(smtpgauge_runs_once target)
  if(CMAKE_BUILD_TYPE STREQUAL Release)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  endif()
endfunction()

# smtpgauge_library(<name> SOURCES ... [LINK ...]): one static library per folder.
function(smtpgauge_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(smtpgauge_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(smtpgauge_${name} PUBLIC smtpgauge_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE})
endfunction()
