/*
 * openapi_errors.c — what each code means and looks like, and which rows answer it.
 *
 * A response that several operations share is written once: its name is that of its codes. So the document says
 * of each operation exactly what it refuses and stays small.
 */
#include "http/openapi_errors.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "http/problem.h"
#include "http/replay.h"

/* ---- what they mean ------------------------------------------------------------------------------------ */

struct meaning {
    const char *meaning;
    const char *detail; /* of the example: a sentence that the program says */
    const char *more;   /* of the example: `reason` or `validation_errors`, as JSON; NULL: none */
};

/* clang-format off */
static const struct meaning meanings[ERROR_CODE_COUNT] = {
    [ERR_BAD_REQUEST] = {"The request cannot be read", "The file is empty."},
    [ERR_INVALID_JSON] = {"The body is no JSON", "A JSON body is required."},
    [ERR_INVALID_CURSOR] = {"The cursor is broken, or of another list, sort or filter", "This cursor belongs to another list, sort or filter. Start again without it."},
    [ERR_INVALID_PARAMETER] = {"A query parameter is wrong", "Start date cannot be after end date."},
    [ERR_HOST_NOT_ALLOWED] = {"Host names a server that this is not", "This server does not go by that name. Use its address, or add the name to its settings."},
    [ERR_ORIGIN_NOT_ALLOWED] = {"A page of another site sent it", "This request comes from a page of another site."},
    [ERR_UNAUTHENTICATED] = {"Nobody has signed in, or the session is over", "Sign in first."},
    [ERR_INVALID_TOKEN] = {"The token or API key is none of ours, or was revoked", "This API key is not valid."},
    [ERR_TOKEN_EXPIRED] = {"The token's time is over: refresh it", "The access token has expired. Refresh it."},
    [ERR_FORBIDDEN] = {"Who has signed in may not do this", "Your account may not do this."},
    [ERR_WRONG_CREDENTIALS] = {"Name and password do not go together", "The name or the password is wrong."},
    [ERR_INVALID_CODE] = {"The reset code is wrong or its time is over", "The name or the code is wrong, or the code's time is over. Ask for a new one."},
    [ERR_WRONG_PASSWORD] = {"The present password is wrong", "The present password is wrong."},
    [ERR_WRONG_PASSPHRASE] = {"The passphrase does not open the backup", "This passphrase does not open library-2026-11-22.carrel. Nothing was changed."},
    [ERR_ACCOUNT_CLOSED] = {"The account is closed", "This account is closed. Ask at the desk."},
    [ERR_REGISTRATION_CLOSED] = {"Readers do not register themselves here (setting self_registration)", "This library registers its readers at the desk."},
    [ERR_SETUP_REQUIRED] = {"The library has no administrator yet", "This library has no administrator yet. Open its pages in a browser to set it up, or run carrel --create-admin NAME."},
    [ERR_WRONG_SETUP_CODE] = {"The setup code is wrong", "This is not the setup code. It stands where Carrel was started, and in the file beside the library that ends in .setup-code."},
    [ERR_CSRF_TOKEN_MISSING] = {"A session's change came without X-CSRF-Token", "Send X-CSRF-Token with what GET /api/v1/auth/me says as csrf_token."},
    [ERR_CSRF_TOKEN_WRONG] = {"X-CSRF-Token is of another session", "This page is out of date. Load it again."},
    [ERR_NOT_FOUND] = {"There is nothing of that name", "There is nothing at this address."},
    [ERR_BOOK_NOT_FOUND] = {"No title has this id, or it is archived", "Book not found."},
    [ERR_COPY_NOT_FOUND] = {"No copy has this id or barcode", "Copy not found."},
    [ERR_MEMBER_NOT_FOUND] = {"No member has this id or card, or the record is archived", "Member not found."},
    [ERR_BORROW_RECORD_NOT_FOUND] = {"No borrow has this id", "Borrow record not found."},
    [ERR_HOLD_NOT_FOUND] = {"No hold has this id, or nobody waits for the copy", "Hold not found."},
    [ERR_CHARGE_NOT_FOUND] = {"No charge has this id, or it is another member's", "Charge not found."},
    [ERR_PAYMENT_NOT_FOUND] = {"No payment has this id", "Payment not found."},
    [ERR_WAIVER_NOT_FOUND] = {"No waiver has this id", "Waiver not found."},
    [ERR_CLOSURE_NOT_FOUND] = {"No closure has this id", "Closure not found."},
    [ERR_MEMBER_TYPE_NOT_FOUND] = {"No member type has this code", "Member type not found."},
    [ERR_STOCKTAKE_NOT_FOUND] = {"No stock-take has this id", "Stock-take not found."},
    [ERR_ROLL_OVER_NOT_FOUND] = {"No roll-over has this id", "Roll-over not found."},
    [ERR_SETTING_NOT_FOUND] = {"There is no setting of this name", "There is no setting “colour”."},
    [ERR_ACCOUNT_NOT_FOUND] = {"No account has this id or name", "Account not found."},
    [ERR_API_KEY_NOT_FOUND] = {"No API key has this id", "API key not found."},
    [ERR_COVER_NOT_FOUND] = {"The title has no picture", "“Middlemarch” has no picture."},
    [ERR_BACKUP_NOT_FOUND] = {"The backup is not listed, or its file is gone", "library-2026-11-22.carrel is none of the backups that are listed."},
    [ERR_IMPORT_NOT_FOUND] = {"No import has this id", "Import not found."},
    [ERR_IMPORT_ROW_NOT_FOUND] = {"No duplicate stands in this row", "No duplicate stands in this row."},
    [ERR_PROFILE_NOT_FOUND] = {"No import profile has this id", "Import profile not found."},
    [ERR_TARGET_NOT_FOUND] = {"No catalogue in the list has this id", "This catalogue is not in the list."},
    [ERR_MERGE_NOT_FOUND] = {"No merge has this id", "Merge not found."},
    [ERR_AUTHOR_NOT_FOUND] = {"No title names this author", "No title names “George Elliot” as its author."},
    [ERR_CATEGORY_NOT_FOUND] = {"There is no category of this name", "There is no category “Novles”."},
    [ERR_READING_LIST_NOT_FOUND] = {"No reading list has this id, or it is not shown to who asks", "Reading list not found."},
    [ERR_REVIEW_NOT_FOUND] = {"No review has this id, or it is another reader's", "Review not found."},
    [ERR_NOTIFICATION_NOT_FOUND] = {"No notification has this id, or it is another member's", "Notification not found."},
    [ERR_TEMPLATE_NOT_FOUND] = {"Nothing of that kind is told that way, or in words of the library's own", "Nothing of that kind is told that way."},
    [ERR_WEBHOOK_NOT_FOUND] = {"No webhook has this id", "This webhook is not in the list."},
    [ERR_DELIVERY_NOT_FOUND] = {"No delivery has this id", "There is no such delivery."},
    [ERR_REPORT_NOT_FOUND] = {"There is no report of this name, or none saved under this id", "Saved report not found."},
    [ERR_ALERT_NOT_FOUND] = {"No alert has this id", "Alert not found."},
    [ERR_METHOD_NOT_ALLOWED] = {"The address is there, but not for this method", "This address does not take that method. It takes: GET, HEAD."},
    [ERR_CONFLICT] = {"It does not go together with how things stand; detail says why", "There is nothing to restore."},
    [ERR_INVENTORY_UNAVAILABLE] = {"All copies of the title are out", "No copies available of “Middlemarch”.", "\"reason\":{\"total_copies\":2}"},
    [ERR_BORROW_LIMIT_EXCEEDED] = {"The member has as many loans as the rule allows", "Member has reached the maximum limit of 5 active borrows.", "\"reason\":{\"rule\":\"any × any\",\"max_loans\":5}"},
    [ERR_ACTIVE_BORROW_EXISTS] = {"The member has the title at home", "Member already has an active borrow for this book."},
    [ERR_ALREADY_RETURNED] = {"The copy is back", "This copy is already returned."},
    [ERR_DUPLICATE_ISBN] = {"Another title has the ISBN", "ISBN 9780141439549 belongs to “Middlemarch” already. Allow a shared ISBN if both are right."},
    [ERR_DUPLICATE_EMAIL] = {"Another member has the e-mail address", "Somebody is registered with this e-mail address. Ask at the desk."},
    [ERR_DUPLICATE_BARCODE] = {"Another copy has the barcode", "Barcode 2000000010 is taken already."},
    [ERR_DUPLICATE_CARD] = {"Another member has the card", "Card 1000000018 belongs to Amina Diallo already."},
    [ERR_HAS_ACTIVE_BORROWS] = {"Something is still lent", "“Middlemarch” cannot be archived: it has 1 active borrow.", "\"reason\":{\"active_borrows\":1}"},
    [ERR_HAS_BALANCE] = {"The member owes something", "Amina Diallo cannot be archived while 2.40 is owed."},
    [ERR_HAS_HOLDS] = {"Somebody waits for the title, or the member waits for one", "“Middlemarch” cannot be archived: 1 reader waits for it."},
    [ERR_MEMBER_BLOCKED] = {"The member owes more than the library lends up to", "Amina Diallo owes 12.00: more than 10.00, up to which the library lends. Take a payment first."},
    [ERR_RENEWAL_LIMIT_EXCEEDED] = {"The loan was renewed as often as the rule allows", "“Middlemarch” has been renewed 2 of 2 times. It has to be brought back."},
    [ERR_RENEWAL_NOT_ALLOWED] = {"A setting or the due date forbids the renewal", "“Middlemarch” would not be due any later."},
    [ERR_HELD_FOR_ANOTHER] = {"Another reader waits for the title or its copy", "“Middlemarch” is held for Oskar Lind, who has waited since 2026-11-20."},
    [ERR_HOLD_EXISTS] = {"The member waits for the title already", "Amina Diallo waits for “Middlemarch” already."},
    [ERR_HOLD_LIMIT_EXCEEDED] = {"The member, or the title, has as many holds as may be", "Amina Diallo waits for 5 titles already; 5 is the most."},
    [ERR_HOLD_OVER] = {"The hold was fulfilled, cancelled or has expired", "This hold is over: it was cancelled."},
    [ERR_OVERPAYMENT] = {"More than is owed", "Nothing to pay: Amina Diallo owes nothing here."},
    [ERR_ALREADY_DECIDED] = {"The waiver was approved or refused before", "This waiver has been decided already."},
    [ERR_ALREADY_UNDONE] = {"It was undone before", "The import was undone already."},
    [ERR_DUPLICATE_RULE] = {"There is a rule for these two types", "There is a rule adult × book already. Change that one."},
    [ERR_RULE_IN_USE] = {"The rule that decides whatever no other does stays", "The rule any × any decides whatever no other rule does: it stays. Change it instead."},
    [ERR_DUPLICATE_MEMBER_TYPE] = {"There is a member type of this code", "There is a member type adult already: “Adult”."},
    [ERR_MEMBER_TYPE_IN_USE] = {"Members, rules or a setting use the type", "“Adult” stays: new members get this type."},
    [ERR_STOCKTAKE_OVER] = {"The stock-take is finished", "The stock-take “Summer” is finished. Begin another one."},
    [ERR_MEMBER_EXPIRED] = {"The membership has expired", "The membership of Amina Diallo expired on 2026-10-31."},
    [ERR_MEMBER_SUSPENDED] = {"The member is suspended", "Amina Diallo is suspended until further notice."},
    [ERR_COPY_NOT_AVAILABLE] = {"The copy's state does not allow it", "This copy cannot be lent: it is in repair."},
    [ERR_COPIES_NOT_AVAILABLE] = {"Fewer copies than are lent, held or in repair", "2 of the 3 copies are lent, held or in repair: total_copies cannot go below 2."},
    [ERR_AUTH_IS_OFF] = {"The server was started with --auth off", "This server was started with --auth off: nobody signs in here."},
    [ERR_SETUP_DONE] = {"There is an administrator already", "This library has an administrator already. Sign in."},
    [ERR_DUPLICATE_ACCOUNT] = {"There is an account of this name, or the member has one", "There is an account “Oskar” already. Choose another name."},
    [ERR_LAST_ADMIN] = {"Nobody else is an administrator", "Ada is the only administrator. Make somebody else one first."},
    [ERR_NO_MEMBER_RECORD] = {"The account is nobody's membership", "No reader's record belongs to your login."},
    [ERR_REPLY_NOT_KEPT] = {"It was done under this Idempotency-Key, but the answer was too long to keep", "This was done already, and nothing was done again. Its answer was too long to keep.", "\"reason\":{\"status\":200,\"done_at\":\"2026-11-22T10:00:00Z\"}"},
    [ERR_LIBRARY_NOT_EMPTY] = {"The library has records", "Only an empty library can be seeded, and this one has been used."},
    [ERR_NOT_A_LIBRARY] = {"The file is no library", "library-2026-11-22.carrel is no sealed backup. Nothing was changed."},
    [ERR_LIBRARY_TOO_NEW] = {"A newer Carrel wrote the file", "library-2026-11-22.db was written by a newer Carrel (version 9, this one knows 6). Nothing was changed. Use the newer program."},
    [ERR_LIBRARY_DAMAGED] = {"The file is damaged", "The indexes could not be made anew: two records have what only one may have, or pages of the file are damaged. Nothing was changed. Restore a backup, or save what can be read: carrel --salvage FILE."},
    [ERR_LIBRARY_IN_USE] = {"Another program has the file", "library.db is in use by another program."},
    [ERR_UPGRADE_FAILED] = {"The file could not be brought forward", "loans gives 7 after it, where it gave 8 before."},
    [ERR_BACKUP_FAILED] = {"The backup was not made, or is not what was written", "The backup was not made: the folder /media/stick is not there. The library is unchanged."},
    [ERR_PASSPHRASE_REQUIRED] = {"The backup is sealed, or should be, and no passphrase is known", "The backup was not made: it should be sealed, and no passphrase is set. Set one under Settings, Backups."},
    [ERR_JOURNAL_GAP] = {"The journal does not reach that moment", "No journal goes on from this backup, neither beside it nor in the second folder. It can be restored as it is. Nothing was changed."},
    [ERR_RESTORE_UNDER_WAY] = {"A backup is being restored", "Another backup is being restored. Wait until it is done."},
    [ERR_IMPORT_UNDER_WAY] = {"The import is being read, written or undone", "The import is under way. Stop it first, or wait for its end."},
    [ERR_IMPORT_NOT_READY] = {"The import is not in the state for this", "The import was not started yet."},
    [ERR_DUPLICATE_PROFILE] = {"There is an import profile of this name", "There is an import profile “Littera” already."},
    [ERR_DUPLICATE_TARGET] = {"There is a catalogue of this name in the list", "There is a catalogue “Library of Congress” in the list already."},
    [ERR_MERGE_NOT_POSSIBLE] = {"Loans or holds of the two titles exclude each other", "Amina Diallo has both titles at home: take one of them back first."},
    [ERR_DUPLICATE_CATEGORY] = {"There is a category of the new name: say join", "There is a category “Novels” already, with 12 titles."},
    [ERR_READING_LIST_FULL] = {"No more lists, or no more titles on this one", "You have 20 lists already. Delete one first."},
    [ERR_REVIEWS_ARE_OFF] = {"The library has no reviews (setting reviews)", "Reviews are switched off in this library."},
    [ERR_CHANNEL_IS_OFF] = {"E-mail, text messages or alerts are not set up", "E-mail is off. An administrator turns it on in the settings."},
    [ERR_NO_ADDRESS] = {"There is no address to write to", "There is no e-mail address to write to."},
    [ERR_NOT_DELIVERED] = {"The mail server, gateway or program elsewhere did not take it", "The mail server offers no way to sign in."},
    [ERR_DUPLICATE_WEBHOOK] = {"There is a webhook of this name", "There is a webhook “Door display” in the list already."},
    [ERR_PRECONDITION_FAILED] = {"The record has another version than If-Match says", "“Middlemarch” was changed by someone else since you read it. Read it again."},
    [ERR_BODY_TOO_LARGE] = {"The body is larger than this address takes", "The body may have at most 65536 bytes."},
    [ERR_UNSUPPORTED_MEDIA_TYPE] = {"Content-Type is none that this address takes", "The body must be sent as application/json."},
    [ERR_VALIDATION_ERROR] = {"Fields are wrong: all of them stand in validation_errors", "Some fields are not valid: title.", "\"validation_errors\":[{\"loc\":[\"body\",\"title\"],\"msg\":\"This field is required.\",\"type\":\"missing\"}]"},
    [ERR_IDEMPOTENCY_KEY_REUSED] = {"The Idempotency-Key came with another request before", "This Idempotency-Key was used for another request. Take a new key for each act."},
    [ERR_IMPORT_UNREADABLE] = {"The file cannot be read as what it should be", "The file could not be read from the disk."},
    [ERR_IMAGE_UNREADABLE] = {"The bytes are no JPEG, PNG or WebP, or too many pixels", "This is no picture that can be read: send a JPEG, PNG or WebP."},
    [ERR_RATE_LIMITED] = {"Too many requests this minute: Retry-After says for how many seconds", "Rate limit exceeded: 100 a minute. Try again in 12 s.", "\"reason\":{\"per_minute\":100}"},
    [ERR_TOO_MANY_ATTEMPTS] = {"Too many wrong passwords or codes: Retry-After says for how many seconds", "Too many wrong attempts. Try again in 8 seconds."},
    [ERR_BUSY] = {"Not now: Retry-After says when", "Many people are signing in just now. Try again in a moment."},
    [ERR_LIST_TOO_SLOW] = {"So sorted and filtered it takes too long", "This report takes too long. Ask for fewer days, or again when the desk is quiet."},
    [ERR_OUT_OF_MEMORY] = {"Too much for one request", "This is too much for one request. Nothing was changed."},
    [ERR_DISK_FULL] = {"The disk is full; nothing was changed", "The disk is full. Nothing was changed. Make room and try again."},
    [ERR_LIBRARY_CLOSED] = {"The library cannot be opened", "This library cannot be opened just now. Its pages say what can be done."},
    [ERR_INTERNAL] = {"Our fault; the log has it under the correlation_id", "An unexpected error occurred"},
};
/* clang-format on */

