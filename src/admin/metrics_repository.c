/*
 * metrics_repository.c — counters that are kept anyway, and counts over short indexes.
 */
#include "admin/metrics_repository.h"

#include <string.h>

#include "base/limits.h"
#include "db/engine.h"
#include "db/figures.h"
#include "db/writer.h"

SQL_SCANNING(COUNTERS, "a dozen rows", "SELECT name, value FROM library_counter");
SQL(OVERDUE, "SELECT count(*) FROM borrow WHERE returned_at IS NULL AND due_at < :now");
SQL(NOTIFICATIONS, "SELECT count(*) FROM notification WHERE state = :state");
SQL(DELIVERIES, "SELECT count(*) FROM webhook_delivery WHERE state = :state");
SQL_SCANNING(
    JOBS, "one row for each job",
    "SELECT name, finished_at, coalesce(outcome LIKE 'ok:%', 0) FROM job_run WHERE finished_at IS NOT NULL");

enum error_kind metrics_repo_counters(struct ctx *ctx, counter_teller *tell, void *argument)
{
    struct stmt *s = db_statement(ctx, &COUNTERS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        tell(argument, column_text(s, 0), column_int(s, 1));
    }
}

static enum error_kind read_count(struct stmt *s, int64_t *out_count)
{
    bool found;

    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind metrics_repo_overdue(struct ctx *ctx, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &OVERDUE);

    bind_int(s, ":now", ctx->now);
    return read_count(s, out_count);
}

enum error_kind metrics_repo_notifications(struct ctx *ctx, const char *state, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &NOTIFICATIONS);

    bind_text(s, ":state", state);
    return read_count(s, out_count);
}

enum error_kind metrics_repo_deliveries(struct ctx *ctx, const char *state, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &DELIVERIES);

    bind_text(s, ":state", state);
    return read_count(s, out_count);
}

enum error_kind metrics_repo_jobs(struct ctx *ctx, job_teller *tell, void *argument)
{
    struct stmt *s = db_statement(ctx, &JOBS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        tell(argument, column_text(s, 0), column_int(s, 1), column_bool(s, 2));
    }
}

/* ---- the database ------------------------------------------------------------------------------------------ */

static void add(struct metric_list *list, const struct metric *metric)
{
    if (list->count < METRICS_MAX)
        list->of[list->count++] = *metric;
}

static void add_histograms(struct metric_list *list)
{
    const struct {
        const char *name, *unit, *help;
        const struct histogram *histogram;
        const struct histogram_bounds *bounds;
    } rows[] = {
        {"carrel_writer_queue_wait_seconds", "seconds", "How long a write waited before the writer took it",
         &db_figures.queue_wait, &histogram_us},
        {"carrel_writer_batch_jobs", NULL, "Writes that shared one transaction", &db_figures.batch_jobs,
         &histogram_numbers},
        {"carrel_writer_commit_seconds", "seconds", "One COMMIT, until the disk has it", &db_figures.commit,
         &histogram_us},
        {"carrel_checkpoint_seconds", "seconds", "Copying the log of changes back into the library's file",
         &db_figures.checkpoint, &histogram_us},
        {"carrel_read_wait_seconds", "seconds",
         "How long a request waited for a read connection and its snapshot", &db_figures.read_wait,
         &histogram_us},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        add(list, &(struct metric){.name = rows[i].name,
                                   .type = METRIC_HISTOGRAM,
                                   .unit = rows[i].unit,
                                   .help = rows[i].help,
                                   .decimals = rows[i].unit ? 6 : 0,
                                   .histogram = rows[i].histogram,
                                   .bounds = rows[i].bounds});
}

void metrics_repo_database(struct metric_list *list)
{
    struct writer_load load;

    writer_load(&load);
    const struct {
        const char *name;
        enum metric_type type;
        const char *unit, *help;
        int64_t value;
    } rows[] = {
        {"carrel_writer_bulk_slices", METRIC_COUNTER, NULL, "Slices of long work, each its own transaction",
         db_figure_read(&db_figures.bulk_slices)},
        {"carrel_writer_busy_retries", METRIC_COUNTER, NULL,
         "How often another program held the library's file when the writer wanted it",
         db_figure_read(&db_figures.busy_retries)},
        {"carrel_writer_retried_batches", METRIC_COUNTER, NULL,
         "Transactions that were rolled back and done again one write at a time",
         db_figure_read(&db_figures.retried_batches)},
        {"carrel_writer_refused", METRIC_COUNTER, NULL, "Writes that were not taken: too many waited",
         db_figure_read(&db_figures.refused)},
        {"carrel_writer_waiting", METRIC_GAUGE, NULL, "Writes that wait or are being done", load.waiting},
        {"carrel_writer_keeps_wal", METRIC_GAUGE, NULL, "1: the disk has failed to keep what was written",
         load.keeps_wal},
        {"carrel_wal_bytes", METRIC_GAUGE, "bytes", "Changes that are not in the library's file yet",
         db_figure_read(&db_figures.wal_pages) * DB_PAGE_BYTES},
        {"carrel_reads_cut", METRIC_COUNTER, NULL,
         "Reads that were ended early: they kept the log of changes from being begun anew",
         db_figure_read(&db_figures.reads_cut)},
        {"carrel_slow_statements", METRIC_COUNTER, NULL, "SQL statements that took long; the log names them",
         db_figure_read(&db_figures.slow_statements)},
        {"carrel_page_cache_hits", METRIC_COUNTER, NULL, "Pages that were in memory",
         db_figure_read(&db_figures.cache_hits)},
        {"carrel_page_cache_misses", METRIC_COUNTER, NULL, "Pages that had to be read from the file",
         db_figure_read(&db_figures.cache_misses)},
        {"carrel_page_cache_spills", METRIC_COUNTER, NULL, "Changed pages that memory had no room for",
         db_figure_read(&db_figures.cache_spills)},
        {"carrel_read_connections", METRIC_GAUGE, NULL, "Connections for reading that are open",
         db_figure_read(&db_figures.read_connections)},
    };

    add_histograms(list);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        add(list, &(struct metric){.name = rows[i].name,
                                   .type = rows[i].type,
                                   .unit = rows[i].unit,
                                   .help = rows[i].help,
                                   .value = rows[i].value});
    const char *help = "What the program keeps in memory, by part";
    add(list, &(struct metric){.name = "carrel_memory_bytes",
                               .unit = "bytes",
                               .help = help,
                               .labels = {{"part", "reader_caches"}},
                               .value = db_figure_read(&db_figures.reader_cache_bytes)});
    add(list, &(struct metric){.name = "carrel_memory_bytes",
                               .labels = {{"part", "writer_cache"}},
                               .value = db_figure_read(&db_figures.writer_cache_bytes)});
}
