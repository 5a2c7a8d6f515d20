/* The task `verify`: store, log, index and their agreement; with `repair` it mends what can be mended.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Result: {"ok": bool, "records": n, "findings": [{"place", "kind"?, "id"?, "revision"?, "message", "remedy",
 * "repaired"}], "advice": "…"}.  Findings beyond FINDINGS_MAX are counted only. */
#include "apply.h"
#include "base/log.h"
#include "base/when.h"
#include "check.h"
#include "refused.h"
#include "reindex.h"

#include <inttypes.h>
#include <string.h>

enum { FINDINGS_MAX = 1000 };

struct finding {
    const char *place, *id, *message, *remedy;
    enum store_kind kind;
    uint32_t docid;
    uint64_t revision;
    bool repaired;
};

struct verifier {
    struct index *ix;
    struct task *task;
    struct arena *arena;
    struct finding *findings;
    size_t count, cap, beyond;
    size_t of_store, of_index;
};

static struct finding *add(struct verifier *verifier, const char *place, const char *message, const char *remedy) {
    static struct finding none;
    if (verifier->count >= FINDINGS_MAX) {
        verifier->beyond++;
        return &none;
    }
    verifier->findings =
        arena_grow(verifier->arena, verifier->findings, verifier->count, &verifier->cap, sizeof *verifier->findings);
    struct finding *finding = &verifier->findings[verifier->count++];
    *finding = (struct finding){.place = place, .message = arena_strdup(verifier->arena, message), .remedy = remedy};
    return finding;
}

/* ---- the store ---- */

static const char *remedy_of(const struct store_finding *finding) {
    if (strcmp(finding->place, "store") == 0) return "restore a backup";
    if (strcmp(finding->place, "record") != 0) return "verify --repair sets it right";
    if (finding->docid == 0) return "this old revision is lost; the record itself is whole";
    return "verify --repair brings its newest whole revision back, or removes it; else restore a backup";
}

static void found(void *arg, const struct store_finding *from) {
    struct verifier *verifier = arg;
    struct finding *finding = add(verifier, from->place, from->message, remedy_of(from));
    finding->kind = from->kind;
    finding->docid = from->docid;
    finding->revision = from->revision;
    finding->id = arena_strdup(verifier->arena, from->id);
    verifier->of_store++;
}

static void checked(void *arg) {
    struct verifier *verifier = arg;
    atomic_fetch_add(&verifier->task->done, 1);
}

static bool stop(void *arg) {
    struct verifier *verifier = arg;
    struct err err;
    return task_check(verifier->ix, verifier->task, &err) != ST_OK;
}

static enum status verify_store(struct verifier *verifier, struct err *err) {
    struct store *store = NULL;
    struct store_counts counts;
    struct store_verify verify = {.found = found, .checked = checked, .stop = stop, .arg = verifier};
    enum status st = store_open(&store, verifier->ix->data, STORE_READ, err);
    if (st == ST_OK) st = store_begin(store, err);
    if (st == ST_OK) st = store_counts(store, &counts, err);
    if (st == ST_OK) task_stage(verifier->task, "checking the records", counts.articles + counts.sources);
    if (st == ST_OK) st = store_verify(store, &verify, err);
    if (st == ST_OK) store_rollback(store);
    store_close(store);
    return st;
}

/* ---- the index ---- */

struct listing { /* of docids in the index, a block at a time */
    uint32_t docids[1000];
    size_t count, at;
    uint32_t last;
    bool ended;
};

static bool take_docid(void *arg, uint32_t docid, uint32_t wdf) {
    struct listing *listing = arg;
    (void)wdf;
    listing->docids[listing->count++] = docid;
    return listing->count < sizeof listing->docids / sizeof *listing->docids;
}

/* 0 at the end. */
static enum status next_indexed(struct engine_db *db, struct listing *listing, uint32_t *out, struct err *err) {
    enum status st = ST_OK;
    if (listing->at == listing->count && !listing->ended) {
        listing->at = listing->count = 0;
        st = engine_postings(db, "", 0, listing->last, take_docid, listing, err);
        listing->ended = listing->count == 0;
    }
    *out = 0;
    if (st == ST_OK && listing->at < listing->count) *out = listing->last = listing->docids[listing->at++];
    return st;
}

static void disagree(struct verifier *verifier, enum store_kind kind, uint32_t docid, const char *message) {
    struct finding *finding = add(verifier, "index", message, "verify --repair builds the index anew");
    finding->kind = kind;
    finding->docid = docid;
    verifier->of_index++;
}

