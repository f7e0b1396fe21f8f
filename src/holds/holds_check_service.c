/*
 * holds_check_service.c — what lies on the hold shelf and who waits for it, in words for people.
 */
#include "holds/holds_check_service.h"

#include "holds/holds_check_repository.h"

struct holds_check {
    struct ctx *ctx;
    void (*report)(void *argument, const char *finding);
    void *argument;
};

/* How a broken promise is told: before, between and after the two names. */
static const struct {
    const char *before, *between, *after;
} sentences[HOLD_PROMISES] = {
    [HOLD_SHELF_HAS_HOLDS] = {"Copy ", " of “", "” is on the hold shelf, but for nobody."},
    [HOLD_READY_HAS_COPY] = {"The hold of ", " on “", "” is ready, but its copy is not on the hold shelf."},
    [HOLD_PLACE_IS_ONES] = {"", " shares a place with another reader among those who wait for “", "”."},
    [HOLD_OF_LIVE_RECORDS] = {"", " waits for “", "”, but one of them is archived."},
    [HOLD_NOT_AT_HOME] = {"", " waits for “", "” and has it at home."},
};

static void say(void *argument, enum hold_promise promise, const char *first, const char *second)
{
    const struct holds_check *check = argument;

    check->report(check->argument,
                  arena_printf(check->ctx->arena, "%s%s%s%s%s", sentences[promise].before, first,
                               sentences[promise].between, second, sentences[promise].after));
}

enum error_kind holds_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                            void *argument)
{
    struct holds_check check = {ctx, report, argument};

    for (int promise = 0; promise < HOLD_PROMISES; promise++)
        TRY(holds_check_repo_broken(ctx, (enum hold_promise)promise, say, &check));
    return OK;
}
