/*
 * wording_service.c — every placeholder has its value here, in the form of the template's language.
 */
#include "notifications/wording_service.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "notifications/notice_words.h"
#include "notifications/template.h"
#include "notifications/templates_repository.h"

#define VALUES_MAX 24

/* ---- which words --------------------------------------------------------------------------------------------- */

enum error_kind wording_in(struct ctx *ctx, enum notice_kind_id kind, enum notice_channel channel,
                           const char *language, struct notice_template *out_words, bool *out_found)
{
    const char *kind_name = notice_kinds[kind].name;
    const char *channel_name = notice_channel_names[channel];
    const char *base = notice_language_base(ctx->arena, language);

    TRY(templates_repo_find(ctx, kind_name, channel_name, language, out_words, out_found));
    if (!*out_found && strcmp(base, language) != 0)
        TRY(templates_repo_find(ctx, kind_name, channel_name, base, out_words, out_found));
    if (!*out_found)
        *out_found = notice_words(kind, channel, language, out_words);
    return OK;
}

enum error_kind wording_for(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                            enum notice_channel channel, const char *reader_language,
                            struct notice_template *out_words)
{
    const char *const languages[] = {reader_language, house->language, "en"};
    bool found = false;

    for (size_t i = 0; i < sizeof languages / sizeof languages[0] && !found; i++)
        if (languages[i])
            TRY(wording_in(ctx, kind, channel, languages[i], out_words, &found));
    return found ? OK : fail(ctx, TEMPLATE_NOT_FOUND, "Nothing of that kind is told that way.");
}

/* ---- what they are filled with ------------------------------------------------------------------------------- */

struct filling {
    struct template_value values[VALUES_MAX];
    size_t count;
};

static void add(struct filling *filling, const char *name, const char *text)
{
    filling->values[filling->count++] = (struct template_value){name, text};
}

static const char *number_text(struct ctx *ctx, int64_t number)
{
    return number == NO_NUMBER ? "" : arena_printf(ctx->arena, "%" PRId64, number);
}

/* Days between today and that day, whichever comes first. */
static const char *days_text(struct ctx *ctx, int64_t day)
{
    int64_t apart = day == NO_NUMBER ? 0 : day - clock_day_of(ctx->now);

    return number_text(ctx, apart < 0 ? -apart : apart);
}

static void add_record(struct ctx *ctx, struct filling *filling, const struct notice *notice,
                       const char *language)
{
    bool member = notice->kind == NOTICE_MEMBERSHIP_EXPIRING;

    add(filling, "title", notice->title);
    add(filling, "author", notice->author);
    add(filling, "due_date", notice_day_text(ctx->arena, notice->loan_due_day, language));
    add(filling, "days", days_text(ctx, member ? notice->expires_on : notice->loan_due_day));
    add(filling, "pickup_until", notice_day_text(ctx->arena, notice->pickup_day, language));
    add(filling, "expires_on", notice_day_text(ctx->arena, notice->expires_on, language));
}

static void add_money(struct ctx *ctx, const struct notice_house *house, struct filling *filling,
                      const struct notice *notice, const char *language)
{
    add(filling, "amount", notice_money_text(ctx, notice->amount, house->currency, language));
    add(filling, "balance", notice_money_text(ctx, notice->balance_after, house->currency, language));
    add(filling, "receipt_number", number_text(ctx, notice->receipt_number));
    add(filling, "date", notice_day_text(ctx->arena, notice->paid_day, language));
}

/* A message of the staff: its subject in the first line of `detail`, its text after that. */
static void add_message(struct ctx *ctx, struct filling *filling, const struct notice *notice)
{
    const char *end = notice->detail ? strchr(notice->detail, '\n') : NULL;

    if (notice->kind != NOTICE_MESSAGE || !end)
        return;
    add(filling, "subject", arena_strndup(ctx->arena, notice->detail, (size_t)(end - notice->detail)));
    add(filling, "text", end + 1);
}

static void add_code(struct ctx *ctx, struct filling *filling, const struct notice *notice, const char *code,
                     int64_t code_until, const char *language)
{
    if (notice->kind != NOTICE_PASSWORD_CODE)
        return;
    add(filling, "login", notice->login);
    add(filling, "code", code ? code : "••••");
    int32_t day = clock_day_of(code_until);
    int64_t minutes = (code_until - clock_day_start(day)) / 60000;
    add(filling, "valid_until",
        arena_printf(ctx->arena, "%s, %02d:%02d", notice_day_text(ctx->arena, day, language),
                     clock_hour_of(code_until), (int)(minutes % 60)));
}

