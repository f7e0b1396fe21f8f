/*
 * notices.c — the kinds, the channels, and what bodies about them hold.
 */
#include "notifications/notices.h"

#include <string.h>

const char *const notice_channel_names[] = {"app", "email", "sms", NULL};

const struct notice_kind notice_kinds[NOTICE_KINDS] = {
#define X(id, name, urgent, words, summary) [NOTICE_##id] = {name, urgent, COMMON_WORDS words, summary},
    NOTICE_KIND_ROWS(X)
#undef X
};

static const char *const kind_choices[] = {
#define X(id, name, ...) name,
    NOTICE_KIND_ROWS(X)
#undef X
        NULL,
};

enum notice_kind_id notice_kind_named(const char *name)
{
    enum notice_kind_id kind = 0;

    while (kind < NOTICE_KINDS && strcmp(notice_kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

enum notice_channel notice_channel_named(const char *name)
{
    enum notice_channel channel = 0;

    while (channel < NOTICE_CHANNELS && strcmp(notice_channel_names[channel], name) != 0)
        channel++;
    return channel;
}

bool notice_kind_has(enum notice_kind_id kind, enum notice_channel channel)
{
    switch (kind) {
    case NOTICE_PASSWORD_CODE: return channel == NOTICE_EMAIL;
    case NOTICE_DIGEST: return channel != NOTICE_APP;
    default: return true;
    }
}

bool notice_kind_is_chosen(enum notice_kind_id kind)
{
    return kind != NOTICE_PASSWORD_CODE && kind != NOTICE_DIGEST;
}

const char *notice_word_meaning(const char *name)
{
    static const struct {
        const char *name, *meaning;
    } words[] = {
        {"name", "The reader's name"},
        {"card", "The number of the reader's card"},
        {"library", "The library's name"},
        {"title", "The title"},
        {"author", "Its author"},
        {"due_date", "The day on which it is due"},
        {"days", "How many days it is until then, or has been since"},
        {"loans",
         "A list of the loans: between {{#loans}} and {{/loans}} stand title, author, due_date, days"},
        {"pickup_until", "The last day on which it may be fetched"},
        {"expires_on", "The last day of the membership"},
        {"amount", "The sum that was paid"},
        {"balance", "What the reader owed after it"},
        {"receipt_number", "The number of the receipt"},
        {"date", "The day of the payment"},
        {"login", "The name to sign in with"},
        {"code", "The code"},
        {"valid_until", "Until when it is good"},
        {"subject", "The subject of the message"},
        {"text", "Its text"},
        {"count", "How many notifications it holds"},
        {"notices", "A list of them: between {{#notices}} and {{/notices}} stand subject and text"},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i].meaning;
    return NULL;
}

/* ---- bodies ------------------------------------------------------------------------------------------------ */

/* clang-format off */
const struct field notice_message_fields[] = {
    {"member_ids", FIELD_TEXTS, OPTIONAL, 1, 36, AT(struct notice_message, member_ids), "The readers", .most = NOTICE_MEMBERS_MAX},
    {"group_name", FIELD_TEXT, OPTIONAL, 1, 100, AT(struct notice_message, group_name), "Or all of a class, family or club"},
    {"channel", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct notice_message, channel), "How; without it, as each reader wants it", notice_channel_names},
    {"subject", FIELD_TEXT, REQUIRED, 1, NOTICE_SUBJECT_MAX, AT(struct notice_message, subject), "What it is about"},
    {"text", FIELD_TEXT, REQUIRED, 1, NOTICE_TEXT_MAX, AT(struct notice_message, text), "The message"},
    {0},
};

const struct field notice_template_fields[] = {
    {"kind", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct notice_template, kind), "What it tells", kind_choices},
    {"channel", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct notice_template, channel), "How it goes out", notice_channel_names},
    {"language", FIELD_TEXT, REQUIRED, 2, 35, AT(struct notice_template, language), "Language of these words: en, de, pt-BR"},
    {"subject", FIELD_TEXT, OPTIONAL, 1, NOTICE_SUBJECT_MAX, AT(struct notice_template, subject), "Subject, with placeholders in double braces; text messages have none"},
    {"body", FIELD_TEXT, REQUIRED, 1, NOTICE_BODY_MAX, AT(struct notice_template, body), "The words, with placeholders in double braces"},
    {0},
};

const struct field notice_template_query_fields[] = {
    {"language", FIELD_TEXT, OPTIONAL, 2, 35, AT(struct notice_template_query, language), "Language; without it, the library's"},
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct notice_template_query, member_id), "Filled with this reader's name"},
    {0},
};

static const struct field preference_fields[] = {
    {"kind", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct notice_preference, kind), "What is told", kind_choices},
    {"channel", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct notice_preference, channel), "How", notice_channel_names},
    {"wanted", FIELD_BOOL, REQUIRED, 0, 0, AT(struct notice_preference, wanted), "Shall it be told so?"},
    {0},
};

const struct field notice_preferences_fields[] = {
    {"language", FIELD_TEXT, OPTIONAL, 0, 35, AT(struct notice_preferences, language), "Language of what is told; empty: the library's"},
    {"preferences", FIELD_OBJECTS, OPTIONAL, 0, 0, AT(struct notice_preferences, preferences), "What changes",
     .most = NOTICE_KINDS * NOTICE_CHANNELS, .fields = preference_fields, .size = sizeof(struct notice_preference)},
    {0},
};
/* clang-format on */
