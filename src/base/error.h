/*
 * error.h — what can go wrong, as a closed list, and how a function says so.
 *
 * Every function that can fail returns `enum error_kind` (OK is 0) and is MUST_CHECK. The details — the
 * stable code for programs, the sentence for people, the reason (which rule, limit or hold decided), all
 * wrong fields at once — stand in ctx->error. Only http/problem.c turns a kind into a status number.
 *
 *     if (open_borrows >= rule->max_loans) {
 *         error_reason_int(ctx, "max_loans", rule->max_loans);
 *         return fail(ctx, BORROW_LIMIT_EXCEEDED, "%s has reached the maximum limit of %d active borrows.", …);
 *     }
 */
#ifndef CARREL_BASE_ERROR_H
#define CARREL_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))

/* Hands a failure on to the caller: the one way errors travel in services and repositories. */
#define TRY(call)                           \
    do {                                    \
        enum error_kind try_kind_ = (call); \
        if (try_kind_ != OK)                \
            return try_kind_;               \
    } while (0)

enum error_kind {
    OK = 0,
    ERROR_MALFORMED,       /* the request itself cannot be read */
    ERROR_UNAUTHENTICATED, /* who are you? */
    ERROR_FORBIDDEN,       /* not you */
    ERROR_NOT_FOUND,
    ERROR_METHOD,       /* there, but not so */
    ERROR_CONFLICT,     /* a rule of the library says no */
    ERROR_PRECONDITION, /* somebody changed it since you read it */
    ERROR_TOO_LARGE,
    ERROR_MEDIA_TYPE,
    ERROR_INVALID, /* readable, but fields are wrong */
    ERROR_RATE_LIMITED,
    ERROR_BUSY,     /* try again shortly */
    ERROR_INTERNAL, /* our fault */
};

