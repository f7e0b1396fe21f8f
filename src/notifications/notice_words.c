/*
 * notice_words.c — short words for a text message and a line in the program, longer ones for an e-mail.
 *
 * A sentence does not hang on how many days or titles there are: one wording for one and for many.
 */
#include "notifications/notice_words.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"

const char *const notice_languages[] = {"en", "de", NULL};

struct words {
    const char *subject;
    const char *brief; /* a text message, a line in the program or in a digest */
    const char *letter;
};

#define DEAR "Dear {{name}},\n\n"
#define BYE "\n\n{{library}}\n"
#define GUTEN_TAG "Guten Tag {{name}},\n\n"

static const struct words english[NOTICE_KINDS] = {
    [NOTICE_DUE_SOON] =
        {"Due on {{due_date}}: {{title}}", "“{{title}}” is due on {{due_date}}.",
         DEAR "this is due soon:\n{{#loans}}\n- {{title}} ({{author}}), on {{due_date}}{{/loans}}\n\n"
              "Please bring it back by then, or ask us to renew it." BYE},
    [NOTICE_OVERDUE] =
        {"Overdue: {{title}}", "“{{title}}” was due on {{due_date}}. Please bring it back.",
         DEAR "this is overdue:\n{{#loans}}\n- {{title}} ({{author}}), since {{due_date}}"
              " (days: {{days}}){{/loans}}\n\nPlease bring it back. If it is lost, talk to us." BYE},
    [NOTICE_HOLD_READY] = {"Ready for you: {{title}}",
                           "“{{title}}” is ready for you. Please fetch it by {{pickup_until}}.",
                           DEAR "“{{title}}” ({{author}}) is ready for you at the desk. We keep it until"
                                " {{pickup_until}}." BYE},
    [NOTICE_HOLD_EXPIRING] =
        {"Waits for you until {{pickup_until}}: {{title}}",
         "“{{title}}” waits for you until {{pickup_until}} only.",
         DEAR "“{{title}}” ({{author}}) still waits for you at the desk. After {{pickup_until}} it goes"
              " to the next reader, or back to its shelf." BYE},
    [NOTICE_HOLD_ENDED] =
        {"Your hold has ended: {{title}}", "Your hold of “{{title}}” has ended: it was not fetched.",
         DEAR "your hold of “{{title}}” ({{author}}) has ended, as it was not fetched in time. If you still"
              " want to read it, place a new hold." BYE},
    [NOTICE_HOLD_WAITS_AGAIN] =
        {"Not ready after all: {{title}}", "“{{title}}” is not ready for you after all. You keep your place.",
         DEAR
         "“{{title}}” ({{author}}), which was ready for you, cannot be fetched after all: its copy is gone"
         " from the desk. We are sorry. You keep your place, and we tell you when it is ready." BYE},
    [NOTICE_HOLD_CANCELLED] =
        {"Your hold was cancelled: {{title}}", "The library has cancelled your hold of “{{title}}”.",
         DEAR "the library has cancelled your hold of “{{title}}” ({{author}}). If you still want to read it,"
              " talk to us, or place a new hold." BYE},
    [NOTICE_TITLE_AVAILABLE] =
        {"On the shelf again: {{title}}", "“{{title}}” stands on the shelf again.",
         DEAR "“{{title}}” ({{author}}), which you asked us about, stands on the shelf again. It is not kept"
              " for you." BYE},
    [NOTICE_DUE_DATE_MOVED] =
        {"Now due on {{due_date}}: {{title}}", "We are closed: “{{title}}” is now due on {{due_date}}.",
         DEAR "as the library is closed, this has a new day on which it is due:\n{{#loans}}\n"
              "- {{title}} ({{author}}), now {{due_date}}{{/loans}}" BYE},
    [NOTICE_MEMBERSHIP_EXPIRING] =
        {"Your membership ends on {{expires_on}}",
         "Your membership ends on {{expires_on}}. Please renew it at the desk.",
         DEAR "your membership (card {{card}}) ends on {{expires_on}}. Please renew it at the"
              " desk." BYE},
    [NOTICE_RECEIPT] = {"Receipt {{receipt_number}}: {{amount}}",
                        "Thank you: {{amount}} paid on {{date}}, receipt {{receipt_number}}.",
                        DEAR
                        "thank you. On {{date}} you paid {{amount}} (receipt {{receipt_number}}). You now owe"
                        " {{balance}}." BYE},
    [NOTICE_PASSWORD_CODE] =
        {"Your code for a new password", "",
         DEAR "somebody, probably you, has lost the password of “{{login}}”. This code sets a new one; it is"
              " good until {{valid_until}}:\n\n    {{code}}\n\nIf it was not you, do nothing: your password"
              " stays as it is." BYE},
    [NOTICE_MESSAGE] = {"{{subject}}", "{{text}}", DEAR "{{text}}" BYE},
    [NOTICE_DIGEST] = {"News from {{library}} ({{count}})", "{{#notices}}{{text}} {{/notices}}",
                       DEAR "there is news for you:\n{{#notices}}\n- {{text}}{{/notices}}" BYE},
};

