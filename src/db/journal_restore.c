/*
 * journal_restore.c — walking along a series: from the backup's own number, segment after segment, one number at a time.
 */
#include "db/journal_restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/engine_internal.h"
#include "db/foreign_keys.h"
#include "db/journal.h"
#include "db/journal_apply.h"
#include "db/journal_file.h"
#include "db/journal_folder.h"

/* Where a backup stands. */
struct standing {
    bool has_journal;
    struct uuid series;
    uint64_t number;
    int64_t version;
    int64_t last_activity; /* 0: nothing was ever done */
    const char *second;    /* the second folder that it knows; NULL: none */
};

struct walk {
    struct ctx *ctx;
    const struct seal_key *key;
    const struct standing *from;
    int64_t until;
    struct journal_apply *apply; /* NULL: only to see how far it goes */
    struct segment_name *segments;
    struct journal_reach reach;
    uint64_t last;
    bool has_hole; /* an entry is missing, or is not what was written */
    bool is_until; /* it ended because what follows is later than `until` */
    int64_t next_series_at;
};

/* ---- the backup -------------------------------------------------------------------------------------------------- */

SQL(STANDING, "SELECT series, number FROM journal WHERE id = 1");
SQL(SECOND_FOLDER, "SELECT value FROM setting WHERE name = 'backup_second_dir' AND value <> ''");

#define HAS_TABLE "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'journal'"
#define LAST_ACTIVITY "SELECT coalesce((SELECT at FROM audit_log ORDER BY id DESC LIMIT 1), 0)"

/* A library from before there was a journal has no such table. */
static enum error_kind read_standing(struct ctx *ctx, struct standing *standing)
{
    int64_t tables = 0;
    struct stmt *s;
    bool found;

    TRY(db_pragma_int(ctx, HAS_TABLE, &tables));
    if (tables == 0)
        return OK;
    s = db_statement(ctx, &STANDING);
    TRY(db_row(s, &standing->has_journal));
    if (standing->has_journal) {
        standing->series = column_uuid(s, 0);
        standing->number = (uint64_t)column_int(s, 1);
    }
    s = db_statement(ctx, &SECOND_FOLDER);
    TRY(db_row(s, &found));
    if (found)
        standing->second = column_text(s, 0);
    TRY(db_pragma_int(ctx, "PRAGMA user_version", &standing->version));
    return db_pragma_int(ctx, LAST_ACTIVITY, &standing->last_activity);
}

static enum error_kind look_at_backup(struct ctx *ctx, const char *path, struct standing *out_standing)
{
    struct standing standing = {0};

    TRY(db_open(ctx, path, DB_CHECK, &ctx->db));
    enum error_kind kind = read_standing(ctx, &standing);
    db_close(ctx->db);
    ctx->db = NULL;
    if (kind == OK)
        *out_standing = standing;
    return kind;
}

/* ---- the segments ------------------------------------------------------------------------------------------------ */

static void find_segments(struct walk *walk, const struct journal_sources *sources)
{
    const char *folders[] = {sources->folder, sources->second ? sources->second : walk->from->second};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && !walk->segments; i++) {
        if (!walk->from->has_journal || !folders[i])
            continue;
        walk->segments = journal_folder_list_of(walk->ctx, folders[i], &walk->from->series);
        walk->reach.folder = folders[i];
    }
    /* Those that end before the backup was made. */
    while (walk->segments && walk->segments->next && walk->segments->next->first <= walk->from->number + 1)
        walk->segments = walk->segments->next;
    walk->reach.is_there = walk->segments && walk->segments->first <= walk->from->number + 1;
    if (!walk->reach.is_there)
        walk->reach.folder = NULL;
}

/* *out_go_on: what follows is wanted as well. */
static enum error_kind take_change(struct walk *walk, const struct journal_change *change, bool *out_go_on)
{
    *out_go_on = true;
    if (change->number <= walk->last)
        return OK;
    walk->has_hole = change->number != walk->last + 1;
    *out_go_on = !walk->has_hole && change->instant <= walk->until;
    walk->is_until = !walk->has_hole && !*out_go_on;
    if (!*out_go_on)
        return OK;
    if (walk->apply)
        TRY(journal_apply_change(walk->ctx, walk->apply, change));
    walk->last = change->number;
    walk->reach.entries++;
    if (walk->reach.first_at == 0)
        walk->reach.first_at = change->instant;
    walk->reach.last_at = change->instant;
    return OK;
}