/* Every stable code with its kind. A code is never renamed: programs compare it. */
#define ERROR_CODES(X)                    \
    X(BAD_REQUEST, MALFORMED)             \
    X(INVALID_JSON, MALFORMED)            \
    X(INVALID_CURSOR, MALFORMED)          \
    X(INVALID_PARAMETER, MALFORMED)       \
    X(HOST_NOT_ALLOWED, MALFORMED)        \
    X(ORIGIN_NOT_ALLOWED, FORBIDDEN)      \
    X(UNAUTHENTICATED, UNAUTHENTICATED)   \
    X(INVALID_TOKEN, UNAUTHENTICATED)     \
    X(TOKEN_EXPIRED, UNAUTHENTICATED)     \
    X(FORBIDDEN, FORBIDDEN)               \
    X(WRONG_CREDENTIALS, UNAUTHENTICATED) \
    X(INVALID_CODE, UNAUTHENTICATED)      \
    X(WRONG_PASSWORD, FORBIDDEN)          \
    X(WRONG_PASSPHRASE, FORBIDDEN)        \
    X(ACCOUNT_CLOSED, FORBIDDEN)          \
    X(REGISTRATION_CLOSED, FORBIDDEN)     \
    X(SETUP_REQUIRED, FORBIDDEN)          \
    X(WRONG_SETUP_CODE, FORBIDDEN)        \
    X(CSRF_TOKEN_MISSING, FORBIDDEN)      \
    X(CSRF_TOKEN_WRONG, FORBIDDEN)        \
    X(NOT_FOUND, NOT_FOUND)               \
    X(BOOK_NOT_FOUND, NOT_FOUND)          \
    X(COPY_NOT_FOUND, NOT_FOUND)          \
    X(MEMBER_NOT_FOUND, NOT_FOUND)        \
    X(BORROW_RECORD_NOT_FOUND, NOT_FOUND) \
    X(HOLD_NOT_FOUND, NOT_FOUND)          \
    X(CHARGE_NOT_FOUND, NOT_FOUND)        \
    X(PAYMENT_NOT_FOUND, NOT_FOUND)       \
    X(WAIVER_NOT_FOUND, NOT_FOUND)        \
    X(CLOSURE_NOT_FOUND, NOT_FOUND)       \
    X(MEMBER_TYPE_NOT_FOUND, NOT_FOUND)   \
    X(STOCKTAKE_NOT_FOUND, NOT_FOUND)     \
    X(ROLL_OVER_NOT_FOUND, NOT_FOUND)     \
    X(SETTING_NOT_FOUND, NOT_FOUND)       \
    X(ACCOUNT_NOT_FOUND, NOT_FOUND)       \
    X(API_KEY_NOT_FOUND, NOT_FOUND)       \
    X(COVER_NOT_FOUND, NOT_FOUND)         \
    X(BACKUP_NOT_FOUND, NOT_FOUND)        \
    X(IMPORT_NOT_FOUND, NOT_FOUND)        \
    X(IMPORT_ROW_NOT_FOUND, NOT_FOUND)    \
    X(PROFILE_NOT_FOUND, NOT_FOUND)       \
    X(TARGET_NOT_FOUND, NOT_FOUND)        \
    X(MERGE_NOT_FOUND, NOT_FOUND)         \
    X(AUTHOR_NOT_FOUND, NOT_FOUND)        \
    X(CATEGORY_NOT_FOUND, NOT_FOUND)      \
    X(READING_LIST_NOT_FOUND, NOT_FOUND)  \
    X(REVIEW_NOT_FOUND, NOT_FOUND)        \
    X(NOTIFICATION_NOT_FOUND, NOT_FOUND)  \
    X(TEMPLATE_NOT_FOUND, NOT_FOUND)      \
    X(WEBHOOK_NOT_FOUND, NOT_FOUND)       \
    X(DELIVERY_NOT_FOUND, NOT_FOUND)      \
    X(REPORT_NOT_FOUND, NOT_FOUND)        \
    X(ALERT_NOT_FOUND, NOT_FOUND)         \
    X(METHOD_NOT_ALLOWED, METHOD)         \
    X(CONFLICT, CONFLICT)                 \
    X(INVENTORY_UNAVAILABLE, CONFLICT)    \
    X(BORROW_LIMIT_EXCEEDED, CONFLICT)    \
    X(ACTIVE_BORROW_EXISTS, CONFLICT)     \
    X(ALREADY_RETURNED, CONFLICT)         \
    X(DUPLICATE_ISBN, CONFLICT)           \
    X(DUPLICATE_EMAIL, CONFLICT)          \
    X(DUPLICATE_BARCODE, CONFLICT)        \
    X(DUPLICATE_CARD, CONFLICT)           \
    X(HAS_ACTIVE_BORROWS, CONFLICT)       \
    X(HAS_BALANCE, CONFLICT)              \
    X(HAS_HOLDS, CONFLICT)                \
    X(MEMBER_BLOCKED, CONFLICT)           \
    X(RENEWAL_LIMIT_EXCEEDED, CONFLICT)   \
    X(RENEWAL_NOT_ALLOWED, CONFLICT)      \
    X(HELD_FOR_ANOTHER, CONFLICT)         \
    X(HOLD_EXISTS, CONFLICT)              \
    X(HOLD_LIMIT_EXCEEDED, CONFLICT)      \
    X(HOLD_OVER, CONFLICT)                \
    X(OVERPAYMENT, CONFLICT)              \
    X(ALREADY_DECIDED, CONFLICT)          \
    X(ALREADY_UNDONE, CONFLICT)           \
    X(DUPLICATE_RULE, CONFLICT)           \
    X(RULE_IN_USE, CONFLICT)              \
    X(DUPLICATE_MEMBER_TYPE, CONFLICT)    \
    X(MEMBER_TYPE_IN_USE, CONFLICT)       \
    X(STOCKTAKE_OVER, CONFLICT)           \
    X(MEMBER_EXPIRED, CONFLICT)           \
    X(MEMBER_SUSPENDED, CONFLICT)         \
    X(COPY_NOT_AVAILABLE, CONFLICT)       \
    X(COPIES_NOT_AVAILABLE, CONFLICT)     \
    X(AUTH_IS_OFF, CONFLICT)              \
    X(SETUP_DONE, CONFLICT)               \
    X(DUPLICATE_ACCOUNT, CONFLICT)        \
    X(LAST_ADMIN, CONFLICT)               \
    X(NO_MEMBER_RECORD, CONFLICT)         \
    X(REPLY_NOT_KEPT, CONFLICT)           \
    X(LIBRARY_NOT_EMPTY, CONFLICT)        \
    X(NOT_A_LIBRARY, CONFLICT)            \
    X(LIBRARY_TOO_NEW, CONFLICT)          \
    X(LIBRARY_DAMAGED, CONFLICT)          \
    X(LIBRARY_IN_USE, CONFLICT)           \
    X(UPGRADE_FAILED, CONFLICT)           \
    X(BACKUP_FAILED, CONFLICT)            \
    X(PASSPHRASE_REQUIRED, CONFLICT)      \
    X(JOURNAL_GAP, CONFLICT)              \
    X(RESTORE_UNDER_WAY, CONFLICT)        \
    X(IMPORT_UNDER_WAY, CONFLICT)         \
    X(IMPORT_NOT_READY, CONFLICT)         \
    X(DUPLICATE_PROFILE, CONFLICT)        \
    X(DUPLICATE_TARGET, CONFLICT)         \
    X(MERGE_NOT_POSSIBLE, CONFLICT)       \
    X(DUPLICATE_CATEGORY, CONFLICT)       \
    X(READING_LIST_FULL, CONFLICT)        \
    X(REVIEWS_ARE_OFF, CONFLICT)          \
    X(CHANNEL_IS_OFF, CONFLICT)           \
    X(NO_ADDRESS, CONFLICT)               \
    X(NOT_DELIVERED, CONFLICT)            \
    X(DUPLICATE_WEBHOOK, CONFLICT)        \
    X(PRECONDITION_FAILED, PRECONDITION)  \
    X(BODY_TOO_LARGE, TOO_LARGE)          \
    X(UNSUPPORTED_MEDIA_TYPE, MEDIA_TYPE) \
    X(VALIDATION_ERROR, INVALID)          \
    X(IDEMPOTENCY_KEY_REUSED, INVALID)    \
    X(IMPORT_UNREADABLE, INVALID)         \
    X(IMAGE_UNREADABLE, INVALID)          \
    X(RATE_LIMITED, RATE_LIMITED)         \
    X(TOO_MANY_ATTEMPTS, RATE_LIMITED)    \
    X(BUSY, BUSY)                         \
    X(LIST_TOO_SLOW, BUSY)                \
    X(OUT_OF_MEMORY, BUSY)                \
    X(DISK_FULL, BUSY)                    \
    X(LIBRARY_CLOSED, BUSY)               \
    X(INTERNAL, INTERNAL)

