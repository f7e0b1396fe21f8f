/*
 * merging_repository.c — along the merges that were not undone. Each makes a title of the archive: no way comes back to
 * where it began.
 */
#include "books/merging_repository.h"

#include "base/limits.h"
#include "db/engine.h"

#define STEPS_MAX 32 /* merges one after the other; of a damaged file, more than any */

SQL(KEPT, "SELECT b.id, b.uuid, b.title, b.deleted_at FROM title_merge m JOIN book b ON b.id = m.kept_id"
          " WHERE m.gone_id = :gone AND m.undone_at IS NULL ORDER BY m.id DESC LIMIT 1");

enum error_kind merging_repo_kept(struct ctx *ctx, int64_t gone_id, struct book_name *out_name,
                                  bool *out_found)
{
    bool found = true;

    *out_found = false;
    for (int i = 0; i < STEPS_MAX; i++) {
        struct stmt *s = db_statement(ctx, &KEPT);
        bind_int(s, ":gone", gone_id);
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        *out_name = (struct book_name){.id = gone_id = column_int(s, 0),
                                       .uuid = column_uuid(s, 1),
                                       .title = column_text(s, 2),
                                       .archived = !column_is_null(s, 3)};
        *out_found = true;
    }
    return OK;
}
