/*
 * number.c — instants, days, money, ids and whole numbers in text: what is read is written back as the same value.
 */
#include "fuzz.h"

#include "base/base64url.h"
#include "base/clock.h"
#include "base/money.h"
#include "base/uuid.h"
#include "catalogue_io/import_repair.h"

#define EXPONENT_MAX 4 /* of ISO 4217 */

static void check_instant(const char *text)
{
    char written[CLOCK_INSTANT_SIZE];
    int64_t instant, again;

    if (!clock_parse_instant(text, &instant))
        return;
    clock_format_instant(instant, written);
    MUST(strlen(written) == 24);
    MUST(clock_parse_instant(written, &again) && again == instant);
    int32_t day = clock_day_of(instant);
    MUST(clock_day_start(day) <= instant && instant <= clock_day_end(day));
    MUST(clock_hour_of(instant) >= 0 && clock_hour_of(instant) <= 23);
}

static void check_day(const char *text)
{
    char written[CLOCK_DAY_SIZE];
    int32_t day;

    if (!clock_parse_day(text, &day))
        return;
    clock_format_day(day, written);
    MUST(strcmp(written, text) == 0);
    MUST(clock_weekday_of(day) >= 0 && clock_weekday_of(day) <= 6);
}

static void check_money(const char *text)
{
    char written[MONEY_TEXT_SIZE];
    int64_t minor, again;

    for (int exponent = 0; exponent <= EXPONENT_MAX; exponent++) {
        if (!money_parse(text, exponent, &minor))
            continue;
        MUST(minor >= -MONEY_MAX && minor <= MONEY_MAX);
        money_format(minor, exponent, written);
        MUST(money_parse(written, exponent, &again) && again == minor);
    }
}

static void check_uuid(const char *text)
{
    char written[UUID_TEXT_SIZE];
    struct uuid uuid;

    if (!uuid_parse(text, &uuid))
        return;
    uuid_format(&uuid, written);
    MUST(text_equals_ignoring_case(written, text));
}

static void check_whole(const char *text)
{
    char written[32];
    int64_t number;

    if (!text_to_int64(text, &number))
        return;
    snprintf(written, sizeof written, "%lld", (long long)number);
    const char *digits = text + (*text == '-' || *text == '+');
    digits += strspn(digits, "0");
    const char *wanted = written + (*written == '-');
    MUST(strcmp(*digits ? digits : "0", wanted) == 0);
    MUST(*wanted == '0' || (*written == '-') == (*text == '-'));
}

static void check_base64url(struct fuzz *fuzz, const char *text, const uint8_t *data, size_t size)
{
    size_t length = 0;
    const char *encoded = base64url_encode(&fuzz->arena, data, size);
    const char *back = base64url_decode(&fuzz->arena, encoded, &length);

    MUST(back && length == size && (size == 0 || memcmp(back, data, size) == 0));
    if (base64url_decode(&fuzz->arena, text, &length))
        MUST(length <= strlen(text) / 4 * 3 + 2 && (*text == '\0' || base64url_is_text(text, SIZE_MAX)));
}

/* A year or count of a file, written plainly, is the same one. */
static void check_cells(const char *text)
{
    char written[32];
    int64_t number, again;

    if (import_read_year(text, &number)) {
        snprintf(written, sizeof written, "%lld", (long long)number);
        MUST(import_read_year(written, &again) && again == number);
    }
    if (import_read_count(text, &number)) {
        snprintf(written, sizeof written, "%lld", (long long)number);
        MUST(import_read_count(written, &again) && again == number);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct fuzz fuzz;

    if (!ready)
        MUST(clock_set_zone("UTC"));
    ready = true;
    fuzz_begin(&fuzz);
    const char *text = fuzz_string(&fuzz, data, size);
    check_instant(text);
    check_day(text);
    check_money(text);
    check_uuid(text);
    check_whole(text);
    check_base64url(&fuzz, text, data, size);
    check_cells(text);
    return fuzz_end(&fuzz);
}
