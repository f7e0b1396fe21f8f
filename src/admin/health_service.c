/*
 * health_service.c — one function for each subject: the figures, what they mean, and a sentence.
 */
#include "admin/health_service.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "admin/health_repository.h"
#include "backups/backups_service.h"
#include "backups/journal_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/version.h"
#include "settings/settings_service.h"
#include "tls/tls_service.h"

#define MB 1000000

const char *health_state_name(enum health_state state)
{
    static const char *const names[] = {[HEALTH_OK] = "ok", [HEALTH_WARN] = "warn", [HEALTH_BAD] = "bad"};

    return names[state];
}

static void add_number(struct health_check *check, const char *name, int64_t number)
{
    struct health_figure *figure = check->figures;

    while (figure->name)
        figure++;
    *figure = (struct health_figure){.name = name, .number = number};
}

static void add_text(struct health_check *check, const char *name, const char *text)
{
    add_number(check, name, 0);
    struct health_figure *figure = check->figures;
    while (figure[1].name)
        figure++;
    figure->text = text;
}

/* ---- the file and its disk ------------------------------------------------------------------------------- */

static enum error_kind look_at_database(struct ctx *ctx, struct health_check *check, int64_t *out_bytes)
{
    struct database_figures figures;

    TRY(health_repo_database(ctx, settings_process_text(SETTING_DB), &figures));
    *check = (struct health_check){.name = "database"};
    check->text = "The library's file is in order.";
    if (figures.free_bytes > HEALTH_EMPTY_BYTES && figures.free_bytes > figures.bytes / 2) {
        check->state = HEALTH_WARN;
        check->text = "More than half of the library's file is empty. Compact it when the library is closed.";
    }
    if (figures.wal_bytes > HEALTH_WAL_BYTES) {
        check->state = HEALTH_WARN;
        check->text =
            "Changes pile up beside the library's file: something that reads does not come to an end.";
    }
    if (figures.damage_met > 0) {
        check->state = HEALTH_BAD;
        check->text =
            "Damage was met in the library's file. Make a backup of what there is, then have it checked: "
            "carrel --check.";
    }
    add_number(check, "bytes", figures.bytes);
    add_number(check, "free_bytes", figures.free_bytes);
    add_number(check, "wal_bytes", figures.wal_bytes);
    add_number(check, "last_full_check_at", figures.last_full_at);
    add_number(check, "damage_met", figures.damage_met);
    *out_bytes = figures.bytes;
    return OK;
}

static enum health_state judge_room(int64_t room, int64_t library_bytes)
{
    if (room < 0)
        return HEALTH_WARN;
    if (room < HEALTH_ROOM_BAD_BYTES)
        return HEALTH_BAD;
    return room < HEALTH_ROOM_WARN_BYTES || room < 2 * library_bytes ? HEALTH_WARN : HEALTH_OK;
}

static enum error_kind look_at_disk(struct ctx *ctx, struct health_check *check, int64_t library_bytes)
{
    static const char *const texts[] = {
        [HEALTH_OK] = "There is room on the disk.",
        [HEALTH_WARN] = "Room on a disk is getting short. Move something away.",
        [HEALTH_BAD] = "A disk is nearly full: soon nothing can be lent. Make room now.",
    };
    struct backup_place place;

    TRY(backups_place(ctx, &place));
    *check = (struct health_check){.name = "disk"};
    int64_t room = health_repo_room(ctx, settings_process_text(SETTING_DB));
    int64_t backup_room = health_repo_room(ctx, arena_printf(ctx->arena, "%s/", place.directory));
    check->state = judge_room(room, library_bytes);
    add_number(check, "free_bytes", room);
    /* The default folder is made with the first backup: it is on the same disk then. */
    if (backup_room >= 0 || !place.is_default) {
        enum health_state state = judge_room(backup_room, library_bytes);
        check->state = state > check->state ? state : check->state;
        add_number(check, "backup_free_bytes", backup_room);
    }
    if (place.second) {
        int64_t second_room = health_repo_room(ctx, arena_printf(ctx->arena, "%s/", place.second));
        if (second_room >= 0) {
            enum health_state state = judge_room(second_room, library_bytes);
            check->state = state > check->state ? state : check->state;
            add_number(check, "second_free_bytes", second_room);
        }
    }
    check->text = texts[check->state];
    return OK;
}

static const char *judge_journal(const struct journal_overview *journal)
{
    if (!journal->folder_is_there)
        return "The journal of changes waits for the second folder.";
    if (journal->gap_since)
        return "The journal of changes has a gap. The next backup begins it anew.";
    return journal->lag_ms > HEALTH_JOURNAL_LAG_MS ? "The journal of changes is behind: its disk is slow."
                                                   : NULL;
}

static void look_at_journal(struct ctx *ctx, const struct backups_overview *overview,
                            struct health_check *check)
{
    struct journal_overview journal;

