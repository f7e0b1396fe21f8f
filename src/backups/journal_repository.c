/*
 * journal_repository.c — the one journal of the process, for those who look at it from other threads.
 */
#include "backups/journal_repository.h"

#include <stddef.h>

#include "db/files.h"
#include "db/journal.h"
#include "db/journal_folder.h"
#include "db/sealed.h"

static struct journal *journal;

enum error_kind journal_repo_open(struct ctx *ctx, const char *folder, const struct seal_key *key)
{
    struct journal_place place = {.folder = folder, .key = key};

    return journal_open(ctx, &place, &journal);
}

void journal_repo_close(void)
{
    journal = NULL;
}

void journal_repo_move(const char *folder, const struct seal_key *key)
{
    struct journal_place place = {.folder = folder, .key = key};

    if (journal)
        journal_move(journal, &place);
}

void journal_repo_look(struct journal_overview *out_overview)
{
    struct journal_status status = {0};

    if (journal)
        journal_look(journal, &status);
    *out_overview = (struct journal_overview){.on = status.on,
                                              .lag_ms = status.lag_ms,
                                              .last_written_at = status.last_written_at,
                                              .gap_since = status.gap_since,
                                              .series_from = status.series_from};
}

void journal_repo_prune(struct ctx *ctx, const char *folder, int64_t needed_from, int64_t *out_removed)
{
    journal_folder_prune(ctx, folder, needed_from, out_removed);
}

enum error_kind journal_repo_bring_forward(struct ctx *ctx, const char *from, const char *passphrase,
                                           const char *staged, const char *second, int64_t until,
                                           struct journal_reach *out_reach)
{
    struct journal_sources sources = {.folder = file_folder(ctx, from), .second = second};
    struct seal_key key;

    if (sealed_is(from)) {
        TRY(sealed_key(ctx, from, passphrase, &key));
        sources.key = &key;
    }
    return journal_bring_forward(ctx, staged, &sources, until, out_reach);
}
