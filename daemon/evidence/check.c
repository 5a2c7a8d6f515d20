/* check: has this claim been checked?
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The search room ranks (deep); the best CANDIDATES are held against the claim (check.h) and ranked again by
 *
 *   2.5 score/best + 2.6 back + 4.1 mass/greatest + 0.4 pairs/greatest + 0.4 near + 3.5 ln(1 + score)
 *
 * From the figures of an article follows a confidence between 0 and 1, by logistic regression (the weights are in
 * `fitted`): when the first one's is below the threshold, the claim is not known.  tests/bench/check-claims made both
 * and prints the curve that docs/evidence/check.md shows.  An article is answered once, with its best passage. */
#include "check.h"

#include "base/utf8.h"
#include "search/select.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES = 20, TOP = 5, CLAIM_BYTES_MAX = 10000, PASSAGE_BYTES = 400 };

/* Of: 1, back, lm, ln(1 + pairs), share, lw, ln((1 + score) / (1 + mean score behind TOP)), ln(1 + score), near,
 * known, lm · back, mass / 30, lw · lm; lm is ln(1 + mass), lw ln(words of the claim). */
static const double fitted[] = {-29.445, 1.652,  16.652,  1.019, -21.279, 3.808, 1.318,
                                2.238,   -1.713, -11.685, 0.732, -1.347,  -2.903};

/* Of the threshold: what is less likely is not shown behind an answer. */
static const double WORTH_SHOWING = 0.25;

/* ---- ranking ---- */

static double logistic(double x) {
    return 1 / (1 + exp(-x));
}

