/*
 * gateway_service.c — what is set, filled in and asked; what the answer means.
 */
#include "notifications/gateway_service.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/client.h"
#include "settings/settings_service.h"

#define SAID_MAX 300           /* characters of what a gateway says of its refusal */
#define ANSWER_MAX (64 * 1024) /* bytes of an answer: nothing is read in it when it is well */

enum error_kind gateway_account_read(struct ctx *ctx, struct gateway_account *out_account)
{
    struct gateway_account account;

    TRY(settings_text(ctx, SETTING_SMS_URL, &account.url));
    TRY(settings_text(ctx, SETTING_SMS_BODY, &account.body));
    TRY(settings_text(ctx, SETTING_SMS_AUTHORIZATION, &account.authorization));
    if (!account.url || !*account.url) {
        error_reason_text(ctx, "channel", "sms");
        return fail(ctx, CHANNEL_IS_OFF,
                    "Text messages are off. An administrator enters a gateway in the settings.");
    }
    account.body = account.body && *account.body ? account.body : NULL;
    account.authorization = account.authorization && *account.authorization ? account.authorization : NULL;
    *out_account = account;
    return OK;
}

static bool wants(const struct gateway_account *account, const char *word)
{
    return strstr(account->url, word) || (account->body && strstr(account->body, word));
}

/* No use to try again: the number or the text is not accepted. Who is not let in may be let in tomorrow. */
static bool is_for_good(int status)
{
    return status == 400 || status == 413 || status == 422;
}

static const char *what_it_says(struct ctx *ctx, const struct net_reply *reply)
{
    const char *text = text_clean(ctx->arena, reply->body, reply->length);
    char *line = arena_strdup(ctx->arena, text ? text_truncate(ctx->arena, text, SAID_MAX) : "");

    for (char *c = line; *c; c++)
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
    return line;
}

enum error_kind gateway_send(struct ctx *ctx, const struct gateway_account *account, const char *phone,
                             const char *card, const char *text, struct mail_outcome *out_outcome)
{
    const struct gateway_words words = {phone, card, text};
    const struct net_header headers[] = {{"Authorization", account->authorization}, {0}};
    bool was_sent = false;
    struct net_request request = {.url = gateway_url(ctx->arena, account->url, &words),
                                  .headers = account->authorization ? headers : NULL,
                                  .reply_max = ANSWER_MAX,
                                  .status_says_all = true,
                                  .was_sent = &was_sent};
    struct net_reply reply;

    *out_outcome = (struct mail_outcome){0};
    if (wants(account, "{phone}") && (!phone || !*phone)) {
        out_outcome->for_good = true;
        return fail(ctx, NO_ADDRESS, "There is no telephone number to write to.");
    }
    if (account->body) {
        request.body = gateway_body(ctx->arena, account->body, &words);
        request.body_length = strlen(request.body);
        request.body_type =
            gateway_body_is_json(account->body) ? "application/json" : "application/x-www-form-urlencoded";
    }
    enum net_outcome outcome = net_exchange(ctx->arena, &request, &reply);
    if (outcome != NET_OK) {
        out_outcome->may_have_gone = was_sent;
        error_reason_text(ctx, "outcome", net_outcome_name(outcome));
        return fail(ctx, NOT_DELIVERED, "%s", net_outcome_sentence(outcome));
    }
    if (reply.status / 100 == 2)
        return OK;
    out_outcome->for_good = is_for_good(reply.status);
    error_reason_int(ctx, "status", reply.status);
    return fail(ctx, NOT_DELIVERED, "The gateway says: %d %s", reply.status, what_it_says(ctx, &reply));
}

void gateway_account_forget_failures(struct ctx *ctx, const struct gateway_account *account)
{
    const struct gateway_words any = {"0", "0", "x"};

    net_forget_failures(ctx->arena, gateway_url(ctx->arena, account->url, &any));
}
