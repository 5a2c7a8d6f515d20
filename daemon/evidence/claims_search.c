/* claims_search: the archive's claims in the shape of Google's Fact Check Tools, `claims:search`.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   {"claims": [{"text", "claimant", "claimDate",
 *                "claimReview": [{"publisher": {"name", "site"}, "url", "title", "reviewDate", "textualRating",
 *                                 "languageCode"}]}],
 *    "nextPageToken"}
 *
 * Articles are ranked as `check` ranks them, without its threshold; an article without claims stands for one claim, its
 * title.  Members that an article does not have are left out, as there.  A token is `offset-hash`: the hash is that of
 * all other parameters, which must be those of the request before. */
#include "check.h"

#include "base/hash.h"
#include "base/when.h"
#include "search/select.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CANDIDATES_MAX = 1000 };

struct claims {
    struct evidence *ev;
    const struct claims_request *request;
    uint64_t skip, written;
    bool more;
};

static void write_review(struct claims *claims, const struct article *article, const struct source_key *page) {
    struct jw *jw = claims->ev->jw;
    const char *listed = page->domain ? outlet_name(index_rules(claims->ev->ix), page->key) : NULL;
    jw_key(jw, "claimReview");
    jw_array(jw);
    jw_object(jw);
    jw_key(jw, "publisher");
    jw_object(jw);
    jw_ksome(jw, "name", article->outlet ? article->outlet : listed);
    jw_ksome(jw, "site", page->domain);
    jw_object_end(jw);
    jw_ksome(jw, "url", article->url);
    jw_ksome(jw, "title", article->title);
    jw_ksome(jw, "reviewDate", article->published);
    jw_ksome(jw, "textualRating", article->verdict);
    jw_ksome(jw, "languageCode", article->language);
    jw_object_end(jw);
    jw_array_end(jw);
}

static void write_claim(struct claims *claims, const struct article *article, const struct claim *claim,
                        const struct source_key *page) {
    struct jw *jw = claims->ev->jw;
    if (claims->skip > 0) {
        claims->skip--;
        return;
    }
    if (claims->written == claims->request->page_size) {
        claims->more = true;
        return;
    }
    claims->written++;
    jw_object(jw);
    jw_ksome(jw, "text", claim && claim->text[0] ? claim->text : article->title);
    if (claim) {
        jw_ksome(jw, "claimant", claim->claimant);
        jw_ksome(jw, "claimDate", claim->date);
    }
    write_review(claims, article, page);
    jw_object_end(jw);
}

static bool is_of_site(const struct claims *claims, const struct source_key *page) {
    const char *site = claims->request->site;
    struct source_key wanted;
    if (!site) return true;
    source_key_from_url(claims->ev->arena, index_rules(claims->ev->ix), site, &wanted);
    return page->domain && wanted.domain && strcmp(page->domain, wanted.domain) == 0;
}

/* The newer of claim date and review date decides. */
static bool is_young(const struct claims *claims, const struct article *article) {
    int64_t newest = INT64_MIN, seconds = 0;
    if (claims->request->max_age_days < 0) return true;
    if (article->published && when_parse_end(&seconds, article->published, NULL) == ST_OK) newest = seconds;
    for (size_t i = 0; i < article->claim_count; i++)
        if (article->claims[i].date && when_parse_end(&seconds, article->claims[i].date, NULL) == ST_OK &&
            seconds > newest)
            newest = seconds;
    return newest >= when_now_ms() / 1000 - claims->request->max_age_days * 86400;
}

static enum status write_article(struct claims *claims, uint32_t docid) {
    struct arena *arena = arena_new();
    struct loaded loaded;
    struct source_key page = {0};
    enum status st = load_article_docid(claims->ev, arena, docid, &loaded);
    if (st == ST_OK) {
        const struct article *article = loaded.article;
        if (article->url) source_key_from_url(arena, index_rules(claims->ev->ix), article->url, &page);
        bool wanted = is_of_site(claims, &page) && is_young(claims, article);
        for (size_t i = 0; wanted && i < article->claim_count; i++)
            write_claim(claims, article, &article->claims[i], &page);
        if (wanted && article->claim_count == 0) write_claim(claims, article, NULL, &page);
    }
    arena_free(arena);
    return st == ST_NOT_FOUND ? ST_OK : st; /* deleted since the index was brought up to date */
}

static uint64_t hash_request(struct evidence *ev, const struct claims_request *request) {
    const char *text = arena_printf(ev->arena, "%s\n%s\n%s\n%" PRId64 "\n%u", request->query ? request->query : "",
                                    request->language ? request->language : "", request->site ? request->site : "",
                                    request->max_age_days, request->page_size);
    return hash64(text, strlen(text));
}

static enum status read_token(struct claims *claims) {
    const char *token = claims->request->page_token;
    char *end = NULL;
    claims->skip = claims->request->offset;
    if (!token || !*token) return ST_OK;
    unsigned long long skip = strtoull(token, &end, 10);
    unsigned long long hash = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
    if (*end || hash != hash_request(claims->ev, claims->request))
        return err_param(claims->ev->err, ST_INVALID_VALUE, "pageToken",
                         "parameter 'pageToken': it belongs to a request with other parameters");
    claims->skip = skip;
    return ST_OK;
}

enum status evidence_claims_search(struct evidence *ev, const struct claims_request *request) {
    struct claims claims = {.ev = ev, .request = request};
    struct selection selection = {0};
    enum status st = read_token(&claims);
    uint64_t first = claims.skip;
    struct select_request select = {.query = request->query ? check_as_words(ev->arena, request->query) : NULL,
                                    .deep = true,
                                    .limit = CANDIDATES_MAX,
                                    .deadline_us = ev->deadline_us};
    if (request->language) {
        size_t len = strcspn(request->language, "-_");
        for (size_t i = 0; i < len; i++)
            if (strchr(" :\"()", request->language[i])) len = 0;
        select.filter = arena_printf(ev->arena, "lang:%.*s", len ? (int)len : 3, len ? request->language : "und");
    }
    if (st == ST_OK) st = search_select(ev->searcher, ev->arena, &select, &selection, ev->err);
    if (st != ST_OK) return st;
    jw_object(ev->jw);
    jw_key(ev->jw, "claims");
    jw_array(ev->jw);
    for (size_t i = 0; i < selection.count && !claims.more && st == ST_OK; i++)
        st = write_article(&claims, selection.items[i].docid);
    jw_array_end(ev->jw);
    if (claims.more)
        jw_kstring(
            ev->jw, "nextPageToken",
            arena_printf(ev->arena, "%" PRIu64 "-%016" PRIx64, first + claims.written, hash_request(ev, request)));
    jw_object_end(ev->jw);
    return st;
}
