/*
 * wording_service.h — what a notification says: the template in force for its reader's language, filled in.
 */
#ifndef CARREL_NOTIFICATIONS_WORDING_SERVICE_H
#define CARREL_NOTIFICATIONS_WORDING_SERVICE_H

#include "notifications/house_service.h"

struct notice_wording {
    const char *subject; /* NULL: the channel has none */
    const char *body;
    const char *language; /* of the template that was found */
};

/* The words in force in one language, the library's own or the program's. False: neither has any. */
enum error_kind wording_in(struct ctx *ctx, enum notice_kind_id kind, enum notice_channel channel,
                           const char *language, struct notice_template *out_words,
                           bool *out_found) MUST_CHECK;

/* … in the reader's language, else the library's, else English. */
enum error_kind wording_for(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                            enum notice_channel channel, const char *reader_language,
                            struct notice_template *out_words) MUST_CHECK;

/* These words, filled in for a notification; a code only for password_code, and NULL stands for dots. */
void wording_fill(struct ctx *ctx, const struct notice_house *house, const struct notice_template *words,
                  const struct notice *notice, const char *code, int64_t code_until,
                  struct notice_wording *out_wording);

/* Both at once. */
enum error_kind wording_of(struct ctx *ctx, const struct notice_house *house, const struct notice *notice,
                           const char *code, int64_t code_until,
                           struct notice_wording *out_wording) MUST_CHECK;

/* One message from several, of one reader and channel: a line for each. */
enum error_kind wording_digest(struct ctx *ctx, const struct notice_house *house, const struct notice *first,
                               const struct notice_wording *lines, size_t count,
                               struct notice_wording *out_wording) MUST_CHECK;

void wording_fill_digest(struct ctx *ctx, const struct notice_house *house,
                         const struct notice_template *words, const struct notice *first,
                         const struct notice_wording *lines, size_t count,
                         struct notice_wording *out_wording);

/* A notification that tells what these mostly tell, for a preview. */
struct notice wording_example(struct ctx *ctx, enum notice_kind_id kind, enum notice_channel channel);

#endif