/* Each record has its document, each document its record.  The databases stand still and the log is applied. */
static enum status compare(struct verifier *verifier, struct apply *apply, enum store_kind kind, struct err *err) {
    struct listing *listing = arena_alloc(verifier->arena, sizeof *listing);
    struct refused *refused = verifier->ix->refused;
    uint64_t generation = apply->generation->number;
    uint32_t stored = 0, indexed = 0;
    enum status st = store_next_docid(apply->store, kind, 0, &stored, err);
    if (st == ST_OK) st = next_indexed(apply->dbs[kind], listing, &indexed, err);
    while (st == ST_OK && (stored || indexed)) {
        bool take_stored = stored && (!indexed || stored <= indexed);
        bool take_indexed = indexed && (!stored || indexed <= stored);
        if (take_stored && !take_indexed && !refused_has(refused, generation, kind, stored))
            disagree(verifier, kind, stored, "a record is not in the index");
        if (take_indexed && !take_stored) disagree(verifier, kind, indexed, "the index has a record that is not there");
        if (take_stored) st = store_next_docid(apply->store, kind, stored, &stored, err);
        if (st == ST_OK && take_indexed) st = next_indexed(apply->dbs[kind], listing, &indexed, err);
    }
    return st;
}

/* Readers of the view before must have left before the databases change. */
static void pass_gate(struct apply *apply) {
    gate_committed(&apply->ix->gate);
    gate_wait(&apply->ix->gate, when_mono_us() + apply->ix->request_timeout_us);
}

/* Brings the standing databases up to one state of the store, and compares. */
static enum status agree(struct verifier *verifier, const struct generation *served, struct err *err) {
    struct apply apply = {.before = pass_gate};
    bool more = true;
    enum status st = apply_open(&apply, verifier->ix, served, err);
    if (st == ST_OK) st = store_begin(apply.store, err);
    while (st == ST_OK && more) {
        st = task_check(verifier->ix, verifier->task, err);
        if (st == ST_OK) st = apply_some(&apply, &more, err);
        if (st == ST_OK && apply_is_full(&apply)) st = apply_commit(&apply, err);
    }
    if (st == ST_OK) st = apply_commit(&apply, err);
    if (st == ST_OK) st = compare(verifier, &apply, STORE_ARTICLE, err);
    if (st == ST_OK) st = compare(verifier, &apply, STORE_SOURCE, err);
    apply_close(&apply);
    return st;
}

static enum status verify_index(struct verifier *verifier, struct err *err) {
    const struct generation *served = atomic_load(&verifier->ix->served);
    struct handover pause;
    task_stage(verifier->task, "checking the index", 0);
    enum status st = applier_pause(verifier->ix, &pause, err);
    if (st != ST_OK) return st;
    for (enum store_kind kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++)
        st = check_dir(served->dirs[kind], err);
    if (st == ST_OK) st = agree(verifier, served, err);
    gate_committed(&verifier->ix->gate);
    applier_resume(verifier->ix, &pause);
    if (st != ST_CORRUPT) return st;
    add(verifier, "index", err->text, "verify --repair builds the index anew");
    verifier->of_index++;
    *err = ERR_NONE;
    return ST_OK;
}

/* ---- repair ---- */

/* The newest kept revision that is whole; false: there is none. */
static bool whole_revision(struct store *store, struct arena *arena, const struct finding *finding,
                           struct record *record) {
    uint64_t *revisions = NULL;
    size_t count = 0;
    struct err err = ERR_NONE;
    if (store_revisions(store, arena, finding->kind, finding->id, &revisions, &count, &err) != ST_OK) return false;
    for (size_t i = 0; i < count; i++)
        if (revisions[i] != finding->revision &&
            store_get(store, arena, finding->kind, finding->id, revisions[i], record, &err) == ST_OK)
            return true;
    return false;
}

static enum status put_back(struct verifier *verifier, const struct finding *finding, const struct record *record,
                            struct err *err) {
    struct index *ix = verifier->ix;
    struct write write = {.op = WRITE_PUT, .kind = finding->kind, .id = finding->id};
    struct article *article = NULL;
    struct source *source = NULL;
    cJSON *json = cJSON_ParseWithLength(record->json, record->len);
    write.if_revision = STORE_ANY_REVISION;
    enum status st = json ? store_pack(verifier->arena, record->json, record->len, &write.packed, err)
                          : err_set(err, ST_CORRUPT, "a kept revision of '%s' can't be parsed", finding->id);
    if (st == ST_OK && finding->kind == STORE_ARTICLE)
        st = article_read(verifier->arena, ix->rules, json, &article, err);
    else if (st == ST_OK)
        st = source_read(verifier->arena, ix->rules, json, &source, err);
    write.article = article;
    write.source = source;
    if (st == ST_OK) st = write_apply(ix, verifier->arena, &write, err);
    if (st == ST_OK && write.err.status != ST_OK) st = err_set(err, write.err.status, "%s", write.err.text);
    cJSON_Delete(json);
    return st;
}

static enum status mend_record(struct verifier *verifier, struct finding *finding, struct err *err) {
    struct index *ix = verifier->ix;
    struct record record;
    struct write remove = {.op = WRITE_DELETE, .kind = finding->kind, .id = finding->id};
    remove.if_revision = STORE_ANY_REVISION;
    if (whole_revision(ix->store, verifier->arena, finding, &record)) {
        finding->remedy = "its newest whole revision was brought back";
        finding->repaired = true;
        return put_back(verifier, finding, &record, err);
    }
    enum status st = write_apply(ix, verifier->arena, &remove, err);
    finding->repaired = st == ST_OK && remove.err.status == ST_OK;
    finding->remedy = finding->repaired ? "it was removed: no revision of it is whole" : "restore a backup";
    return st;
}

