/*
 * metrics_service.c — the library, its health, the program and its memory, as figures.
 */
#include "admin/metrics_service.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "admin/health_service.h"
#include "admin/metrics_repository.h"
#include "backups/backups_service.h"
#include "base/arena_figures.h"
#include "base/clock.h"
#include "base/process.h"
#include "base/scrypt.h"
#include "base/version.h"
#include "books/index_service.h"
#include "counters/counters_service.h"
#include "net/otlp.h"

enum error_kind metrics_borrow_gauges(struct ctx *ctx, struct borrow_gauges *out_gauges)
{
    struct borrow_gauges gauges;
    int64_t last_backup;

    TRY(counters_get(ctx, COUNTER_BORROWS_OPEN, &gauges.active_borrows));
    TRY(backups_last_good(ctx, &last_backup));
    gauges.backup_age_s = last_backup == 0 ? -1 : (ctx->now - last_backup) / MS_PER_SECOND;
    *out_gauges = gauges;
    return OK;
}

static struct metric *add(struct metric_list *list, const char *name, enum metric_type type, const char *unit,
                          const char *help, int64_t value)
{
    static struct metric spare; /* nobody reads it: METRICS_MAX is more than there are */
    struct metric *metric = list->count < METRICS_MAX ? &list->of[list->count++] : &spare;

    *metric = (struct metric){.name = name, .type = type, .unit = unit, .help = help, .value = value};
    return metric;
}

static void gauge(struct metric_list *list, const char *name, const char *help, int64_t value)
{
    add(list, name, METRIC_GAUGE, NULL, help, value);
}

/* Another sample of the family that was told last. */
static void labelled(struct metric_list *list, const char *name, const char *help, const char *label,
                     const char *value, int64_t number)
{
    struct metric *metric = add(list, name, METRIC_GAUGE, NULL, help, number);

    metric->labels[0] = (struct exposition_label){label, value};
}

/* ---- the library ----------------------------------------------------------------------------------------- */

struct telling {
    struct ctx *ctx;
    struct metric_list *list;
};

static void tell_counter(void *argument, const char *name, int64_t value)
{
    static const struct {
        const char *counter, *name, *help;
    } told[] = {
        {"books", "carrel_books", "Titles in the catalogue"},
        {"copies", "carrel_copies", "Copies"},
        {"members", "carrel_members", "Readers"},
        {"borrows_open", "carrel_active_borrows", "Copies that are lent now"},
        {"holds_open", "carrel_holds_waiting", "Holds that have not ended"},
        {"books_out", "carrel_books_unavailable", "Titles of which no copy is there"},
    };
    struct telling *telling = argument;

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strcmp(name, told[i].counter) == 0)
            gauge(telling->list, told[i].name, told[i].help, value);
}

static void tell_job(void *argument, const char *name, int64_t finished_at, bool ok)
{
    struct telling *telling = argument;

    struct metric *metric = add(telling->list, "carrel_job_last_end_timestamp_seconds", METRIC_GAUGE,
                                "seconds", "When a background job last ended", finished_at);
    metric->labels[0] = (struct exposition_label){"name", name};
    metric->labels[1] = (struct exposition_label){"outcome", ok ? "ok" : "failed"};
    metric->decimals = 3;
}

static enum error_kind look_at_library(struct ctx *ctx, struct metric_list *list)
{
    struct telling telling = {ctx, list};
    struct borrow_gauges gauges;
    int64_t count;

