/* What the fuzz targets share: rules, schema, a claim that must hold.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A target is one LLVMFuzzerTestOneInput, which takes any bytes, finds no fault in them and leaves nothing behind.  It
 * is linked with libFuzzer (preset `fuzz`) or with replay.c, which gives it the files of its corpus. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "archive/rules.h"
#include "base/ensure.h"
#include "index/schema.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Before the first input; libFuzzer calls it too. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Borrowed; of the source's index-schema, read once. */
const struct rules *fuzz_rules(void);
const struct schema *fuzz_schema(void);
/* A fresh folder in memory, where there is one; the process removes it when it ends. */
const char *fuzz_folder(void);

#endif
