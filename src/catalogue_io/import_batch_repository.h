/*
 * import_batch_repository.h — the only writer of import_batch, import_row, import_made and import_changed.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_BATCH_REPOSITORY_H
#define CARREL_CATALOGUE_IO_IMPORT_BATCH_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "catalogue_io/import_batch.h"
#include "catalogue_io/import_trail.h"

/* Sets batch->id; its uuid is the caller's. */
enum error_kind import_repo_insert(struct ctx *ctx, struct import_batch *batch) MUST_CHECK;

enum error_kind import_repo_find(struct ctx *ctx, const struct uuid *uuid, struct import_batch *out_batch,
                                 bool *out_found) MUST_CHECK;
enum error_kind import_repo_find_by_id(struct ctx *ctx, int64_t id, struct import_batch *out_batch,
                                       bool *out_found) MUST_CHECK;

/* The oldest that is being read, written or undone. */
enum error_kind import_repo_find_open(struct ctx *ctx, struct import_batch *out_batch,
                                      bool *out_found) MUST_CHECK;

/* All of it that changes. */
enum error_kind import_repo_save(struct ctx *ctx, const struct import_batch *batch) MUST_CHECK;

/* The batch and all that is kept with it, at most `max` rows a time: *out_gone. */
enum error_kind import_repo_remove(struct ctx *ctx, int64_t id, int64_t max, bool *out_gone) MUST_CHECK;

/* One that nobody has started and was brought before this instant; one from before that still has rows. 0: none. */
enum error_kind import_repo_find_unstarted(struct ctx *ctx, int64_t before, int64_t *out_id,
                                           struct uuid *out_uuid) MUST_CHECK;
enum error_kind import_repo_find_rows_before(struct ctx *ctx, int64_t before, int64_t *out_id) MUST_CHECK;

/* Bytes of the files of all batches that still have one: those that are not over. */
enum error_kind import_repo_file_bytes(struct ctx *ctx, int64_t *out_bytes) MUST_CHECK;

enum error_kind import_repo_list(struct ctx *ctx, const struct list_query *query,
                                 struct row_sink *sink) MUST_CHECK;
enum error_kind import_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* ---- rows worth a look ---------------------------------------------------------------------------------- */

struct import_kept_row {
    int64_t row;
    const char *outcome; /* "repaired", "duplicate", "refused" */
    const char *name, *reasons;
    int64_t match_id;
    const char *match_name, *choice, *cells; /* the choice is read only */
};

/* One that is there already keeps its choice. */
enum error_kind import_repo_keep_row(struct ctx *ctx, int64_t batch_id,
                                     const struct import_kept_row *row) MUST_CHECK;

/* *out_choice is NULL where nobody has decided. */
enum error_kind import_repo_choice(struct ctx *ctx, int64_t batch_id, int64_t row,
                                   const char **out_choice) MUST_CHECK;
enum error_kind import_repo_choose(struct ctx *ctx, int64_t batch_id, int64_t row, const char *choice,
                                   bool *out_found) MUST_CHECK;
enum error_kind import_repo_choose_all(struct ctx *ctx, int64_t batch_id, const char *choice,
                                       int64_t *out_rows) MUST_CHECK;
enum error_kind import_repo_forget_rows(struct ctx *ctx, int64_t batch_id, int64_t max,
                                        int64_t *out_removed) MUST_CHECK;
enum error_kind import_repo_list_rows(struct ctx *ctx, const struct list_query *query,
                                      struct row_sink *sink) MUST_CHECK;

/* The next one after `after` of an outcome; NULL: of any. */
enum error_kind import_repo_next_row(struct ctx *ctx, int64_t batch_id, const char *outcome, int64_t after,
                                     struct import_kept_row *out_row, bool *out_found) MUST_CHECK;

/* ---- the trail -------------------------------------------------------------------------------------------- */

enum error_kind import_repo_add_trail(struct ctx *ctx, int64_t batch_id,
                                      const struct import_trail *trail) MUST_CHECK;

/* The range with the highest ids; the ids after `last_id` are dealt with and leave it. */
enum error_kind import_repo_last_range(struct ctx *ctx, int64_t batch_id, const char *entity,
                                       struct import_range *out_range, bool *out_found) MUST_CHECK;
enum error_kind import_repo_cut_range(struct ctx *ctx, int64_t batch_id, const struct import_range *range,
                                      int64_t last_id) MUST_CHECK;

/* The one below `before_id`, for looking without cutting. */
enum error_kind import_repo_range_before(struct ctx *ctx, int64_t batch_id, const char *entity,
                                         int64_t before_id, struct import_range *out_range,
                                         bool *out_found) MUST_CHECK;

/* The next changed value after entity, id and field ("", 0, "" at first). */
enum error_kind import_repo_next_value(struct ctx *ctx, int64_t batch_id, const struct import_value *after,
                                       struct import_value *out_value, bool *out_found) MUST_CHECK;
enum error_kind import_repo_forget_value(struct ctx *ctx, int64_t batch_id,
                                         const struct import_value *value) MUST_CHECK;

#endif
