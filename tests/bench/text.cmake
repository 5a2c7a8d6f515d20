# bench_analyse FILE.jsonl: the speed of the text room.  No test: figures depend on the machine.
add_executable(bench_analyse ${CMAKE_CURRENT_LIST_DIR}/bench_analyse.c)
target_link_libraries(bench_analyse PRIVATE fn_flags fn_text fn_base)