const char *errors_meaning(enum error_code code)
{
    return meanings[code].meaning;
}

/* ---- which rows answer them ---------------------------------------------------------------------------- */

static void add(struct error_set *set, const enum error_code *codes)
{
    for (; *codes != ERR_NONE; codes++)
        set->has[*codes] = true;
}

static void add_of_access(struct error_set *set, const struct route *route)
{
    /* Whoever shows a key is asked whether it is one, at any address. */
    add(set, ERRORS(ERR_INVALID_TOKEN, ERR_TOKEN_EXPIRED));
    if (route->access > ANYONE || route->catalogue)
        add(set, ERRORS(ERR_UNAUTHENTICATED));
    if (route->access > MEMBER || route->own)
        add(set, ERRORS(ERR_FORBIDDEN));
    if (!route->during_setup)
        add(set, ERRORS(ERR_SETUP_REQUIRED));
    if (route->method != GET)
        add(set, ERRORS(ERR_ORIGIN_NOT_ALLOWED, ERR_CSRF_TOKEN_MISSING, ERR_CSRF_TOKEN_WRONG));
}

static void add_of_body(struct error_set *set, const struct route *route)
{
    if (!route->body && !route->takes && !route->takes_csv)
        return;
    add(set, ERRORS(ERR_BODY_TOO_LARGE, ERR_UNSUPPORTED_MEDIA_TYPE));
    if (route->body)
        add(set, ERRORS(ERR_INVALID_JSON, ERR_VALIDATION_ERROR));
}

