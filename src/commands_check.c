/*
 * commands_check.c — `carrel --check`: what is found is printed; what can be made anew from the records is, when that
 * is asked for, and then everything is looked at once more.
 */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/admin.h"
#include "base/arena.h"
#include "base/json_read.h"
#include "base/limits.h"

#define LISTED_MAX (2 * CHECK_FINDINGS_MAX) /* of the check and of the lists of words */

struct findings {
    struct arena arena;
    const char *texts[LISTED_MAX];
    size_t count;  /* listed */
    int64_t total; /* all there are */
    int64_t ms;
};

static int add_findings(struct ctx *ctx, const struct json_value *reply, void *argument)
{
    struct findings *found = argument;
    const struct json_value *list = json_member(reply, "findings");
    int64_t total = 0;
    int64_t ms = 0;

    for (size_t i = 0; i < json_count(list) && found->count < LISTED_MAX; i++)
        found->texts[found->count++] =
            arena_strdup(&found->arena, json_get_text(ctx->arena, json_item(list, i)));
    json_get_int(json_member(reply, "finding_count"), &total);
    json_get_int(json_member(reply, "ms"), &ms);
    found->total += total;
    found->ms += ms;
    return 0;
}

/* 0 when all was looked at, whatever was found. */
static int look(bool full, struct findings *found)
{
    struct question check = {.method = "GET",
                             .target = full ? "/api/v1/admin/check?full=true" : "/api/v1/admin/check"};
    struct question words = {.method = "POST", .target = "/api/v1/admin/check/words"};

    *found = (struct findings){0};
    arena_init(&found->arena, ARENA_CHECK_MAX);
    int status = ask_and_take(&check, false, add_findings, found);
    if (status == 0 && full)
        status = ask_and_take(&words, false, add_findings, found);
    return status;
}

static int take_nothing(struct ctx *ctx, const struct json_value *reply, void *argument)
{
    (void)ctx;
    (void)reply;
    (void)argument;
    return 0;
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_all(const struct findings *found)
{
    for (size_t i = 0; i < found->count; i++)
        printf("%s\n", found->texts[i]);
    if (found->total > (int64_t)found->count)
        printf("… and %" PRId64 " more\n", found->total - (int64_t)found->count);
}

static bool holds(const struct findings *found, const char *text)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->texts[i], text) == 0)
            return true;
    return false;
}

static void print_repaired(const struct findings *before, const struct findings *after)
{
    printf("\nPut right:\n");
    for (size_t i = 0; i < before->count; i++)
        if (!holds(after, before->texts[i]))
            printf("%s\n", before->texts[i]);
}

static int print_outcome(const struct findings *before, const struct findings *after)
{
    print_repaired(before, after);
    if (after->total == 0) {
        printf("\nAll is well now: %" PRId64 " finding%s put right.\n", before->total, plural(before->total));
        return 0;
    }
    printf("\nWhat remains:\n");
    print_all(after);
    printf("\n%" PRId64
           " finding%s left, about the records themselves. A repair never touches those: restore a "
           "backup, or correct them in Carrel.\n",
           after->total, plural(after->total));
    return 1;
}

/* What is found tells what is to be done. A sound library is not written to. */
static int check_and_repair(void)
{
    struct question repair = {.method = "POST", .target = "/api/v1/admin/repair"};
    struct findings before;
    struct findings after;

    int status = look(true, &before);
    if (status == 0 && before.total == 0) {
        printf("All is well (%" PRId64 " ms). Nothing was repaired.\n", before.ms);
    } else if (status == 0) {
        print_all(&before);
        printf("%" PRId64 " finding%s. What can be made anew from the records is being made.\n", before.total,
               plural(before.total));
        fflush(stdout);
        status = ask_and_take(&repair, false, take_nothing, NULL);
        if (status == 0) {
            status = look(true, &after);
            if (status == 0)
                status = print_outcome(&before, &after);
            arena_release(&after.arena);
        }
    }
    arena_release(&before.arena);
    return status;
}

static int check_only(bool full)
{
    struct findings found;
    int status = look(full, &found);

    if (status == 0) {
        print_all(&found);
        if (found.total == 0) {
            printf("All is well (%" PRId64 " ms).\n", found.ms);
        } else {
            printf("%" PRId64 " finding%s. What can be made anew is put right by --check --repair.\n",
                   found.total, plural(found.total));
            status = 1;
        }
    }
    arena_release(&found.arena);
    return status;
}

int command_check(const struct command_line *line)
{
    struct question rebuild = {.method = "POST", .target = "/api/v1/admin/rebuild"};

    if (line->rebuild && !line->repair) {
        int status = ask_and_take(&rebuild, false, take_nothing, NULL);
        if (status != 0)
            return status;
    }
    return line->repair ? check_and_repair() : check_only(line->full);
}
