/*
 * base64url.h — bytes as text that is safe in addresses, headers and cookies: RFC 4648 §5, no padding.
 */
#ifndef CARREL_BASE_BASE64URL_H
#define CARREL_BASE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

char *base64url_encode(struct arena *arena, const void *bytes, size_t length);

/* NULL when `text` has another letter. A NUL follows the bytes. */
char *base64url_decode(struct arena *arena, const char *text, size_t *out_length);

/* Is this, 1 to `max` characters, written in these letters? */
bool base64url_is_text(const char *text, size_t max);

#endif