static enum error_kind walk_entries(struct walk *walk, struct segment_reader *reader, bool is_last,
                                    bool *out_go_on)
{
    struct journal_change change;
    enum segment_reading reading = SEGMENT_END;

    while (*out_go_on && (reading = segment_next(reader, &change)) == SEGMENT_ENTRY)
        TRY(take_change(walk, &change, out_go_on));
    /* Where a stick was pulled, the next segment goes on from before the torn end. */
    if (reading == SEGMENT_TORN && is_last)
        walk->reach.ends_early = true;
    if (reading == SEGMENT_DAMAGED) {
        walk->has_hole = true;
        *out_go_on = false;
    }
    return OK;
}

static enum error_kind walk_segment(struct walk *walk, const struct segment_name *name, bool *out_go_on)
{
    struct ctx *ctx = walk->ctx;
    struct segment_reader *reader;
    struct segment_head head;

    enum error_kind kind = segment_open(ctx, name->path, walk->key, walk->apply != NULL, &head, &reader);
    bool is_lost = ctx->error.code == ERR_LIBRARY_DAMAGED || ctx->error.code == ERR_CONFLICT;
    if (kind != OK && !is_lost)
        return kind;
    if (kind != OK && !name->next) {
        /* Cut off while it was begun: nothing was in it yet. */
        error_clear(ctx);
        walk->reach.ends_early = true;
        return OK;
    }
    if (kind != OK || head.version != walk->from->version) {
        error_clear(ctx);
        walk->has_hole = true;
        *out_go_on = false;
        return OK;
    }
    return walk_entries(walk, reader, !name->next, out_go_on);
}

/* When, after the last change of this series, another one began in the same folder; 0: never. */
static int64_t next_series(struct walk *walk)
{
    int64_t began = walk->reach.last_at ? walk->reach.last_at : walk->from->last_activity, next = 0;

    for (const struct segment_name *name = journal_folder_list(walk->ctx, walk->reach.folder); name;
         name = name->next) {
        int64_t other = journal_series_began(&name->series);
        if (other > began && (next == 0 || other < next))
            next = other;
    }
    return next;
}

static enum error_kind walk_all(struct walk *walk)
{
    struct ctx *ctx = walk->ctx;
    bool go_on = walk->reach.is_there;

    walk->last = walk->from->number;
    for (const struct segment_name *name = walk->segments; name && go_on; name = name->next) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(walk_segment(walk, name, &go_on));
        arena_reset_to(ctx->arena, mark);
    }
    if (walk->reach.is_there && !walk->is_until)
        walk->next_series_at = next_series(walk);
    walk->reach.ends_early = walk->reach.ends_early || walk->has_hole || walk->next_series_at != 0;
    return OK;
}

static enum error_kind begin_walk(struct ctx *ctx, const char *backup, const struct journal_sources *sources,
                                  struct standing *standing, struct walk *out_walk)
{
    TRY(look_at_backup(ctx, backup, standing));
    *out_walk = (struct walk){.ctx = ctx, .key = sources->key, .from = standing, .until = JOURNAL_LATEST};
    find_segments(out_walk, sources);
    return OK;
}

enum error_kind journal_reach(struct ctx *ctx, const char *backup, const struct journal_sources *sources,
                              struct journal_reach *out_reach)
{
    struct standing standing;
    struct walk walk;

    TRY(begin_walk(ctx, backup, sources, &standing, &walk));
    TRY(walk_all(&walk));
    *out_reach = walk.reach;
    return OK;
}

/* ---- doing it again ---------------------------------------------------------------------------------------------- */

static const char *moment(struct ctx *ctx, int64_t instant)
{
    char when[CLOCK_INSTANT_SIZE];

    clock_format_instant(instant, when);
    return arena_strdup(ctx->arena, when);
}

/* As far as the walk has led: there an asker may go. */
static const char *reachable(const struct walk *walk, int64_t instant)
{
    const char *when = moment(walk->ctx, instant);

    error_reason_text(walk->ctx, "reachable_until", when);
    return when;
}

