/* A map's rules, as map.c reads and map_apply.c obeys them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IMPORT_MAP_RULES_H
#define IMPORT_MAP_RULES_H

#include "map.h"

#include <stdbool.h>
#include <stddef.h>

struct map_path {
    char *names[MAP_DEPTH];
    size_t count;
    const char *text; /* as given */
};

struct map_rule {
    struct map_path theirs;
    struct map_path ours; /* count 0: drop */
    bool copy;            /* a later rule takes the field away */
};

struct map {
    struct map_rule *rules;
    size_t count;
};

#endif