    backups_journal_overview(ctx, &overview->place, overview->first, &journal);
    *check = (struct health_check){.name = "journal", .text = "No journal of changes is kept."};
    add_number(check, "on", journal.on);
    if (!journal.on)
        return;
    const char *trouble = judge_journal(&journal);
    check->state = trouble ? HEALTH_WARN : HEALTH_OK;
    check->text = trouble ? trouble : "Every change is in the second folder as well.";
    add_number(check, "folder_is_there", journal.folder_is_there);
    add_number(check, "lag_ms", journal.lag_ms);
    add_number(check, "last_written_at", journal.last_written_at);
    add_number(check, "gap_since_at", journal.gap_since);
}

static enum error_kind look_at_backups(struct ctx *ctx, struct health_check *check,
                                       struct health_check *journal)
{
    struct backups_overview overview;

    TRY(backups_overview(ctx, &overview));
    backups_look_at_folders(&overview);
    look_at_journal(ctx, &overview, journal);
    *check = (struct health_check){.name = "backups", .text = "There is a good backup."};
    if (overview.place.second && !overview.second_is_there) {
        check->state = HEALTH_WARN;
        check->text = "The second folder for backups is not there. Plug its stick in.";
    }
    if (!overview.folder_is_there) {
        check->state = HEALTH_WARN;
        check->text = "The folder for backups is not there. Plug its disk in, or choose another.";
    }
    if (overview.is_old) {
        check->state = HEALTH_BAD;
        check->text = overview.last_good_at ? "The last good backup is too old. Make one."
                                            : "There is no backup of this library. Make one.";
    }
    add_number(check, "last_good_at", overview.last_good_at);
    add_number(check, "folder_is_there", overview.folder_is_there);
    add_number(check, "second_is_there", overview.place.second ? overview.second_is_there : 1);
    return OK;
}

/* ---- the program and its machine ------------------------------------------------------------------------- */

static void look_at_writer(struct health_check *check)
{
    struct writer_state writer;

    health_repo_writer(&writer);
    *check = (struct health_check){.name = "writer", .text = "What is written is on the disk at once."};
    if (writer.last_ms > HEALTH_WAIT_MS) {
        check->state = HEALTH_WARN;
        check->text = "Writing takes long. The card or disk may be failing, or something else keeps it busy.";
    }
    if (writer.waiting > WRITER_QUEUE_MAX / 2) {
        check->state = HEALTH_BAD;
        check->text = "More is to be written than the disk takes.";
    }
    if (writer.keeps_wal) {
        check->state = HEALTH_BAD;
        check->text =
            "The disk did not keep what was written. Nothing is lost yet: look after the disk, then restart "
            "Carrel.";
    }
    add_number(check, "waiting", writer.waiting);
    add_number(check, "last_wait_ms", writer.last_ms);
    add_number(check, "keeps_wal", writer.keeps_wal);
}

static enum error_kind look_at_clock(struct ctx *ctx, struct health_check *check)
{
    const char *zone;

    TRY(settings_text(ctx, SETTING_TIME_ZONE, &zone));
    *check = (struct health_check){.name = "clock", .text = "The clock and the time zone are in order."};
    if (zone && *zone && !clock_zone_is_known(zone)) {
        check->state = HEALTH_BAD;
        check->text = "This machine does not know the library's time zone: days follow UTC. Install tzdata.";
    }
    if (clock_behind_ms() > MS_PER_SECOND) {
        check->state = HEALTH_BAD;
        check->text = "The machine's clock is behind the library's last record. Set it.";
    }
    add_number(check, "behind_ms", clock_behind_ms());
    add_text(check, "zone", zone && *zone ? zone : "");
    return OK;
}

static void look_at_certificate(struct ctx *ctx, struct health_check *check)
{
    int64_t end = tls_certificate_end();
    int64_t days = (end - ctx->now) / MS_PER_DAY;

    *check = (struct health_check){.name = "certificate", .text = "There is none, and none is needed here."};
    if (end == 0)
        return;
    check->text = "The certificate is good.";
    if (days < HEALTH_CERTIFICATE_DAYS) {
        check->state = end <= ctx->now ? HEALTH_BAD : HEALTH_WARN;
        check->text = end <= ctx->now ? "The certificate has run out: browsers refuse to come here. Renew it."
                                      : "The certificate runs out soon. Renew it.";
    }
    add_number(check, "days_left", end <= ctx->now ? 0 : days);
}

/* ---- what leaves the house --------------------------------------------------------------------------------- */

static void look_at_card(struct health_check *check)
{
    struct card_figures card;

    health_repo_card(&card);
    *check = (struct health_check){.name = "card", .text = "The card or disk keeps up."};
    if (card.slow >= HEALTH_SLOW_COMMITS_MIN && card.p99_ms > HEALTH_SLOW_COMMIT_MS) {
        check->state = HEALTH_WARN;
        check->text =
            "The card or disk has become slow: it may be about to fail. Make a backup, and replace it.";
    }
    add_number(check, "commits", card.commits);
    add_number(check, "slow_commits", card.slow);
    add_number(check, "p99_ms", card.p99_ms);
}

