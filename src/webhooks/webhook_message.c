/*
 * webhook_message.c — JSON and HMAC; nothing of it needs the library.
 */
#include "webhooks/webhook_message.h"

#include <inttypes.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "base/json_write.h"
#include "base/text.h"
#include "net/mime.h"

static void write_id(struct json_writer *w, const char *name, bool has, const struct uuid *uuid)
{
    json_key(w, name);
    if (has)
        json_uuid(w, uuid);
    else
        json_null(w);
}

const char *webhook_body(struct arena *arena, const struct told_event *event, const char *library,
                         const struct uuid *delivery, int64_t now)
{
    static const struct told_event no_event;
    const struct told_event *told = event ? event : &no_event;
    struct text_buf buf;
    struct json_writer w;

    text_buf_init(&buf, arena);
    json_writer_init(&w, &buf);
    json_object_begin(&w);
    write_id(&w, "id", event, &told->uuid);
    json_member_text(&w, "type", event ? told->type : WEBHOOK_TEST_TYPE);
    json_member_instant(&w, "at", event ? told->at : now);
    write_id(&w, "book_id", told->has_book, &told->book);
    write_id(&w, "member_id", told->has_member, &told->member);
    write_id(&w, "borrow_id", told->has_borrow, &told->borrow);
    json_member_text(&w, "detail", told->detail);
    json_member_text(&w, "library", library);
    json_member_uuid(&w, "delivery_id", delivery);
    json_object_end(&w);
    return text_buf_string(&buf);
}

static const char *base64(struct arena *arena, const unsigned char *bytes, size_t length)
{
    char *text = arena_alloc(arena, mime_base64_length(length) + 1);

    mime_base64(bytes, length, text);
    return text;
}

const char *webhook_signature(struct arena *arena, const unsigned char secret[WEBHOOK_SECRET_BYTES],
                              const char *id, int64_t timestamp, const char *body)
{
    const char *text = arena_printf(arena, "%s.%" PRId64 ".%s", id, timestamp, body);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned length;

    if (!HMAC(EVP_sha256(), secret, WEBHOOK_SECRET_BYTES, (const unsigned char *)text, strlen(text), mac,
              &length))
        abort(); /* no memory */
    return arena_printf(arena, "v1,%s", base64(arena, mac, length));
}

const char *webhook_secret_text(struct arena *arena, const unsigned char secret[WEBHOOK_SECRET_BYTES])
{
    return arena_printf(arena, "whsec_%s", base64(arena, secret, WEBHOOK_SECRET_BYTES));
}