static void add_of_parameters(struct error_set *set, const struct route *route)
{
    if (strstr(route->path, "{id}") || strstr(route->path, "Id}"))
        add(set, ERRORS(ERR_VALIDATION_ERROR));
    if (route->query || route->list)
        add(set, ERRORS(ERR_INVALID_PARAMETER));
    if (route->list)
        add(set, ERRORS(ERR_INVALID_CURSOR, ERR_LIST_TOO_SLOW));
    if (replay_is_for(route))
        add(set, ERRORS(ERR_IDEMPOTENCY_KEY_REUSED, ERR_REPLY_NOT_KEPT));
}

static void add_of_work(struct error_set *set, const struct route *route)
{
    add(set, ERRORS(ERR_BAD_REQUEST, ERR_HOST_NOT_ALLOWED, ERR_INTERNAL));
    if (route->work != UNMANAGED)
        add(set, ERRORS(ERR_BUSY, ERR_OUT_OF_MEMORY));
    if (route->work == WRITES || route->work == BULK)
        add(set, ERRORS(ERR_DISK_FULL));
    if (route->limit > LIMIT_READ)
        add(set, ERRORS(ERR_RATE_LIMITED));
}

void errors_of_route(const struct route *route, struct error_set *out_set)
{
    *out_set = (struct error_set){0};
    add_of_access(out_set, route);
    add_of_body(out_set, route);
    add_of_parameters(out_set, route);
    add_of_work(out_set, route);
    if (route->errors)
        add(out_set, route->errors);
}