/* Is that moment where the walk has led, without anything left out on the way? */
static enum error_kind check_walk(const struct walk *walk)
{
    struct ctx *ctx = walk->ctx;
    const struct standing *from = walk->from;
    int64_t last_at = walk->reach.last_at ? walk->reach.last_at : from->last_activity;

    if (walk->until < from->last_activity)
        return fail(ctx, JOURNAL_GAP,
                    "This backup is younger than that: it holds what was done until %s. Take an older one. "
                    "Nothing was changed.",
                    moment(ctx, from->last_activity));
    if (!walk->reach.is_there)
        return fail(ctx, JOURNAL_GAP,
                    "No journal goes on from this backup, neither beside it nor in the second folder. It can "
                    "be restored as it is. Nothing was changed.");
    if (walk->has_hole && walk->until > last_at)
        return fail(ctx, JOURNAL_GAP,
                    "The journal is damaged or has a gap at change %" PRIu64
                    ". This backup can be brought to "
                    "%s: ask for that moment, or take a later backup. Nothing was changed.",
                    walk->last + 1, reachable(walk, last_at));
    if (walk->until != JOURNAL_LATEST && walk->next_series_at != 0 && walk->next_series_at <= walk->until)
        return fail(
            ctx, JOURNAL_GAP,
            "From %s on, the journal belongs to a later backup. This one can be brought to %s: ask for "
            "that moment, or take a later backup. Nothing was changed.",
            moment(ctx, walk->next_series_at), reachable(walk, last_at));
    return OK;
}

static enum error_kind apply_all(struct walk *walk)
{
    walk->apply = journal_apply_new();
    enum error_kind kind = walk_all(walk);
    journal_apply_free(walk->apply);
    return kind;
}

static enum error_kind check_keys(struct ctx *ctx)
{
    bool hold = false;

    TRY(foreign_keys_hold(ctx, NULL, &hold));
    if (hold)
        return OK;
    return fail(
        ctx, LIBRARY_DAMAGED,
        "After the journal a record points at one that is not there. Nothing was changed. Take another "
        "backup, or an earlier moment.");
}

static enum error_kind apply_in_transaction(struct walk *walk)
{
    struct ctx *ctx = walk->ctx;

    /* The full-text tables' own tables are written row by row, too. */
    if (sqlite3_db_config(ctx->db->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL) != SQLITE_OK)
        return fail(ctx, INTERNAL, "The copy cannot be written as it has to be.");
    TRY(db_exec(ctx, "PRAGMA foreign_keys = OFF"));
    TRY(db_exec(ctx, "BEGIN IMMEDIATE"));
    TRY(apply_all(walk));
    TRY(check_walk(walk)); /* a stick may read worse the second time */
    TRY(check_keys(ctx));
    TRY(journal_forget(ctx));
    db_reset_statements(ctx->db);
    return db_exec(ctx, "COMMIT");
}

/* What a failure leaves open, db_close() gives up. */
static enum error_kind apply_to(struct walk *walk, const char *staged)
{
    struct ctx *ctx = walk->ctx;

    TRY(db_open(ctx, staged, DB_WRITE, &ctx->db));
    enum error_kind kind = apply_in_transaction(walk);
    db_close(ctx->db);
    ctx->db = NULL;
    return kind;
}

enum error_kind journal_bring_forward(struct ctx *ctx, const char *staged,
                                      const struct journal_sources *sources, int64_t until,
                                      struct journal_reach *out_reach)
{
    struct standing standing;
    struct walk look, walk;

    TRY(begin_walk(ctx, staged, sources, &standing, &look));
    look.until = until;
    walk = look;
    TRY(walk_all(&look));
    TRY(check_walk(&look));
    TRY(apply_to(&walk, staged));
    *out_reach = walk.reach;
    return OK;
}

bool journal_parse_until(const char *text, int64_t *out_instant)
{
    if (strcmp(text, "latest") != 0)
        return clock_parse_instant(text, out_instant) || clock_parse_local(text, out_instant);
    *out_instant = JOURNAL_LATEST;
    return true;
}