static enum status mend_store(struct verifier *verifier, struct err *err) {
    struct index *ix = verifier->ix;
    struct store_counts counts;
    pthread_mutex_lock(&ix->write_lock);
    enum status st = store_begin(ix->store, err);
    for (size_t i = 0; i < verifier->count && st == ST_OK; i++)
        if (strcmp(verifier->findings[i].place, "record") == 0 && verifier->findings[i].docid != 0)
            st = mend_record(verifier, &verifier->findings[i], err);
    if (st == ST_OK) st = store_commit(ix->store, err);
    if (st == ST_OK) st = store_recount(ix->store, err);
    if (st == ST_OK) st = store_counts(ix->store, &counts, err);
    if (st != ST_OK) store_rollback(ix->store);
    pthread_mutex_unlock(&ix->write_lock);
    if (st != ST_OK) return st;
    applier_wake(ix, counts.seq);
    for (size_t i = 0; i < verifier->count; i++)
        if (strcmp(verifier->findings[i].place, "counters") == 0 || strcmp(verifier->findings[i].place, "log") == 0 ||
            strcmp(verifier->findings[i].place, "citations") == 0)
            verifier->findings[i].repaired = true;
    return ST_OK;
}

static enum status mend_index(struct verifier *verifier, struct err *err) {
    struct task *task = verifier->task;
    enum status st = reindex_run(verifier->ix, task, err);
    buf_clear(&task->result);
    for (size_t i = 0; i < verifier->count && st == ST_OK; i++)
        if (strcmp(verifier->findings[i].place, "index") == 0) verifier->findings[i].repaired = true;
    return st;
}

/* ---- the result ---- */

static void write_finding(struct jw *jw, const struct finding *finding) {
    jw_object(jw);
    jw_kstring(jw, "place", finding->place);
    if (finding->kind) jw_kstring(jw, "kind", store_kind_name(finding->kind));
    if (finding->id) jw_kstring(jw, "id", finding->id);
    if (finding->docid) jw_kint(jw, "number", finding->docid);
    if (finding->revision) jw_kint(jw, "revision", (int64_t)finding->revision);
    jw_kstring(jw, "message", finding->message);
    jw_kstring(jw, "remedy", finding->remedy);
    jw_kbool(jw, "repaired", finding->repaired);
    jw_object_end(jw);
}

static size_t open_findings(const struct verifier *verifier) {
    size_t open = verifier->beyond;
    for (size_t i = 0; i < verifier->count; i++)
        open += !verifier->findings[i].repaired;
    return open;
}

static const char *advice(const struct verifier *verifier) {
    size_t open = open_findings(verifier);
    if (verifier->count == 0) return "all is well";
    if (open == 0) return "all that was found is repaired";
    if (verifier->of_store > 0) return "see each finding's remedy; footnote verify --repair mends what it can";
    return "footnote verify --repair builds the index anew from the records, which are whole";
}

static void write_result(struct verifier *verifier, uint64_t records) {
    struct jw jw;
    jw_init(&jw, &verifier->task->result);
    jw_object(&jw);
    jw_kbool(&jw, "ok", verifier->count == 0);
    jw_kint(&jw, "records", (int64_t)records);
    jw_key(&jw, "findings");
    jw_array(&jw);
    for (size_t i = 0; i < verifier->count; i++)
        write_finding(&jw, &verifier->findings[i]);
    jw_array_end(&jw);
    jw_kint(&jw, "findings_beyond", (int64_t)verifier->beyond);
    jw_kstring(&jw, "advice", advice(verifier));
    jw_object_end(&jw);
}

enum status verify_run(struct index *ix, struct task *task, struct err *err) {
    bool repair = cJSON_IsTrue(json_get(task->params, "repair"));
    struct verifier verifier = {.ix = ix, .task = task, .arena = arena_new()};
    enum status st = verify_store(&verifier, err);
    uint64_t records = atomic_load(&task->done);
    if (st == ST_OK) st = verify_index(&verifier, err);
    if (st == ST_OK && repair && verifier.of_store > 0) st = mend_store(&verifier, err);
    if (st == ST_OK && repair && verifier.of_index > 0) st = mend_index(&verifier, err);
    if (st == ST_OK && repair && open_findings(&verifier) == 0) damage_repaired(ix);
    if (st == ST_OK) {
        for (size_t i = 0; i < verifier.count; i++)
            log_error("verify", "place=%s id=\"%s\" message=\"%s\"", verifier.findings[i].place,
                      verifier.findings[i].id ? verifier.findings[i].id : "", verifier.findings[i].message);
        write_result(&verifier, records);
        task_stage(task, "done", records);
        atomic_store(&task->done, records);
    }
    arena_free(verifier.arena);
    return st;
}
