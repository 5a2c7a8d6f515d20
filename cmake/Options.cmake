# What a builder may choose, and the flags that every target of ours takes (fn_flags).
# Nothing here is global: guests and their headers are not touched.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

option(FOOTNOTE_TESTS "Build the tests" ON)
option(FOOTNOTE_WERROR "Treat warnings as errors" OFF)
option(FOOTNOTE_BENCH "Build the peer of tests/bench/run" OFF)
option(FOOTNOTE_FUZZ "Build the libFuzzer targets (clang)" OFF)
set(FOOTNOTE_SANITIZE "" CACHE STRING "Sanitizers: empty, address,undefined or thread")

include(FeatureSummary)
add_feature_info(tests FOOTNOTE_TESTS "unit, engine, wire and fault tests")
add_feature_info(werror FOOTNOTE_WERROR "warnings are errors")
add_feature_info(bench FOOTNOTE_BENCH "the raw engine that tests/bench/run measures against")
add_feature_info(fuzz FOOTNOTE_FUZZ "fuzz targets")

add_library(fn_flags INTERFACE)
target_compile_features(fn_flags INTERFACE c_std_11 cxx_std_17)
target_compile_options(fn_flags INTERFACE
    -Wall -Wextra -Wshadow -Wpointer-arith -Wundef -Wvla
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes;-Wwrite-strings>
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
    $<$<BOOL:${FOOTNOTE_WERROR}>:-Werror>
    -fno-common)
target_compile_definitions(fn_flags INTERFACE _GNU_SOURCE)
if(FOOTNOTE_FUZZ)
    # Without the tracing of comparisons: it takes a third of the time, and in equal time finds no more (tests/fuzz).
    target_compile_options(fn_flags INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
    target_link_options(fn_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(FOOTNOTE_SANITIZE)
    target_compile_options(fn_flags INTERFACE -fsanitize=${FOOTNOTE_SANITIZE} -fno-omit-frame-pointer
                           -fno-sanitize-recover=all)
    target_link_options(fn_flags INTERFACE -fsanitize=${FOOTNOTE_SANITIZE})
endif()