    TRY(metrics_repo_counters(ctx, tell_counter, &telling));
    TRY(metrics_repo_overdue(ctx, &count));
    gauge(list, "carrel_overdue_borrows", "Copies that should be back by now", count);
    TRY(metrics_borrow_gauges(ctx, &gauges));
    add(list, "carrel_last_backup_age_seconds", METRIC_GAUGE, "seconds",
        "Since the last good backup; -1: there is none", gauges.backup_age_s);
    static const char *const states[] = {"waiting", "failed", "unsure"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        TRY(metrics_repo_notifications(ctx, states[i], &count));
        labelled(list, "carrel_notifications", "Messages to readers, by state", "state", states[i], count);
    }
    static const char *const delivered[] = {"waiting", "dead"};
    for (size_t i = 0; i < sizeof delivered / sizeof delivered[0]; i++) {
        TRY(metrics_repo_deliveries(ctx, delivered[i], &count));
        labelled(list, "carrel_webhook_deliveries", "Deliveries to webhooks, by state", "state", delivered[i],
                 count);
    }
    return metrics_repo_jobs(ctx, tell_job, &telling);
}

/* ---- its health ------------------------------------------------------------------------------------------ */

static const struct {
    enum health_subject subject;
    const char *figure, *name, *unit, *help;
    int decimals;
} health_figures[] = {
    {HEALTH_DATABASE, "bytes", "carrel_database_bytes", "bytes", "The library's file", 0},
    {HEALTH_DATABASE, "free_bytes", "carrel_database_free_bytes", "bytes", "Of it, pages that hold nothing",
     0},
    {HEALTH_DATABASE, "damage_met", "carrel_database_damage_met", NULL, "How often SQLite called it damaged",
     0},
    {HEALTH_DISK, "free_bytes", "carrel_disk_free_bytes", "bytes",
     "Room on the library's disk; -1: it cannot be told", 0},
    {HEALTH_JOURNAL, "lag_ms", "carrel_journal_lag_seconds", "seconds",
     "By how much the journal of changes is behind", 3},
    {HEALTH_CERTIFICATE, "days_left", "carrel_certificate_days_left", NULL, "Until the certificate runs out",
     0},
    {HEALTH_CLOCK, "behind_ms", "carrel_clock_behind_seconds", "seconds",
     "By how much the machine's clock is behind the library's last record", 3},
};
#define HEALTH_FIGURES (sizeof health_figures / sizeof health_figures[0])

/* What one look has found, kept for those who ask while somebody else looks. */
struct health_found {
    bool is_known;
    const char *names[HEALTH_SUBJECTS];
    enum health_state states[HEALTH_SUBJECTS];
    int64_t numbers[HEALTH_FIGURES];
    bool has_number[HEALTH_FIGURES];
};

static pthread_mutex_t health_lock = PTHREAD_MUTEX_INITIALIZER;
static struct health_found last_found; /* under health_lock */
static atomic_flag is_looking = ATOMIC_FLAG_INIT;

static struct health_found found_in(const struct health_report *report)
{
    struct health_found found = {.is_known = true};

    for (int i = 0; i < HEALTH_SUBJECTS; i++) {
        found.names[i] = report->checks[i].name;
        found.states[i] = report->checks[i].state;
    }
    for (size_t i = 0; i < HEALTH_FIGURES; i++) {
        const struct health_figure *figure = report->checks[health_figures[i].subject].figures;
        while (figure->name && strcmp(figure->name, health_figures[i].figure) != 0)
            figure++;
        found.has_number[i] = figure->name != NULL;
        found.numbers[i] = figure->number;
    }
    return found;
}

static void tell_health(const struct health_found *found, struct metric_list *list)
{
    for (int i = 0; i < HEALTH_SUBJECTS && found->is_known; i++)
        labelled(list, "carrel_health_state", "0: all is well; 1: look at it one of these days; 2: today",
                 "check", found->names[i], found->states[i]);
    for (size_t i = 0; i < HEALTH_FIGURES; i++)
        if (found->has_number[i])
            add(list, health_figures[i].name, METRIC_GAUGE, health_figures[i].unit, health_figures[i].help,
                found->numbers[i])
                ->decimals = health_figures[i].decimals;
}

static enum error_kind find_health(struct ctx *ctx)
{
    struct health_report report;

    TRY(health_look(ctx, &report));
    pthread_mutex_lock(&health_lock);
    last_found = found_in(&report);
    pthread_mutex_unlock(&health_lock);
    return OK;
}

