/* How a search was understood and done, for explain.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "answer.h"

#include "base/when.h"

#include <string.h>

void write_explain(struct answer *answer) {
    struct run *run = answer->run;
    struct buf parsed;
    buf_init(&parsed, 0);
    query_print(run->query.root, &parsed);
    jw_key(&answer->jw, "explain");
    jw_object(&answer->jw);
    jw_key(&answer->jw, "parsed");
    jw_stringn(&answer->jw, parsed.data, parsed.len);
    for (size_t k = 0; k < run->kind_count; k++)
        if (run->kinds[k].described)
            jw_kstring(&answer->jw, run->kinds[k].kind == STORE_ARTICLE ? "articles" : "sources",
                       run->kinds[k].described);
    jw_key(&answer->jw, "stages_ms");
    jw_object(&answer->jw);
    jw_key(&answer->jw, "parse");
    jw_fixed(&answer->jw, (double)(run->parsed_us - run->began_us) / 1000, 3);
    jw_key(&answer->jw, "search");
    jw_fixed(&answer->jw, (double)(run->searched_us - run->parsed_us) / 1000, 3);
    jw_key(&answer->jw, "answer");
    jw_fixed(&answer->jw, (double)(when_mono_us() - run->searched_us) / 1000, 3);
    jw_object_end(&answer->jw);
    jw_object_end(&answer->jw);
    buf_free(&parsed);
}