/* ---- as responses -------------------------------------------------------------------------------------- */

/* Long enough for the codes of one status: the arena is the reply's, and there are thousands of names to try. */
#define NAME_SIZE 1024

/* The codes of one status, as a name: "BOOK_NOT_FOUND.COPY_NOT_FOUND"; false: none. */
static bool name_of(const struct error_set *set, enum error_kind kind, char name[NAME_SIZE])
{
    size_t length = 0;

    for (int code = ERR_NONE + 1; code < ERROR_CODE_COUNT; code++) {
        if (!set->has[code] || error_code_kind((enum error_code)code) != kind)
            continue;
        const char *its = error_code_name((enum error_code)code);
        length += (size_t)snprintf(name + length, NAME_SIZE - length, "%s%s", length > 0 ? "." : "", its);
        assert(length < NAME_SIZE);
    }
    return length > 0;
}

void errors_write_responses(struct json_writer *w, const struct route *route)
{
    char name[NAME_SIZE];
    struct error_set set;

    errors_of_route(route, &set);
    for (int kind = OK + 1; kind <= ERROR_INTERNAL; kind++) {
        if (!name_of(&set, (enum error_kind)kind, name))
            continue;
        text_buf_printf(w->out, ",\"%d\":{\"$ref\":\"#/components/responses/%s\"}",
                        problem_status((enum error_kind)kind), name);
    }
}

