/*
 * alerts_service.c — a state has to stay before it counts; then it is noted, told, and told again.
 */
#include "alerts/alerts_service.h"

#include <string.h>

#include "admin/health_service.h"
#include "alerts/alert_words.h"
#include "alerts/alerts_repository.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "net/client.h"
#include "notifications/mail_service.h"
#include "settings/settings_service.h"

/* Looks after the first in which a state has to be found: the clock may be what is wrong, so they are counted. */
#define LOOKS (ALERT_AFTER_MS / ALERT_LOOK_MS)

/* ---- looking -------------------------------------------------------------------------------------------- */

static enum error_kind read_hearers(struct ctx *ctx, struct alert_hearers *hearers)
{
    const char *to;

    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &hearers->library));
    TRY(settings_text(ctx, SETTING_LANGUAGE, &hearers->language));
    TRY(settings_text(ctx, SETTING_ALERT_EMAIL, &to));
    TRY(settings_text(ctx, SETTING_ALERT_CHAT_URL, &hearers->chat_url));
    if (hearers->chat_url && !*hearers->chat_url)
        hearers->chat_url = NULL;
    if (to && *to && !mail_addresses(ctx->arena, to, &hearers->to))
        hearers->to = NULL;
    if (!hearers->to)
        return OK;
    hearers->has_mail = mail_account_read(ctx, &hearers->mail) == OK;
    if (!hearers->has_mail && ctx->error.code != ERR_CHANNEL_IS_OFF)
        return error_code_kind(ctx->error.code);
    error_clear(ctx);
    return OK;
}

enum error_kind alerts_look(struct ctx *ctx, struct alerts_view *out_view)
{
    struct alerts_view view = {0};

    TRY(health_look(ctx, &view.report));
    TRY(alerts_repo_open(ctx, &view.open));
    TRY(read_hearers(ctx, &view.hearers));
    *out_view = view;
    return OK;
}

/* ---- deciding ------------------------------------------------------------------------------------------- */

/* How many looks in a row have found the subject at least so bad, and how many better than that. */
static struct {
    int warn, bad;
    int not_warn, not_bad;
} seen[HEALTH_SUBJECTS];

void alerts_forget_looks(void)
{
    memset(seen, 0, sizeof seen);
}

static void count(bool is_so, int *io_so, int *io_not)
{
    *io_so = is_so ? *io_so + 1 : 0;
    *io_not = is_so ? 0 : *io_not + 1;
}

/* The state that counts: `before`, until another has stayed. */
static enum health_state settle(enum health_subject subject, enum health_state found,
                                enum health_state before)
{
    enum health_state state = before;

    count(found >= HEALTH_WARN, &seen[subject].warn, &seen[subject].not_warn);
    count(found >= HEALTH_BAD, &seen[subject].bad, &seen[subject].not_bad);
    if (seen[subject].warn > LOOKS && state < HEALTH_WARN)
        state = HEALTH_WARN;
    if (seen[subject].bad > LOOKS)
        state = HEALTH_BAD;
    if (seen[subject].not_bad > LOOKS && state > HEALTH_WARN)
        state = HEALTH_WARN;
    if (seen[subject].not_warn > LOOKS)
        state = HEALTH_OK;
    return state;
}

static struct alert *find_open(struct alert *open, const char *subject)
{
    for (; open; open = open->next)
        if (strcmp(open->subject, subject) == 0)
            return open;
    return NULL;
}

static bool is_due_again(const struct ctx *ctx, const struct alerts_view *view, const struct alert *alert)
{
    bool has_hearers = (view->hearers.to && view->hearers.has_mail) || view->hearers.chat_url;

    return has_hearers && (!alert->told_at || ctx->now - alert->told_at >= ALERT_AGAIN_MS);
}

/* What becomes of one that there is. False: nothing. */
static bool change_open(const struct ctx *ctx, const struct alerts_view *view,
                        const struct health_check *check, enum health_state state,
                        struct alert_change *change)
{
    const struct alert before = change->alert;

