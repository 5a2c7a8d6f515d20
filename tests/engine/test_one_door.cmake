# Proves that the engine's room is the only one that knows Xapian and the only one in C++.
# SPDX-License-Identifier: GPL-2.0-or-later
#
#   cmake -DNM=… -DSOURCE_DIR=… -DENGINE=libfn_engine.a -DOTHERS=lib…a,lib…a -P test_one_door.cmake
#
# Of the objects: no library but the engine's refers to Xapian or to anything of C++'s runtime.  Of the
# sources: no file outside daemon/engine is C++ or includes Xapian's header; the one exception is the peer of the
# benchmark, which shows the engine without us and is part of nothing that is installed.
set(CPLUSPLUS "_ZN6Xapian|_ZNK6Xapian|__gxx_personality|__cxa_|_ZNSt|_ZNKSt|_Znwm|_ZdlPv")
set(faults "")

# Sets out to the symbols of C++ that a library refers to.
function(symbols_of library out)
    execute_process(COMMAND ${NM} -P ${library} OUTPUT_VARIABLE symbols ERROR_VARIABLE complaint RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${library}: build everything first: ${complaint}")
    endif()
    string(REGEX MATCHALL "(${CPLUSPLUS})[A-Za-z0-9_]*" found "${symbols}")
    list(REMOVE_DUPLICATES found)
    set(${out} "${found}" PARENT_SCOPE)
endfunction()

# The test of the test: the engine's own library must be found out.
symbols_of(${ENGINE} found)
if(NOT found MATCHES "_ZN6Xapian")
    message(FATAL_ERROR "${ENGINE}: Xapian's symbols are not seen; this test proves nothing")
endif()

string(REPLACE "," ";" libraries "${OTHERS}")
foreach(library IN LISTS libraries)
    symbols_of(${library} found)
    foreach(symbol IN LISTS found)
        list(APPEND faults "${library} refers to ${symbol}")
    endforeach()
endforeach()

foreach(folder daemon client include index-schema tests systemd)
    file(GLOB_RECURSE cplusplus ${SOURCE_DIR}/${folder}/*.cc ${SOURCE_DIR}/${folder}/*.cpp
         ${SOURCE_DIR}/${folder}/*.cxx ${SOURCE_DIR}/${folder}/*.hh ${SOURCE_DIR}/${folder}/*.hpp)
    file(GLOB_RECURSE plain ${SOURCE_DIR}/${folder}/*.c ${SOURCE_DIR}/${folder}/*.h)
    foreach(source IN LISTS cplusplus)
        if(NOT source MATCHES "/daemon/engine/" AND NOT source MATCHES "/tests/bench/peer/raw.cc$")
            list(APPEND faults "${source} is C++")
        endif()
    endforeach()
    foreach(source IN LISTS plain)
        if(NOT source MATCHES "/daemon/engine/")
            file(STRINGS ${source} includes REGEX "#[ \t]*include[ \t]*[<\"]xapian")
            if(includes)
                list(APPEND faults "${source} includes Xapian")
            endif()
        endif()
    endforeach()
endforeach()
# What the public header shows must be C.
file(STRINGS ${SOURCE_DIR}/daemon/engine/include/engine/engine.h includes REGEX "xapian\\.h|extern \"C\"|class ")
if(includes)
    list(APPEND faults "engine.h shows more than C: ${includes}")
endif()

if(faults)
    list(JOIN faults "\n" faults)
    message(FATAL_ERROR "${faults}")
endif()
