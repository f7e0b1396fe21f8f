/*
 * house_service.c — quiet hours and closed days, by the clock on the library's wall: an hour is where it stands on that day,
 * also on days that are longer or shorter than others.
 */
#include "notifications/house_service.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "notifications/making_repository.h"
#include "settings/settings_service.h"

#define LOOK_DAYS 62 /* no library is closed for longer */

/* Is `name` one of the names in a text that is parted by commas? */
static bool names_channel(const char *list, const char *name)
{
    size_t length = strlen(name);

    while (*list) {
        list += strspn(list, ", ");
        size_t this_one = strcspn(list, ", ");
        if (this_one == length && memcmp(list, name, length) == 0)
            return true;
        list += this_one;
    }
    return false;
}

static enum error_kind read_channels(struct ctx *ctx, struct notice_house *house)
{
    const char *transport;
    const char *gateway;
    const char *chosen;

    TRY(settings_text(ctx, SETTING_MAIL_TRANSPORT, &transport));
    TRY(settings_text(ctx, SETTING_SMS_URL, &gateway));
    TRY(settings_text(ctx, SETTING_NOTICE_CHANNELS, &chosen));
    house->on[NOTICE_APP] = true;
    house->on[NOTICE_EMAIL] = strcmp(transport, "off") != 0;
    house->on[NOTICE_SMS] = *gateway != '\0';
    for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++)
        house->chosen[channel] = names_channel(chosen, notice_channel_names[channel]);
    return OK;
}

enum error_kind notice_house_read(struct ctx *ctx, struct notice_house *out_house)
{
    struct notice_house house = {0};

    TRY(read_channels(ctx, &house));
    TRY(settings_is_on(ctx, SETTING_NOTICE_DIGEST, &house.digest));
    TRY(settings_is_on(ctx, SETTING_NOTICE_ON_CLOSED_DAYS, &house.on_closed_days));
    TRY(settings_is_on(ctx, SETTING_NOTICE_RECEIPTS, &house.receipts));
    TRY(settings_int(ctx, SETTING_NOTICE_DUE_SOON_DAYS, &house.due_soon_days));
    TRY(settings_int(ctx, SETTING_NOTICE_HOLD_DAYS, &house.hold_days));
    TRY(settings_int(ctx, SETTING_NOTICE_MEMBERSHIP_DAYS, &house.membership_days));
    TRY(settings_text(ctx, SETTING_NOTICE_FROM, &house.from));
    TRY(settings_text(ctx, SETTING_NOTICE_TO, &house.to));
    TRY(settings_text(ctx, SETTING_LANGUAGE, &house.language));
    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &house.library));
    TRY(settings_text(ctx, SETTING_CURRENCY, &house.currency));
    *out_house = house;
    return OK;
}

const char *notice_channel_why_off(const struct notice_house *house, enum notice_channel channel)
{
    if (house->on[channel])
        return NULL;
    return channel == NOTICE_EMAIL ? "E-mail is switched off." : "There is no gateway for text messages.";
}

/* ---- when ---------------------------------------------------------------------------------------------------- */

/* An hour on a day; where it cannot be read, the day's begin. */
static int64_t hour_of(int32_t day, const char *hour)
{
    char text[CLOCK_DAY_SIZE + sizeof " 08:00"];
    char date[CLOCK_DAY_SIZE];
    int64_t at;

    clock_format_day(day, date);
    snprintf(text, sizeof text, "%s %.5s", date, hour);
    return clock_parse_local(text, &at) ? at : clock_day_start(day);
}

static enum error_kind is_day(struct ctx *ctx, const struct notice_house *house, int32_t day, bool *out_is)
{
    *out_is = true;
    return house->on_closed_days ? OK : making_repo_is_open(ctx, day, out_is);
}

/* The first instant from `at` on in the hours of this day; NO_NUMBER: there is none left. */
static int64_t time_in_day(const struct notice_house *house, int32_t day, int64_t at, bool gathered)
{
    int64_t from = hour_of(day, house->from);
    int64_t to = hour_of(day, house->to);

    if (gathered)
        return at <= from ? from : NO_NUMBER;
    if (from == to)
        return at > clock_day_start(day) ? at : clock_day_start(day);
    if (from < to)
        return at < to ? (at > from ? at : from) : NO_NUMBER;
    if (at < to)
        return at > clock_day_start(day) ? at : clock_day_start(day);
    return at > from ? at : from;
}

enum error_kind notice_next_time(struct ctx *ctx, const struct notice_house *house, int64_t at, bool gathered,
                                 int64_t *out_at)
{
    int32_t first = clock_day_of(at);
    bool is;

    for (int32_t day = first; day < first + LOOK_DAYS; day++) {
        int64_t time = time_in_day(house, day, at, gathered);
        if (time == NO_NUMBER || time > clock_day_end(day))
            continue;
        TRY(is_day(ctx, house, day, &is));
        if (is) {
            *out_at = time;
            return OK;
        }
    }
    *out_at = at;
    return OK;
}

enum error_kind notice_due_time(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                                int64_t *out_at)
{
    if (kind == NOTICE_PASSWORD_CODE) {
        *out_at = ctx->now;
        return OK;
    }
    return notice_next_time(ctx, house, ctx->now, house->digest && !notice_kinds[kind].urgent, out_at);
}

enum error_kind notice_may_go_now(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                                  bool *out_may)
{
    int64_t at = ctx->now;

    if (kind != NOTICE_PASSWORD_CODE)
        TRY(notice_next_time(ctx, house, ctx->now, false, &at));
    *out_may = at == ctx->now;
    return OK;
}