static const struct words german[NOTICE_KINDS] = {
    [NOTICE_DUE_SOON] =
        {"Fällig am {{due_date}}: {{title}}", "„{{title}}“ ist am {{due_date}} fällig.",
         GUTEN_TAG "bald ist fällig:\n{{#loans}}\n- {{title}} ({{author}}), am {{due_date}}{{/loans}}\n\n"
                   "Bitte bringen Sie es bis dahin zurück oder lassen Sie es verlängern." BYE},
    [NOTICE_OVERDUE] =
        {"Überfällig: {{title}}", "„{{title}}“ war am {{due_date}} fällig. Bitte bringen Sie es zurück.",
         GUTEN_TAG "überfällig ist:\n{{#loans}}\n- {{title}} ({{author}}), seit {{due_date}}"
                   " (Tage: {{days}}){{/loans}}\n\nBitte bringen Sie es zurück. Ist es verloren, sprechen Sie"
                   " mit uns." BYE},
    [NOTICE_HOLD_READY] = {"Liegt für Sie bereit: {{title}}",
                           "„{{title}}“ liegt für Sie bereit. Bitte bis {{pickup_until}} abholen.",
                           GUTEN_TAG
                           "„{{title}}“ ({{author}}) liegt für Sie an der Theke bereit. Wir heben es bis"
                           " {{pickup_until}} auf." BYE},
    [NOTICE_HOLD_EXPIRING] =
        {"Wartet auf Sie bis {{pickup_until}}: {{title}}",
         "„{{title}}“ wartet nur noch bis {{pickup_until}} auf Sie.",
         GUTEN_TAG "„{{title}}“ ({{author}}) wartet noch an der Theke auf Sie. Nach dem {{pickup_until}}"
                   " geht es an den Nächsten oder zurück ins Regal." BYE},
    [NOTICE_HOLD_ENDED] =
        {"Ihre Vormerkung ist beendet: {{title}}",
         "Ihre Vormerkung von „{{title}}“ ist beendet: Es wurde nicht abgeholt.",
         GUTEN_TAG
         "Ihre Vormerkung von „{{title}}“ ({{author}}) ist beendet, weil es nicht rechtzeitig abgeholt"
         " wurde. Wenn Sie es noch lesen möchten, merken Sie es neu vor." BYE},
    [NOTICE_HOLD_WAITS_AGAIN] =
        {"Doch nicht bereit: {{title}}",
         "„{{title}}“ liegt doch nicht für Sie bereit. Ihr Platz bleibt Ihnen.",
         GUTEN_TAG "„{{title}}“ ({{author}}) lag für Sie bereit und kann nun doch nicht abgeholt werden: Das"
                   " Exemplar ist nicht mehr an der Theke. Das tut uns leid. Ihr Platz bleibt Ihnen, und wir"
                   " melden uns, wenn es bereitliegt." BYE},
    [NOTICE_HOLD_CANCELLED] =
        {"Ihre Vormerkung ist gestrichen: {{title}}",
         "Die Bibliothek hat Ihre Vormerkung von „{{title}}“ gestrichen.",
         GUTEN_TAG
         "die Bibliothek hat Ihre Vormerkung von „{{title}}“ ({{author}}) gestrichen. Wenn Sie es noch"
         " lesen möchten, sprechen Sie mit uns oder merken Sie es neu vor." BYE},
    [NOTICE_TITLE_AVAILABLE] =
        {"Wieder im Regal: {{title}}", "„{{title}}“ steht wieder im Regal.",
         GUTEN_TAG
         "„{{title}}“ ({{author}}), nach dem Sie gefragt haben, steht wieder im Regal. Es wird nicht für"
         " Sie zurückgelegt." BYE},
    [NOTICE_DUE_DATE_MOVED] = {"Jetzt fällig am {{due_date}}: {{title}}",
                               "Wir haben geschlossen: „{{title}}“ ist jetzt am {{due_date}} fällig.",
                               GUTEN_TAG
                               "weil die Bibliothek geschlossen ist, gilt ein neuer Tag:\n{{#loans}}\n"
                               "- {{title}} ({{author}}), jetzt {{due_date}}{{/loans}}" BYE},
    [NOTICE_MEMBERSHIP_EXPIRING] =
        {"Ihre Mitgliedschaft endet am {{expires_on}}",
         "Ihre Mitgliedschaft endet am {{expires_on}}. Bitte an der Theke verlängern.",
         GUTEN_TAG "Ihre Mitgliedschaft (Ausweis {{card}}) endet am {{expires_on}}. Bitte verlängern Sie"
                   " sie an der Theke." BYE},
    [NOTICE_RECEIPT] =
        {"Quittung {{receipt_number}}: {{amount}}",
         "Danke: {{amount}} am {{date}} bezahlt, Quittung {{receipt_number}}.",
         GUTEN_TAG "danke. Am {{date}} haben Sie {{amount}} bezahlt (Quittung {{receipt_number}}). Offen sind"
                   " jetzt {{balance}}." BYE},
    [NOTICE_PASSWORD_CODE] =
        {"Ihr Code für ein neues Passwort", "",
         GUTEN_TAG
         "jemand, wahrscheinlich Sie, hat das Passwort von „{{login}}“ verloren. Dieser Code setzt ein"
         " neues; er gilt bis {{valid_until}}:\n\n    {{code}}\n\nWaren Sie es nicht, tun Sie nichts:"
         " Ihr Passwort bleibt, wie es ist." BYE},
    [NOTICE_MESSAGE] = {"{{subject}}", "{{text}}", GUTEN_TAG "{{text}}" BYE},
    [NOTICE_DIGEST] = {"Neues von {{library}} ({{count}})", "{{#notices}}{{text}} {{/notices}}",
                       GUTEN_TAG "es gibt Neues für Sie:\n{{#notices}}\n- {{text}}{{/notices}}" BYE},
};

