/*
 * webhook_post.c — what a webhook does not take is told in words that its administrator understands.
 */
#include "webhooks/webhook_post.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/client.h"
#include "webhooks/webhook_message.h"

#define STATUS_GONE 410
#define STATUS_TOO_MANY 429
#define REPLY_MAX (64 * 1024) /* nobody reads more of it than its beginning */

/* The beginning of an answer, on one line, cut between two characters; NULL: nothing that can be read. */
static const char *beginning(struct arena *arena, const char *body)
{
    char *text = arena_strndup(arena, body, strnlen(body, WEBHOOK_PROBLEM_MAX));
    size_t length = strlen(text);

    for (char *at = text; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    while (length > 0 && !text_is_utf8(text, length))
        text[--length] = '\0';
    return length > 0 ? text : NULL;
}

static void judge(struct arena *arena, const struct net_reply *reply, struct delivery_outcome *outcome)
{
    outcome->status = reply->status;
    outcome->is_sent = reply->status >= 200 && reply->status < 300;
    outcome->is_gone = reply->status == STATUS_GONE;
    outcome->is_away = reply->status >= 500 || reply->status == STATUS_TOO_MANY;
    if (!outcome->is_sent)
        outcome->problem = beginning(arena, reply->body);
}

void webhook_post(struct arena *arena, const struct webhook *webhook, const struct delivery *delivery,
                  int64_t now, struct delivery_outcome *out_outcome)
{
    /* Who does not answer rests as long as the table says, also after a restart: no breaker of this process besides. */
    struct breakers breakers = BREAKERS_NONE;
    char id[UUID_TEXT_SIZE];
    struct net_reply reply;

    uuid_format(&delivery->uuid, id);
    const int64_t timestamp = now / MS_PER_SECOND;
    const struct net_header headers[] = {
        {"webhook-id", id},
        {"webhook-timestamp", arena_printf(arena, "%" PRId64, timestamp)},
        {"webhook-signature", webhook_signature(arena, webhook->secret, id, timestamp, delivery->body)},
        {0},
    };
    const struct net_request request = {.url = webhook->facts.url,
                                        .headers = headers,
                                        .body = delivery->body,
                                        .body_length = strlen(delivery->body),
                                        .body_type = "application/json; charset=utf-8",
                                        .reply_max = REPLY_MAX,
                                        .status_says_all = true,
                                        .breakers = &breakers};

    *out_outcome = (struct delivery_outcome){.status = NO_NUMBER};
    enum net_outcome outcome = net_exchange(arena, &request, &reply);
    if (outcome == NET_OK) {
        judge(arena, &reply, out_outcome);
        return;
    }
    out_outcome->is_away = true;
    out_outcome->problem = net_outcome_sentence(outcome);
}