    if (state == HEALTH_OK) {
        change->kind = ALERT_OVER;
        change->alert.ended_at = ctx->now;
        return true;
    }
    /* A sentence belongs to the state it was found with. */
    if (check->state == state)
        change->alert.text = check->text;
    change->alert.state = state;
    if (state > before.state) {
        change->kind = ALERT_WORSE;
        change->alert.seen_by = NULL;
        change->alert.seen_at = 0;
        change->alert.told_at = 0;
        return true;
    }
    change->kind = is_due_again(ctx, view, &change->alert) ? ALERT_STAYS : ALERT_DIFFERENT;
    return change->kind == ALERT_STAYS || state != before.state ||
           strcmp(change->alert.text, before.text) != 0;
}

static bool look_for_change(struct ctx *ctx, const struct alerts_view *view, enum health_subject subject,
                            struct alert_change *change)
{
    const struct health_check *check = &view->report.checks[subject];
    const struct alert *open = find_open(view->open, check->name);
    enum health_state state = settle(subject, check->state, open ? open->state : HEALTH_OK);

    if (open) {
        change->alert = *open;
        return change_open(ctx, view, check, state, change);
    }
    if (state == HEALTH_OK)
        return false;
    change->kind = ALERT_BEGAN;
    change->alert =
        (struct alert){.subject = check->name, .state = state, .text = check->text, .began_at = ctx->now};
    return true;
}

struct alert_change *alerts_decide(struct ctx *ctx, const struct alerts_view *view)
{
    struct alert_change *first = NULL;
    struct alert_change **end = &first;

    for (int i = 0; i < HEALTH_SUBJECTS; i++) {
        struct alert_change change = {0};
        if (!look_for_change(ctx, view, (enum health_subject)i, &change))
            continue;
        change.alert.next = NULL;
        *end = arena_memdup(ctx->arena, &change, sizeof change);
        end = &(*end)->next;
    }
    return first;
}

/* ---- noting --------------------------------------------------------------------------------------------- */

enum error_kind alerts_note(struct ctx *ctx, struct alert_change *changes)
{
    for (struct alert_change *change = changes; change; change = change->next) {
        if (change->kind == ALERT_BEGAN)
            TRY(alerts_repo_insert(ctx, &change->alert));
        else
            TRY(alerts_repo_update(ctx, &change->alert));
        if (change->kind == ALERT_WORSE)
            TRY(alerts_repo_set_seen(ctx, &change->alert));
    }
    return OK;
}

static bool is_told(const struct alert_change *change)
{
    if (change->kind == ALERT_OVER)
        return change->alert.told_at != 0;
    return change->kind != ALERT_DIFFERENT;
}

enum error_kind alerts_note_told(struct ctx *ctx, const struct alert_change *changes)
{
    for (const struct alert_change *change = changes; change; change = change->next)
        if (is_told(change) && change->kind != ALERT_OVER)
            TRY(alerts_repo_set_told(ctx, change->alert.id, ctx->now));
    return OK;
}

enum error_kind alerts_prune(struct ctx *ctx, int64_t *out_removed)
{
    return alerts_repo_prune(ctx, ctx->now - (int64_t)ALERT_KEEP_DAYS * MS_PER_DAY, out_removed);
}

/* ---- telling -------------------------------------------------------------------------------------------- */

static void tell_chat(struct ctx *ctx, const char *url, const struct alert_letter *letter,
                      struct alert_way *way)
{
    const char *body = alert_chat_body(ctx->arena, letter);
    const struct net_request request = {.url = url,
                                        .body = body,
                                        .body_length = strlen(body),
                                        .body_type = "application/json",
                                        .status_says_all = true};
    struct net_reply reply;
    enum net_outcome outcome = net_exchange(ctx->arena, &request, &reply);

    way->is_set = true;
    way->ok = outcome == NET_OK && reply.status / 100 == 2;
    if (outcome != NET_OK)
        way->problem = net_outcome_sentence(outcome);
    else if (!way->ok)
        way->problem = arena_printf(ctx->arena, "The chat says: %d", reply.status);
}