static const struct words *const in_language[NOTICE_LANGUAGES] = {english, german};

static bool is_language(const char *language, const char *base)
{
    size_t length = strlen(base);

    return strncasecmp(language, base, length) == 0 && (language[length] == '\0' || language[length] == '-');
}

bool notice_words(enum notice_kind_id kind, enum notice_channel channel, const char *language,
                  struct notice_template *out_words)
{
    size_t number = 0;

    while (number < NOTICE_LANGUAGES && !is_language(language, notice_languages[number]))
        number++;
    if (number == NOTICE_LANGUAGES || !notice_kind_has(kind, channel))
        return false;
    const struct words *words = &in_language[number][kind];
    *out_words = (struct notice_template){.kind = notice_kinds[kind].name,
                                          .channel = notice_channel_names[channel],
                                          .language = notice_languages[number],
                                          .subject = channel == NOTICE_SMS ? NULL : words->subject,
                                          .body = channel == NOTICE_EMAIL ? words->letter : words->brief};
    return true;
}

struct template_words notice_words_allowed(enum notice_kind_id kind)
{
    struct template_words words = {.names = notice_kinds[kind].words};

    if (kind == NOTICE_DIGEST) {
        words.list = "notices";
        words.list_names = "subject text";
    } else if (strstr(words.names, " loans")) {
        words.list = "loans";
        words.list_names = "title author due_date days";
    }
    return words;
}

/* ---- days and sums ----------------------------------------------------------------------------------------- */

const char *notice_language_base(struct arena *arena, const char *language)
{
    return arena_strndup(arena, language, strcspn(language, "-"));
}

const char *notice_day_text(struct arena *arena, int64_t day, const char *language)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int year;
    int month;
    int day_of_month;

    if (day == NO_NUMBER)
        return "";
    clock_civil_from_day((int32_t)day, &year, &month, &day_of_month);
    if (is_language(language, "en"))
        return arena_printf(arena, "%d %s %d", day_of_month, months[month - 1], year);
    if (is_language(language, "de"))
        return arena_printf(arena, "%d.%d.%d", day_of_month, month, year);
    return arena_printf(arena, "%04d-%02d-%02d", year, month, day_of_month);
}

const char *notice_money_text(struct ctx *ctx, int64_t minor, const char *currency, const char *language)
{
    char sum[MONEY_TEXT_SIZE];

    if (minor == NO_NUMBER)
        return "";
    money_format(minor, ctx->currency_exponent, sum);
    if (!is_language(language, "de"))
        return arena_printf(ctx->arena, "%s %s", currency, sum);
    char *point = strchr(sum, '.');
    if (point)
        *point = ',';
    return arena_printf(ctx->arena, "%s %s", sum, currency);
}