static void write_header(struct json_writer *w, const char *header)
{
    json_key(w, header);
    json_object_begin(w);
    json_member_text(w, "$ref", arena_printf(w->out->arena, "#/components/headers/%s", header));
    json_object_end(w);
}

static void write_headers(struct json_writer *w, enum error_kind kind)
{
    json_key(w, "headers");
    json_object_begin(w);
    write_header(w, "X-Correlation-ID");
    if (kind == ERROR_UNAUTHENTICATED)
        write_header(w, "WWW-Authenticate");
    if (kind == ERROR_RATE_LIMITED || kind == ERROR_BUSY)
        write_header(w, "Retry-After");
    json_object_end(w);
}

static bool is_of(const struct error_set *set, int code, enum error_kind kind)
{
    return set->has[code] && error_code_kind((enum error_code)code) == kind;
}

static void write_response(struct json_writer *w, const struct error_set *set, enum error_kind kind)
{
    struct arena *arena = w->out->arena;
    struct text_buf text;

    text_buf_init(&text, arena);
    for (int code = ERR_NONE + 1; code < ERROR_CODE_COUNT; code++) {
        if (is_of(set, code, kind))
            text_buf_printf(&text, "%s`%s`: %s.", text.length > 0 ? "\n\n" : "",
                            error_code_name((enum error_code)code), meanings[code].meaning);
    }
    json_object_begin(w);
    json_member_text(w, "description", text_buf_string(&text));
    write_headers(w, kind);
    json_key(w, "content");
    json_raw(w,
             "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"},\"examples\":{");
    bool first = true;
    for (int code = ERR_NONE + 1; code < ERROR_CODE_COUNT; code++) {
        if (!is_of(set, code, kind))
            continue;
        const char *name = error_code_name((enum error_code)code);
        text_buf_printf(w->out, "%s\"%s\":{\"$ref\":\"#/components/examples/%s\"}", first ? "" : ",", name,
                        name);
        first = false;
    }
    text_buf_append(w->out, "}}}");
    json_object_end(w);
}