static enum error_kind look_at_health(struct ctx *ctx, struct metric_list *list)
{
    if (!atomic_flag_test_and_set(&is_looking)) {
        enum error_kind kind = find_health(ctx);
        atomic_flag_clear(&is_looking);
        TRY(kind);
    }
    pthread_mutex_lock(&health_lock);
    struct health_found found = last_found;
    pthread_mutex_unlock(&health_lock);
    tell_health(&found, list);
    return OK;
}

/* ---- the program ----------------------------------------------------------------------------------------- */

static void add_if_known(struct metric_list *list, const char *name, const char *unit, const char *help,
                         int64_t value)
{
    if (value >= 0)
        add(list, name, METRIC_GAUGE, unit, help, value);
}

/* The names are those that every program's dashboard knows. */
static void look_at_process(struct metric_list *list)
{
    struct process_figures process;

    process_look(&process);
    add(list, "process_cpu_seconds", METRIC_COUNTER, "seconds", "Time of all processors that was used",
        process.cpu_us)
        ->decimals = 6;
    add(list, "process_start_time_seconds", METRIC_GAUGE, "seconds", "When the program was started",
        process.started_ms)
        ->decimals = 3;
    add_if_known(list, "process_resident_memory_bytes", "bytes", "Memory that is in use",
                 process.resident_bytes);
    add_if_known(list, "process_virtual_memory_bytes", "bytes", "Memory that was asked for",
                 process.virtual_bytes);
    add_if_known(list, "process_threads", NULL, "Threads", process.threads);
    add_if_known(list, "process_open_fds", NULL, "Files and connections that are open", process.open_files);
    add_if_known(list, "process_max_fds", NULL, "How many may be", process.open_files_max);
    labelled(list, "carrel_memory_bytes", NULL, "part", "heap", process.heap_bytes);
    labelled(list, "carrel_memory_bytes", NULL, "part", "arenas", (int64_t)arena_bytes_held());
    labelled(list, "carrel_memory_bytes", NULL, "part", "search_index", (int64_t)books_index_memory());
    labelled(list, "carrel_memory_bytes", NULL, "part", "passwords", (int64_t)scrypt_bytes_held());
}

static void look_at_traces(struct metric_list *list)
{
    struct otlp_figures figures = otlp_figures();
    const char *help = "Spans for the collector of traces";

    add(list, "carrel_trace_spans", METRIC_COUNTER, NULL, help, figures.sent)->labels[0] =
        (struct exposition_label){"outcome", "sent"};
    add(list, "carrel_trace_spans", METRIC_COUNTER, NULL, help, figures.dropped)->labels[0] =
        (struct exposition_label){"outcome", "dropped"};
}

static void look_at_build(struct metric_list *list)
{
    struct metric *metric = add(list, "carrel_build", METRIC_INFO, NULL, "The program", 1);

    metric->labels[0] = (struct exposition_label){"version", CARREL_VERSION};
}

/* Samples of one family stand together, in the order in which the families first came. */
static void group(struct metric_list *list)
{
    for (size_t i = 0; i + 1 < list->count; i++) {
        size_t to = i + 1;
        for (size_t at = to; at < list->count; at++) {
            if (strcmp(list->of[at].name, list->of[i].name) != 0)
                continue;
            struct metric moved = list->of[at];
            memmove(&list->of[to + 1], &list->of[to], (at - to) * sizeof moved);
            list->of[to++] = moved;
        }
        i = to - 1;
    }
}

enum error_kind metrics_look(struct ctx *ctx, size_t page_bytes, const struct metric_list **out_list)
{
    struct metric_list *list = arena_alloc(ctx->arena, sizeof *list);

    look_at_build(list);
    metrics_repo_database(list);
    TRY(look_at_library(ctx, list));
    TRY(look_at_health(ctx, list));
    look_at_process(list);
    labelled(list, "carrel_memory_bytes", NULL, "part", "pages", (int64_t)page_bytes);
    look_at_traces(list);
    group(list);
    *out_list = list;
    return OK;
}
