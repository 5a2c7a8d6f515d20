# footnote_room(NAME SOURCES … USES room… GUESTS target… [PUBLIC_GUESTS target…])
#
# A room is one static library, fn_<name>, in daemon/<name>.  Its public headers stand in
# include/<name>/ and are reached as "<name>/x.h"; everything else is private to it.  USES names the
# rooms whose headers it may include, which must stand below it in FOOTNOTE_ROOMS: an include against
# the house does not compile, and a USES against the house does not configure.  GUESTS are the
# libraries it is the door of; PUBLIC_GUESTS only those whose types stand in its public headers.
set(FOOTNOTE_ROOMS base text engine net archive import store index search evidence api)
# Rooms of one level do not see each other.
set(FOOTNOTE_LEVEL_base 0)
set(FOOTNOTE_LEVEL_text 1)
set(FOOTNOTE_LEVEL_engine 1)
set(FOOTNOTE_LEVEL_net 1)
set(FOOTNOTE_LEVEL_archive 2)
set(FOOTNOTE_LEVEL_import 3)
set(FOOTNOTE_LEVEL_store 3)
set(FOOTNOTE_LEVEL_index 4)
set(FOOTNOTE_LEVEL_search 5)
set(FOOTNOTE_LEVEL_evidence 6)
set(FOOTNOTE_LEVEL_api 7)

function(footnote_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;USES;GUESTS;PUBLIC_GUESTS" ${ARGN})
    add_library(fn_${name} STATIC ${ROOM_SOURCES})
    target_include_directories(fn_${name} PUBLIC include PRIVATE .)
    target_link_libraries(fn_${name} PUBLIC fn_contract PRIVATE fn_flags ${ROOM_GUESTS})
    target_link_libraries(fn_${name} PUBLIC ${ROOM_PUBLIC_GUESTS})
    foreach(used IN LISTS ROOM_USES)
        if(NOT FOOTNOTE_LEVEL_${used} LESS FOOTNOTE_LEVEL_${name})
            message(FATAL_ERROR "room ${name} may not use ${used}: see FOOTNOTE_LEVEL_… in cmake/Room.cmake")
        endif()
        target_link_libraries(fn_${name} PUBLIC fn_${used})
    endforeach()
endfunction()