static int best_first(const void *left, const void *right) {
    const struct answer *a = *(const struct answer *const *)left, *b = *(const struct answer *const *)right;
    if (a->rank != b->rank) return a->rank > b->rank ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

static void rank(struct answer **answers, size_t count) {
    double score = 0, mass = 0, pairs = 0;
    for (size_t i = 0; i < count; i++) {
        score = fmax(score, answers[i]->score);
        mass = fmax(mass, answers[i]->mass);
        pairs = fmax(pairs, answers[i]->pairs);
    }
    for (size_t i = 0; i < count; i++) {
        struct answer *answer = answers[i];
        answer->rank = 2.6 * answer->back + 0.4 * answer->near + 3.5 * log(1 + answer->score);
        if (score > 0) answer->rank += 2.5 * answer->score / score;
        if (mass > 0) answer->rank += 4.1 * answer->mass / mass;
        if (pairs > 0) answer->rank += 0.4 * answer->pairs / pairs;
    }
    if (count > 1) qsort(answers, count, sizeof *answers, best_first);
}

/* Before ranking: the scores fall. */
static double mean_behind_top(struct answer **answers, size_t count) {
    double sum = 0;
    for (size_t i = TOP; i < count; i++)
        sum += answers[i]->score;
    return count > TOP ? sum / (double)(count - TOP) : 0;
}

static void estimate(const struct check *check, struct answer *answer, double behind) {
    double lm = log(1 + answer->mass), lw = log((double)(check->word_count ? check->word_count : 1));
    const double figures[] = {1,
                              answer->back,
                              lm,
                              log(1 + answer->pairs),
                              answer->share,
                              lw,
                              log((1 + answer->score) / (1 + behind)),
                              log(1 + answer->score),
                              answer->near,
                              check->known,
                              lm * answer->back,
                              answer->mass / 30,
                              lw * lm};
    double sum = 0;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        sum += fitted[i] * figures[i];
    answer->confidence = logistic(sum);
}

/* ---- the answer ---- */

static void write_passage(struct jw *jw, const struct answer *answer) {
    jw_kstring(jw, "field", answer->field);
    jw_key(jw, "section");
    if (answer->section) {
        jw_object(jw);
        jw_kint(jw, "number", answer->section->number);
        jw_kstring(jw, "heading", answer->section->heading);
        jw_object_end(jw);
    } else {
        jw_null(jw);
    }
    size_t len = answer->passage_len;
    if (len > PASSAGE_BYTES) len = utf8_floor(answer->passage, len, PASSAGE_BYTES);
    jw_key(jw, "passage");
    jw_stringn(jw, answer->passage ? answer->passage : "", len);
}

static void write_answer(const struct check *check, const struct answer *answer) {
    const struct article *article = answer->loaded.article;
    struct jw *jw = check->ev->jw;
    jw_object(jw);
    jw_kstring(jw, "id", answer->loaded.record.id);
    jw_kstring(jw, "title", article->title);
    jw_kstring(jw, "url", article->url);
    jw_kstring(jw, "verdict", article->verdict);
    jw_kstring(jw, "published", article->published);
    jw_kstring(jw, "outlet", article->outlet);
    jw_kstring(jw, "claim", article->claim_count ? article->claims[0].text : NULL);
    jw_kstring(jw, "claimant", article->claim_count ? article->claims[0].claimant : NULL);
    jw_key(jw, "score");
    jw_fixed(jw, answer->confidence, 4);
    jw_key(jw, "search_score");
    jw_fixed(jw, answer->score, 4);
    write_passage(jw, answer);
    if (check->request->explain) {
        jw_key(jw, "explain");
        jw_object(jw);
        jw_key(jw, "share");
        jw_fixed(jw, answer->share, 4);
        jw_key(jw, "mass");
        jw_fixed(jw, answer->mass, 4);
        jw_key(jw, "near");
        jw_fixed(jw, answer->near, 4);
        jw_key(jw, "pairs");
        jw_fixed(jw, answer->pairs, 4);
        jw_key(jw, "back");
        jw_fixed(jw, answer->back, 4);
        jw_key(jw, "known");
        jw_fixed(jw, check->known, 4);
        jw_kint(jw, "words", (int64_t)check->word_count);
        jw_object_end(jw);
    }
    jw_object_end(jw);
}

/* The candidates that are still there, held against the claim, best first. */
static enum status rate_all(struct check *check, const struct selection *selection, struct answer ***out,
                            size_t *count) {
    enum status st = ST_OK;
    *count = 0;
    *out = arena_alloc(check->ev->arena, (selection->count + 1) * sizeof **out);
    for (size_t i = 0; i < selection->count && st == ST_OK; i++) {
        struct answer *answer = arena_alloc(check->ev->arena, sizeof *answer);
        answer->score = selection->items[i].score;
        answer->order = i;
        st = load_article_docid(check->ev, check->ev->arena, selection->items[i].docid, &answer->loaded);
        if (st == ST_OK) {
            check_rate(check, answer);
            (*out)[(*count)++] = answer;
        } else if (st == ST_NOT_FOUND) { /* deleted since the index was brought up to date */
            st = ST_OK;
        }
        if (st == ST_OK) st = load_in_time(check->ev);
    }
    double behind = mean_behind_top(*out, *count);
    for (size_t i = 0; i < *count; i++)
        estimate(check, (*out)[i], behind);
    rank(*out, *count);
    return st;
}

static void write_answers(struct check *check, struct answer **answers, size_t count) {
    struct jw *jw = check->ev->jw;
    double best = count > 0 ? answers[0]->confidence : 0;
    bool checked = count > 0 && best >= check->request->threshold;
    jw_object(jw);
    jw_kstring(jw, "verdict", checked ? "checked" : "none");
    jw_key(jw, "answers");
    jw_array(jw);
    for (size_t i = 0; checked && i < count && i < check->request->limit; i++)
        if (answers[i]->confidence >= check->request->threshold * WORTH_SHOWING) write_answer(check, answers[i]);
    jw_array_end(jw);
    jw_key(jw, "threshold");
    jw_number(jw, check->request->threshold);
    jw_key(jw, "best_score");
    jw_fixed(jw, best, 4);
    jw_object_end(jw);
}

enum status evidence_check(struct evidence *ev, const struct check_request *request) {
    struct check *check = arena_alloc(ev->arena, sizeof *check);
    struct selection selection = {0};
    struct answer **answers = NULL;
    size_t count = 0;
    check->ev = ev;
    check->request = request;
    check->terms = searcher_terms(ev->searcher);
    if (strlen(request->text) > CLAIM_BYTES_MAX)
        return err_param(ev->err, ST_TOO_LARGE, "text", "parameter 'text': %zu bytes are above the limit of %d",
                         strlen(request->text), CLAIM_BYTES_MAX);
    struct select_request select = {.query = check_as_words(ev->arena, request->text),
                                    .filter = request->filter,
                                    .deep = true,
                                    .limit = CANDIDATES,
                                    .deadline_us = ev->deadline_us};
    enum status st = search_select(ev->searcher, ev->arena, &select, &selection, ev->err);
    if (st == ST_OK) st = check_read_claim(check);
    if (st == ST_OK) st = rate_all(check, &selection, &answers, &count);
    check_free(check);
    if (st == ST_OK) write_answers(check, answers, count);
    return st;
}
