/*
 * templates_service.h — the words in force, and the library's own in their place.
 */
#ifndef CARREL_NOTIFICATIONS_TEMPLATES_SERVICE_H
#define CARREL_NOTIFICATIONS_TEMPLATES_SERVICE_H

#include "notifications/wording_service.h"

/* Of every kind and channel in one language (NULL: the library's): *out_count of them. Those that nobody has written in it
 * are the ones that stand in. */
enum error_kind templates_list(struct ctx *ctx, const char *language,
                               const struct notice_template **out_templates, size_t *out_count) MUST_CHECK;

/* What keeps these words from being saved: *out_problems, one sentence each; NULL: nothing. */
struct template_fault_said {
    const char *text;
    struct template_fault_said *next;
};
void templates_faults(struct ctx *ctx, const struct notice_template *words,
                      struct template_fault_said **out_problems);

/*
 * TEMPLATE_NOT_FOUND: nothing of that kind goes over that channel. VALIDATION_ERROR names what is wrong. CONFLICT: it would be
 * one more than TEMPLATES_MAX.
 */
enum error_kind templates_put(struct ctx *ctx, const struct notice_template *words) MUST_CHECK;
/* Back to the program's. TEMPLATE_NOT_FOUND: the library has none of its own there. */
enum error_kind templates_remove(struct ctx *ctx, const char *kind, const char *channel,
                                 const char *language) MUST_CHECK;

/* Filled in with an example in the language of `words`, or with a reader's name when `member` is given (MEMBER_NOT_FOUND). */
enum error_kind templates_preview(struct ctx *ctx, const struct notice_template *words,
                                  const struct uuid *member, struct notice_wording *out_wording) MUST_CHECK;

#endif