static enum error_kind look_at_mail(struct ctx *ctx, struct health_check *check)
{
    struct message_figures messages;
    struct message_ways ways;
    const char *transport, *gateway;

    TRY(settings_text(ctx, SETTING_MAIL_TRANSPORT, &transport));
    TRY(settings_text(ctx, SETTING_SMS_URL, &gateway));
    ways = (struct message_ways){.email = strcmp(transport, "off") != 0, .sms = gateway && *gateway};
    TRY(health_repo_messages(ctx, &ways, ctx->now - MS_PER_DAY, ctx->now - HEALTH_MESSAGE_LATE_MS,
                             &messages));
    *check = (struct health_check){.name = "mail", .text = "No message waits too long."};
    if (messages.late > 0 || messages.failed > 0) {
        check->state = messages.sent > 0 ? HEALTH_WARN : HEALTH_BAD;
        check->text = messages.sent > 0
                          ? "Some messages to readers cannot be sent. Look at the list of messages."
                          : "No message reaches a reader any more. Look at the settings of e-mail.";
    }
    add_number(check, "late", messages.late);
    add_number(check, "failed", messages.failed);
    return OK;
}

static enum error_kind look_at_webhooks(struct ctx *ctx, struct health_check *check)
{
    struct webhook_figures webhooks;

    TRY(health_repo_webhooks(ctx, ctx->now - MS_PER_DAY, ctx->now - HEALTH_MESSAGE_LATE_MS, &webhooks));
    *check = (struct health_check){.name = "webhooks", .text = "Other programs hear what happens."};
    /* One that rests longer and longer gives nothing up for days. */
    if (webhooks.dead > 0 || webhooks.away > 0) {
        check->state = HEALTH_WARN;
        check->text = "Another program did not take what it was told. Look at the webhooks.";
    }
    add_number(check, "dead", webhooks.dead);
    add_number(check, "away", webhooks.away);
    return OK;
}

static enum error_kind look_at_versions(struct ctx *ctx, struct health_check *check)
{
    struct database_figures figures;

    TRY(health_repo_database(ctx, settings_process_text(SETTING_DB), &figures));
    *check = (struct health_check){.name = "versions", .text = "These programs are at work."};
    add_text(check, "carrel", CARREL_VERSION);
    add_text(check, "sqlite", figures.sqlite);
    add_number(check, "schema", figures.version);
    return OK;
}

enum error_kind health_look(struct ctx *ctx, struct health_report *out_report)
{
    struct health_report report = {0};
    int64_t bytes;

    TRY(look_at_database(ctx, &report.checks[HEALTH_DATABASE], &bytes));
    TRY(look_at_disk(ctx, &report.checks[HEALTH_DISK], bytes));
    TRY(look_at_backups(ctx, &report.checks[HEALTH_BACKUPS], &report.checks[HEALTH_JOURNAL]));
    look_at_writer(&report.checks[HEALTH_WRITER]);
    TRY(look_at_clock(ctx, &report.checks[HEALTH_CLOCK]));
    look_at_certificate(ctx, &report.checks[HEALTH_CERTIFICATE]);
    look_at_card(&report.checks[HEALTH_CARD]);
    TRY(look_at_mail(ctx, &report.checks[HEALTH_MAIL]));
    TRY(look_at_webhooks(ctx, &report.checks[HEALTH_WEBHOOKS]));
    TRY(look_at_versions(ctx, &report.checks[HEALTH_VERSIONS]));
    for (int i = 0; i < HEALTH_SUBJECTS; i++)
        if (report.checks[i].state > report.state)
            report.state = report.checks[i].state;
    *out_report = report;
    return OK;
}

static atomic_flag is_looking = ATOMIC_FLAG_INIT;
static _Atomic(const char *) last_problems[HEALTH_SUBJECTS];

static enum error_kind look_for_problems(struct ctx *ctx)
{
    struct health_report report;

    TRY(health_look(ctx, &report));
    for (int i = 0; i < HEALTH_SUBJECTS; i++)
        atomic_store(&last_problems[i], report.checks[i].state == HEALTH_BAD ? report.checks[i].name : NULL);
    return OK;
}

enum error_kind health_problems(struct ctx *ctx, const char *out_names[HEALTH_SUBJECTS])
{
    if (!atomic_flag_test_and_set(&is_looking)) {
        enum error_kind kind = look_for_problems(ctx);
        atomic_flag_clear(&is_looking);
        TRY(kind);
    }
    for (int i = 0; i < HEALTH_SUBJECTS; i++)
        out_names[i] = atomic_load(&last_problems[i]);
    return OK;
}
