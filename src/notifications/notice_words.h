/*
 * notice_words.h — what the program says to readers by itself, in English and German: the templates of every kind, as long
 * as the library has none of its own.
 */
#ifndef CARREL_NOTIFICATIONS_NOTICE_WORDS_H
#define CARREL_NOTIFICATIONS_NOTICE_WORDS_H

#include "base/ctx.h"
#include "notifications/notices.h"
#include "notifications/template.h"

#define NOTICE_LANGUAGES 2
extern const char *const notice_languages[]; /* "en", "de", NULL */

/* The words of a kind for a channel. False: the program has none in that language ("de-AT" counts as "de"). */
bool notice_words(enum notice_kind_id kind, enum notice_channel channel, const char *language,
                  struct notice_template *out_words);

/* What a template of the kind may use. In the arena. */
struct template_words notice_words_allowed(enum notice_kind_id kind);

/* A day and a sum as people write them in that language: "24 November 2026", "24.11.2026"; "EUR 1.50", "1,50 EUR". */
const char *notice_day_text(struct arena *arena, int64_t day, const char *language);
const char *notice_money_text(struct ctx *ctx, int64_t minor, const char *currency, const char *language);

/* "de-AT" → "de". */
const char *notice_language_base(struct arena *arena, const char *language);

#endif
