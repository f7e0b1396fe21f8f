/*
 * alert_words.h — what is told of alerts, in the library's language: English, or German.
 */
#ifndef CARREL_ALERTS_ALERT_WORDS_H
#define CARREL_ALERTS_ALERT_WORDS_H

#include "alerts/alerts.h"
#include "base/arena.h"

struct alert_letter {
    const char *subject; /* "My Library: something is not well" */
    const char *text;    /* a line or two for each */
};

/* Of the changes that are told (not ALERT_DIFFERENT); `language` is the library's setting. */
void alert_letter_write(struct arena *arena, const char *library, const char *language,
                        const struct alert_change *changes, struct alert_letter *out_letter);

/* The same for one that is only a test. */
void alert_letter_write_test(struct arena *arena, const char *library, const char *language,
                             struct alert_letter *out_letter);

/* What is posted to a chat's incoming webhook: {"text": …}. */
const char *alert_chat_body(struct arena *arena, const struct alert_letter *letter);

/* A sentence of admin/health_service.c in German; itself when it is not known. */
const char *alert_german(const char *sentence);

#endif