enum error_code {
    ERR_NONE = 0,
#define X(code, kind) ERR_##code,
    ERROR_CODES(X)
#undef X
};

struct error_reason {
    const char *key;
    const char *text; /* NULL: `number` is meant */
    int64_t number;
    struct error_reason *next;
};

/* One wrong field: where ("body", "email"), what is wrong for people, and for programs. */
struct field_error {
    const char *where; /* "body", "query", "path", "header" */
    const char *field;
    const char *message;
    const char *type; /* "missing", "too_long", "unknown" … */
    struct field_error *next;
};

struct error {
    enum error_code code;
    const char *detail;
    struct error_reason *reasons; /* in the order they were given */
    struct field_error *fields;
};

struct ctx; /* base/ctx.h */

/* Records the error in ctx->error and returns its kind. The first failure stands: a later one while
   cleaning up does not replace it. */
#define fail(ctx, code, ...) error_is_set(error_set((ctx), ERR_##code, __VA_ARGS__))
enum error_kind error_set(struct ctx *ctx, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Tells the compiler what it cannot see: fail() is never OK. */
static inline enum error_kind error_is_set(enum error_kind kind)
{
    if (kind == OK)
        __builtin_unreachable();
    return kind;
}

/* Adds to `reason` of the error about to be reported: call before fail(). `key` must be static. */
void error_reason_text(struct ctx *ctx, const char *key, const char *text);
void error_reason_int(struct ctx *ctx, const char *key, int64_t number);

/* Adds one wrong field; when any were added, error_check_fields() fails with VALIDATION_ERROR. */
void error_field(struct ctx *ctx, const char *where, const char *field, const char *type, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
enum error_kind error_check_fields(struct ctx *ctx) MUST_CHECK;

/* Forgets it: before a retry, or where a failure is an answer. */
void error_clear(struct ctx *ctx);

const char *error_code_name(enum error_code code);
enum error_kind error_code_kind(enum error_code code);

#endif
