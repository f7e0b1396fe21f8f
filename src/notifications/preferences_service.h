/*
 * preferences_service.h — what a reader wants to be told, and how.
 */
#ifndef CARREL_NOTIFICATIONS_PREFERENCES_SERVICE_H
#define CARREL_NOTIFICATIONS_PREFERENCES_SERVICE_H

#include "notifications/house_service.h"

/* Every kind and channel that can be chosen, and the language (NULL: the library's). MEMBER_NOT_FOUND */
enum error_kind preferences_show(struct ctx *ctx, const struct uuid *member,
                                 struct notice_preferences *out_preferences) MUST_CHECK;

/* What is to be laid over: the language of now, and no preferences. */
enum error_kind preferences_begin(struct ctx *ctx, const struct uuid *member,
                                  struct notice_preferences *out_preferences) MUST_CHECK;

/* The language ("": the library's), and those that are named. VALIDATION_ERROR: one of them cannot be chosen. */
enum error_kind preferences_put(struct ctx *ctx, const struct uuid *member,
                                const struct notice_preferences *preferences) MUST_CHECK;

#endif
