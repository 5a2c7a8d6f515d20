/* Fuzz: JSON as it comes in (base/json.h).  What is taken can be written and read back without a change.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "base/json.h"

#include <string.h>

static const struct json_limits limits = {.bytes = 1 << 20, .depth = 60, .values = 100000};

static void print(const cJSON *tree, struct buf *out) {
    struct jw jw;
    buf_init(out, 0);
    jw_init(&jw, out);
    jw_value(&jw, tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err err = ERR_NONE;
    cJSON *tree = NULL, *again = NULL;
    if (json_parse(&tree, (const char *)data, size, &limits, &err) != ST_OK) {
        ENSURE(err.status != ST_OK && err.text[0] && !tree);
        ENSURE(err.status != ST_PARSE || (err.position >= 0 && (size_t)err.position <= size && err.line > 0));
        return 0;
    }
    struct buf once, twice;
    print(tree, &once);
    ENSURE(json_parse(&again, once.data, once.len, &limits, &err) == ST_OK);
    print(again, &twice);
    ENSURE(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    cJSON *patch = cJSON_Duplicate(tree, 1);
    cJSON_Delete(json_merge_patch(again, patch));
    cJSON_Delete(patch);
    cJSON_Delete(tree);
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
