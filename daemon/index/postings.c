/* Text into a document's postings: the exact word with its position, the stem without.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "postings.h"

#include "index/mapping.h"

static void add_word(struct postings *postings, const char *prefix, const struct token *token, uint32_t position) {
    size_t stem_len = 0;
    const char *stem =
        terms_stem(postings->terms, postings->language, token->term, token->len, token->flags, &stem_len);
    terms_exact(&postings->term, prefix, token->term, token->len);
    engine_doc_posting(postings->doc, postings->term.data, postings->term.len, position, 1);
    terms_stemmed(&postings->term, prefix, stem, stem_len);
    engine_doc_term(postings->doc, postings->term.data, postings->term.len, 1);
}

static bool add_token(void *arg, const struct token *token) {
    struct postings *postings = arg;
    if (postings->body) add_word(postings, "", token, ++postings->body_position);
    if (postings->prefix[0]) add_word(postings, postings->prefix, token, ++postings->field_position);
    return true;
}

void postings_text(struct postings *postings, const char *text, size_t len, const char *prefix, bool body) {
    postings->prefix = prefix;
    postings->body = body;
    postings->text_bytes += len;
    analyser_run(terms_analyser(postings->terms), text, len, postings->language, add_token, postings);
    postings->body_position += body ? POSITION_GAP : 0;
    postings->field_position += prefix[0] ? POSITION_GAP : 0;
}