static void tell_by_mail(struct ctx *ctx, const struct alert_hearers *hearers, int64_t most_ms,
                         const struct alert_letter *letter, struct alert_way *way)
{
    struct mail_account account = hearers->mail;
    const struct mail mail = {
        .to = hearers->to, .subject = letter->subject, .text = letter->text, .id = uuid_new(ctx->now)};
    struct mail_outcome outcome;

    way->is_set = true;
    if (!hearers->has_mail) {
        way->problem = "E-mail is not set up.";
        return;
    }
    account.most_ms = most_ms;
    way->ok = mail_send(ctx, &account, &mail, &outcome) == OK;
    if (!way->ok)
        way->problem = arena_strdup(ctx->arena, ctx->error.detail);
    error_clear(ctx);
}

/* The chat first: it has NET_EXCHANGE_MS at most, the mail server the rest of the time. */
static bool tell(struct ctx *ctx, const struct alert_hearers *hearers, const struct alert_letter *letter,
                 struct alert_telling *telling)
{
    int64_t started_ms = clock_monotonic_ms();

    *telling = (struct alert_telling){0};
    if (hearers->chat_url)
        tell_chat(ctx, hearers->chat_url, letter, &telling->chat);
    if (hearers->to)
        tell_by_mail(ctx, hearers, MAIL_EXCHANGE_MS - (clock_monotonic_ms() - started_ms), letter,
                     &telling->email);
    if (telling->chat.problem)
        LOG(WARN, "an alert was not told", LOG_TEXT("way", "chat"), LOG_TEXT("why", telling->chat.problem));
    if (telling->email.problem)
        LOG(WARN, "an alert was not told", LOG_TEXT("way", "email"), LOG_TEXT("why", telling->email.problem));
    return telling->chat.ok || telling->email.ok;
}

bool alerts_tell(struct ctx *ctx, const struct alert_hearers *hearers, const struct alert_change *changes,
                 struct alert_telling *out_telling)
{
    struct alert_change *told = NULL;
    struct alert_change **end = &told;
    struct alert_letter letter;

    for (; changes; changes = changes->next) {
        if (!is_told(changes))
            continue;
        *end = arena_memdup(ctx->arena, changes, sizeof *changes);
        (*end)->next = NULL;
        end = &(*end)->next;
    }
    if (!told)
        return false;
    alert_letter_write(ctx->arena, hearers->library, hearers->language, told, &letter);
    return tell(ctx, hearers, &letter, out_telling);
}

/* ---- for people ----------------------------------------------------------------------------------------- */

enum error_kind alerts_list(struct ctx *ctx, bool all, struct alert **out_first)
{
    if (all && ctx->actor.access < ADMIN)
        return fail(ctx, FORBIDDEN, "Only an administrator sees what was not well earlier.");
    return all ? alerts_repo_all(ctx, out_first) : alerts_repo_open(ctx, out_first);
}

enum error_kind alerts_see(struct ctx *ctx, const struct uuid *uuid, struct alert *out_alert)
{
    struct alert alert;
    bool found;

    TRY(alerts_repo_find(ctx, uuid, &alert, &found));
    if (!found)
        return fail(ctx, ALERT_NOT_FOUND, "Alert not found.");
    if (!alert.seen_by) {
        alert.seen_by = ctx->actor.name;
        alert.seen_at = ctx->now;
        TRY(alerts_repo_set_seen(ctx, &alert));
    }
    *out_alert = alert;
    return OK;
}

enum error_kind alerts_hearers(struct ctx *ctx, struct alert_hearers *out_hearers)
{
    struct alert_hearers hearers = {0};

    TRY(read_hearers(ctx, &hearers));
    if (!hearers.to && !hearers.chat_url)
        return fail(ctx, CHANNEL_IS_OFF,
                    "Nobody is told when something is not well. Enter an e-mail address or a chat in the "
                    "settings.");
    *out_hearers = hearers;
    return OK;
}

void alerts_try(struct ctx *ctx, const struct alert_hearers *hearers, struct alert_telling *out_telling)
{
    struct alert_letter letter;

    if (hearers->has_mail)
        mail_account_forget_failures(ctx, &hearers->mail);
    if (hearers->chat_url)
        net_forget_failures(ctx->arena, hearers->chat_url);
    alert_letter_write_test(ctx->arena, hearers->library, hearers->language, &letter);
    (void)tell(ctx, hearers, &letter, out_telling);
}
