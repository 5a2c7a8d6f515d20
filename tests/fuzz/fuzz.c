/* What the fuzz targets share; see fuzz.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "engine/engine.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    engine_setup();
    json_setup();
    log_set_level(LOG_LEVEL_ERROR);
    return 0;
}

const struct rules *fuzz_rules(void) {
    static struct rules *rules;
    struct err err = ERR_NONE;
    if (!rules) ENSURE(rules_open(&rules, FOOTNOTE_SOURCE_DIR "/index-schema", &err) == ST_OK);
    return rules;
}

const struct schema *fuzz_schema(void) {
    static struct schema *schema;
    struct err err = ERR_NONE;
    if (!schema) ENSURE(schema_open(&schema, FOOTNOTE_SOURCE_DIR "/index-schema/schema.json", &err) == ST_OK);
    return schema;
}

static void remove_folder(void) {
    file_remove_tree(folder, NULL);
}

const char *fuzz_folder(void) {
    if (folder[0]) return folder;
    snprintf(folder, sizeof folder, "%s/fn-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ENSURE(mkdtemp(folder));
    atexit(remove_folder);
    return folder;
}
