/*
 * watching.c — http/ and net/ know no settings: here they hear of theirs.
 */
#include "watching.h"

#include <string.h>

#include "http/request_log.h"
#include "net/otlp.h"
#include "settings/settings_service.h"

static enum error_kind choose_requests(struct ctx *ctx)
{
    const char *which;

    TRY(settings_text(ctx, SETTING_LOG_REQUESTS, &which));
    request_log_choose(strcmp(which, "on") == 0     ? LOG_ALL_REQUESTS
                       : strcmp(which, "slow") == 0 ? LOG_SLOW_REQUESTS
                                                    : LOG_NO_REQUESTS);
    return OK;
}

static enum error_kind choose_traces(struct ctx *ctx)
{
    const char *url;

    TRY(settings_text(ctx, SETTING_TRACE_URL, &url));
    otlp_choose(url);
    return OK;
}

enum error_kind watching_begin(struct ctx *ctx)
{
    TRY(choose_requests(ctx));
    return choose_traces(ctx);
}

void watching_follow(void)
{
    settings_follow(SETTING_LOG_REQUESTS, choose_requests);
    settings_follow(SETTING_TRACE_URL, choose_traces);
}

void watching_end(void)
{
    otlp_stop();
}