/* The responses that are written already, in the order they came. */
struct names {
    const char **items;
    size_t count;
};

static bool is_known(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

void errors_write_shared_responses(struct json_writer *w, const struct router *router)
{
    struct arena *arena = w->out->arena;
    struct names names = {0};
    char name[NAME_SIZE];

    names.items = arena_alloc_array(arena, router->count * (ERROR_INTERNAL + 1), sizeof *names.items);
    for (size_t i = 0; i < router->count; i++) {
        struct error_set set;
        errors_of_route(router->routes[i], &set);
        for (int kind = OK + 1; kind <= ERROR_INTERNAL; kind++) {
            if (!name_of(&set, (enum error_kind)kind, name) || is_known(&names, name))
                continue;
            names.items[names.count++] = arena_strdup(arena, name);
            json_key(w, name);
            write_response(w, &set, (enum error_kind)kind);
        }
    }
}

void errors_write_examples(struct json_writer *w, const struct router *router)
{
    struct error_set all = {0};

    for (size_t i = 0; i < router->count; i++) {
        struct error_set set;
        errors_of_route(router->routes[i], &set);
        for (int code = 0; code < ERROR_CODE_COUNT; code++)
            all.has[code] = all.has[code] || set.has[code];
    }
    for (int code = ERR_NONE + 1; code < ERROR_CODE_COUNT; code++) {
        if (!all.has[code])
            continue;
        const char *name = error_code_name((enum error_code)code);
        json_key(w, name);
        json_object_begin(w);
        json_member_text(w, "summary", meanings[code].meaning);
        json_key(w, "value");
        json_object_begin(w);
        json_member_text(w, "detail", meanings[code].detail);
        json_member_text(w, "error_code", name);
        json_member_text(w, "correlation_id", "0192d4c8-0a51-7c3e-9b1f-6f2f5d0c7a11");
        if (meanings[code].more)
            text_buf_printf(w->out, ",%s", meanings[code].more);
        json_object_end(w);
        json_object_end(w);
    }
}
