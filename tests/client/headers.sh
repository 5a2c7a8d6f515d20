#!/bin/sh
# The public headers compile alone, in strict C and C++, with every warning an error.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# headers.sh INCLUDE CC CXX
set -eu
for header in "$1"/footnote/*.h; do
    name=footnote/$(basename "$header")
    for standard in c99 c11 c17; do
        echo "#include <$name>" |
            "$2" -std=$standard -pedantic -Wall -Wextra -Werror -I "$1" -fsyntax-only -x c -
    done
    for standard in c++11 c++17; do
        echo "#include <$name>" |
            "$3" -std=$standard -pedantic -Wall -Wextra -Werror -I "$1" -fsyntax-only -x c++ -
    done
done
