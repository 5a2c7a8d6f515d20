# canonicalize: reads URLs, prints the keys that source identity gives them; url-collapses runs it.
include_guard(GLOBAL)
add_executable(canonicalize ${CMAKE_CURRENT_LIST_DIR}/canonicalize.c)
target_link_libraries(canonicalize PRIVATE fn_flags fn_archive fn_base)
