# Source identity: vectors, properties, diagnostics; and the tool that reviews the collapses of an archive.
footnote_test(test_archive_source_key SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_source_key.c USES fn_archive)
footnote_test(test_archive_url_rules SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_url_rules.c USES fn_archive)
target_include_directories(test_archive_source_key PRIVATE ${CMAKE_SOURCE_DIR}/daemon/archive)
target_include_directories(test_archive_url_rules PRIVATE ${CMAKE_SOURCE_DIR}/daemon/archive)
target_link_libraries(test_archive_source_key PRIVATE PkgConfig::PSL)
include(${CMAKE_SOURCE_DIR}/tests/bench/canonicalize.cmake)