/* ---- filled in ----------------------------------------------------------------------------------------------- */

static const char *fill_limited(struct ctx *ctx, const char *template, const struct template_values *values,
                                size_t max)
{
    return template ? text_truncate(ctx->arena, template_fill(ctx->arena, template, values), max) : NULL;
}

/* A subject is one line, whatever a title holds. */
static const char *one_line(struct ctx *ctx, const char *text)
{
    char *line = arena_strdup(ctx->arena, text);

    for (char *at = line; at && *at; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    return line;
}

static void fill_both(struct ctx *ctx, const struct notice_template *words,
                      const struct template_values *values, struct notice_wording *out_wording)
{
    bool brief = strcmp(words->channel, "sms") == 0;

    out_wording->subject = one_line(ctx, fill_limited(ctx, words->subject, values, NOTICE_SUBJECT_MAX));
    out_wording->body = fill_limited(ctx, words->body, values, brief ? NOTICE_SMS_MAX : NOTICE_BODY_MAX);
    out_wording->language = words->language;
}

static void add_reader(const struct notice_house *house, struct filling *filling, const struct notice *notice)
{
    add(filling, "name", notice->name);
    add(filling, "card", notice->card);
    add(filling, "library", house->library);
}

void wording_fill(struct ctx *ctx, const struct notice_house *house, const struct notice_template *words,
                  const struct notice *notice, const char *code, int64_t code_until,
                  struct notice_wording *out_wording)
{
    struct filling filling = {.count = 0};

    add_reader(house, &filling, notice);
    add_record(ctx, &filling, notice, words->language);
    add_money(ctx, house, &filling, notice, words->language);
    add_message(ctx, &filling, notice);
    add_code(ctx, &filling, notice, code, code_until, words->language);
    /* The one loan: its words are those around the list. */
    const struct template_values loan = {0};
    const struct template_list loans = {"loans", &loan, 1};
    const struct template_values values = {filling.values, filling.count, &loans};
    fill_both(ctx, words, &values, out_wording);
}

enum error_kind wording_of(struct ctx *ctx, const struct notice_house *house, const struct notice *notice,
                           const char *code, int64_t code_until, struct notice_wording *out_wording)
{
    struct notice_template words;

    TRY(wording_for(ctx, house, notice->kind, notice->channel, notice->language, &words));
    wording_fill(ctx, house, &words, notice, code, code_until, out_wording);
    return OK;
}

void wording_fill_digest(struct ctx *ctx, const struct notice_house *house,
                         const struct notice_template *words, const struct notice *first,
                         const struct notice_wording *lines, size_t count, struct notice_wording *out_wording)
{
    struct template_value(*pairs)[2] = arena_alloc_array(ctx->arena, count, sizeof *pairs);
    struct template_values *items = arena_alloc_array(ctx->arena, count, sizeof *items);
    struct filling filling = {.count = 0};

    for (size_t i = 0; i < count; i++) {
        pairs[i][0] = (struct template_value){"subject", lines[i].subject};
        pairs[i][1] = (struct template_value){"text", lines[i].body};
        items[i] = (struct template_values){pairs[i], 2, NULL};
    }
    add_reader(house, &filling, first);
    add(&filling, "count", number_text(ctx, (int64_t)count));
    const struct template_list notices = {"notices", items, count};
    const struct template_values values = {filling.values, filling.count, &notices};
    fill_both(ctx, words, &values, out_wording);
}

enum error_kind wording_digest(struct ctx *ctx, const struct notice_house *house, const struct notice *first,
                               const struct notice_wording *lines, size_t count,
                               struct notice_wording *out_wording)
{
    struct notice_template words;

    TRY(wording_for(ctx, house, NOTICE_DIGEST, first->channel, first->language, &words));
    wording_fill_digest(ctx, house, &words, first, lines, count, out_wording);
    return OK;
}

struct notice wording_example(struct ctx *ctx, enum notice_kind_id kind, enum notice_channel channel)
{
    int64_t day = clock_day_of(ctx->now) + (kind == NOTICE_OVERDUE ? -3 : 3);

    return (struct notice){
        .kind = kind,
        .channel = channel,
        .name = "Ada Lovelace",
        .card = "29000000000017",
        .detail = "Reading afternoon\nOn Friday at four we read aloud. You are welcome.",
        .expires_on = day,
        .title = "The Hobbit",
        .author = "J. R. R. Tolkien",
        .loan_due_day = day,
        .pickup_day = day,
        .receipt_number = 17,
        .amount = 150,
        .balance_after = 0,
        .paid_day = clock_day_of(ctx->now),
        .login = "ada",
    };
}
