/*
 * gateway.h — how a text (or push) message is asked of a gateway: an address and a body with words in braces.
 *
 *     {phone}   the reader's number, as it stands in their record
 *     {card}    the number of their card
 *     {text}    what they are told
 *
 * In the address and in the body of a form they are URL-encoded, in a body of JSON (its first character is '{' or '['
 * and no word begins there) they are escaped as within quotes. Nothing else is changed.
 */
#ifndef CARREL_NOTIFICATIONS_GATEWAY_H
#define CARREL_NOTIFICATIONS_GATEWAY_H

#include <stdbool.h>

#include "base/arena.h"

struct gateway_account {
    const char *url;
    const char *body;          /* NULL: it is asked with GET */
    const char *authorization; /* NULL: none */
};

struct gateway_words {
    const char *phone;
    const char *card;
    const char *text;
};

const char *gateway_url(struct arena *arena, const char *url, const struct gateway_words *words);
const char *gateway_body(struct arena *arena, const char *body, const struct gateway_words *words);
bool gateway_body_is_json(const char *body);

#endif
