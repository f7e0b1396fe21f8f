/*
 * import_loan.c — a file of loans that are open in the old system: who has which copy, since when and until when.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "books/books_service.h"
#include "borrows/take_over_service.h"
#include "catalogue_io/import_record.h"
#include "catalogue_io/import_repair.h"
#include "catalogue_io/import_undo.h"
#include "catalogue_io/import_value.h"
#include "copies/copies_service.h"
#include "members/finding_service.h"
#include "members/members_service.h"

#define RENEWALS_MAX 1000 /* more are no number of renewals */

struct import_loan {
    const char *card, *email, *member; /* who; NULL: not said; so below */
    const char *barcode, *isbn;        /* what */
    struct borrow_taken_over loan;     /* ids are found by look() and write() */
    int64_t due_day;                   /* NO_NUMBER: not said */
};

/* ---- from the row --------------------------------------------------------------------------------------- */

static const char *given(const char *text)
{
    return *text ? text : NULL;
}

static void read_who_and_what(struct ctx *ctx, const struct import_columns *columns,
                              const struct csv_row *row, struct import_record *record,
                              struct import_loan *import)
{
    char isbn[ISBN_TEXT_MAX + 1];

    import->card = given(import_cell(ctx, columns, row, LOAN_COLUMN_CARD));
    import->email = given(import_cell(ctx, columns, row, LOAN_COLUMN_EMAIL));
    import->member = given(import_cell(ctx, columns, row, LOAN_COLUMN_MEMBER));
    import->barcode = given(import_cell(ctx, columns, row, LOAN_COLUMN_BARCODE));
    enum isbn_outcome outcome =
        import_repair_isbn(import_cell(ctx, columns, row, LOAN_COLUMN_ISBN), "", isbn);
    if (outcome == ISBN_TAKEN || outcome == ISBN_ZEROS_RESTORED)
        import->isbn = arena_strdup(ctx->arena, isbn);
    if (!import->card && !import->email && !import->member)
        import_record_refused(ctx, record, IMPORT_NO_MEMBER, "The row does not say who has it.");
    if (!import->barcode && !import->isbn)
        import_record_refused(ctx, record, IMPORT_NO_COPY,
                              "The row does not say what is lent: no barcode, no ISBN.");
    record->name = arena_printf(ctx->arena, "%s – %s",
                                import->barcode ? import->barcode
                                : import->isbn  ? import->isbn
                                                : "?",
                                import->member  ? import->member
                                : import->card  ? import->card
                                : import->email ? import->email
                                                : "?");
    if (import->barcode)
        import_record_key(ctx, record, "barcode", import->barcode);
}

static void refuse_day(struct ctx *ctx, struct import_record *record, const char *name, const char *text,
                       enum import_day_outcome outcome)
{
    if (outcome == IMPORT_DAY_UNCLEAR)
        import_record_refused(ctx, record, IMPORT_DATE_UNCLEAR,
                              arena_printf(ctx->arena,
                                           "%s: which of “%s” is the month? Write it as 2026-03-01.", name,
                                           text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
    else
        import_record_refused(ctx, record, IMPORT_DATE_UNREADABLE,
                              arena_printf(ctx->arena, "%s: “%s” is no day. Write it as 2026-03-01.", name,
                                           text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
}

static void read_times(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                       struct import_record *record, struct import_loan *import)
{
    const char *text = import_cell(ctx, columns, row, LOAN_COLUMN_BORROWED_ON);
    enum import_day_outcome outcome = import_read_instant(text, &import->loan.borrowed_at);
    int64_t renewals;

    if (outcome != IMPORT_DAY_READ)
        refuse_day(ctx, record, "borrowed_on", text, outcome);
    import->due_day = import_cell_day(ctx, columns, row, LOAN_COLUMN_DUE_ON, record);
    if (import->due_day == NO_NUMBER && record->outcome != IMPORT_REFUSED)
        import_record_refused(ctx, record, IMPORT_DATE_UNREADABLE,
                              "The row does not say until when it is lent.");
    import->loan.due_day = import->due_day == NO_NUMBER ? 0 : (int32_t)import->due_day;
    text = import_cell(ctx, columns, row, LOAN_COLUMN_RENEWALS);
    if (*text == '\0')
        return;
    if (import_read_count(text, &renewals) && renewals >= 0 && renewals <= RENEWALS_MAX)
        import->loan.renewals = renewals;
    else
        import_record_repaired(ctx, record, IMPORT_FIELD_DROPPED,
                               arena_printf(ctx->arena, "renewals left out: “%s” is no number of them.",
                                            text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
}

static void read_loan(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                      struct import_record *record)
{
    struct import_loan *import = arena_alloc(ctx->arena, sizeof *import);

    *import = (struct import_loan){.due_day = NO_NUMBER};
    record->facts = import;
    record->match_id = NO_NUMBER;
    read_who_and_what(ctx, columns, row, record, import);
    read_times(ctx, columns, row, record, import);
    import_check_width(ctx, columns, row, record);
}

/* ---- against the library -------------------------------------------------------------------------------- */

/* What is wrong with a row, by the library: a reason for people, NULL when nothing is. */
struct finding {
    enum import_reason_code code;
    const char *text;
};

static enum error_kind find_member(struct ctx *ctx, struct import_loan *import, struct finding *finding)
{
    struct member member = {0};
    size_t count = 0;
    bool found = false;

    if (import->card)
        TRY(members_find_by_card(ctx, import->card, &member, &found));
    if (!found && import->email)
        TRY(members_find_holder_of_email(ctx, import->email, &member, &found));
    if (!found && import->member) {
        TRY(members_find_called(ctx, import->member, NO_NUMBER, &member, &count));
        found = count == 1;
    }
    const char *said = import->card ? import->card : import->email ? import->email : import->member;
    if (count > 1)
        *finding = (struct finding){IMPORT_MEMBER_UNCLEAR,
                                    arena_printf(ctx->arena,
                                                 "Several readers are called “%s”: a card would tell "
                                                 "which.",
                                                 import->member)};
    else if (!found)
        *finding = (struct finding){
            IMPORT_NO_MEMBER,
            arena_printf(ctx->arena, "There is no reader “%s” here: bring the readers first.", said)};
    import->loan.member_id = found ? member.id : 0;
    return OK;
}

/* By barcode; by ISBN, any copy of that title on its shelf. */
static enum error_kind find_copy(struct ctx *ctx, struct import_loan *import, struct finding *finding)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct copy copy = {0};
    struct book_name name;
    bool found = false;

    if (import->barcode)
        TRY(copies_find_by_barcode(ctx, import->barcode, &copy, &found));
    if (!import->barcode && import->isbn) {
        facts.isbn = import->isbn;
        TRY(books_find_same(ctx, &facts, &name, &found));
        if (found)
            TRY(copies_pick_available(ctx, name.id, &copy, &found));
    }
    if (!found)
        *finding = (struct finding){
            IMPORT_NO_COPY,
            import->barcode
                ? arena_printf(ctx->arena,
                               "No copy here has the barcode %s: bring the "
                               "copies first.",
                               import->barcode)
                : arena_printf(ctx->arena, "No copy of the title %s stands on its shelf.", import->isbn)};
    import->loan.copy_id = found ? copy.id : 0;
    return OK;
}

/* What the invariants say: of a conflict, a sentence that stands in the report. */
static enum error_kind check(struct ctx *ctx, const struct import_loan *import, struct finding *finding)
{
    enum error_kind kind = borrows_check_take_over(ctx, &import->loan);

    if (kind == OK || kind == ERROR_INTERNAL || kind == ERROR_BUSY)
        return kind;
    const struct field_error *field = ctx->error.fields;
    finding->text =
        field ? arena_printf(ctx->arena, "%s %s.", field->field, field->message) : ctx->error.detail;
    finding->code = ctx->error.code == ERR_COPY_NOT_AVAILABLE ? IMPORT_COPY_AWAY : IMPORT_LOAN_NOT_POSSIBLE;
    error_clear(ctx);
    return OK;
}

static enum error_kind settle(struct ctx *ctx, struct import_loan *import, struct finding *finding)
{
    *finding = (struct finding){0};
    TRY(find_member(ctx, import, finding));
    if (!finding->text)
        TRY(find_copy(ctx, import, finding));
    return finding->text ? OK : check(ctx, import, finding);
}

static enum error_kind look_at_loan(struct ctx *ctx, struct import_record *record)
{
    struct finding finding;

    if (record->outcome == IMPORT_REFUSED)
        return OK;
    TRY(settle(ctx, record->facts, &finding));
    if (finding.text)
        import_record_refused(ctx, record, finding.code, finding.text);
    return OK;
}

/* ---- writing and undoing -------------------------------------------------------------------------------- */

static enum error_kind write_loan(struct ctx *ctx, const struct import_record *record,
                                  enum import_choice choice, struct import_trail *trail, int64_t *out_copies)
{
    struct import_loan import = *(const struct import_loan *)record->facts;
    struct finding finding;
    struct borrow borrow;

    (void)choice; /* there is no loan to merge it with */
    *out_copies = 0;
    /* Copies that are found by their title's ISBN go one by one. */
    TRY(settle(ctx, &import, &finding));
    if (finding.text)
        return fail(ctx, CONFLICT, "%s", finding.text);
    TRY(borrows_take_over(ctx, &import.loan, &borrow));
    import_made(trail, "borrow", borrow.id);
    return OK;
}

/* What has happened to a loan has happened: it hangs on it, and is no edit. */
static enum error_kind look_at_made(struct ctx *ctx, int64_t batch_id, int64_t id,
                                    struct import_made_record *out_record)
{
    struct import_made_record record = {0};
    struct borrow borrow;
    struct copy copy;

    (void)batch_id;
    TRY(borrows_find_taken_over(ctx, id, &borrow, &record.tie));
    TRY(copies_find_by_id(ctx, borrow.copy_id, &copy));
    record.name = copy.facts.barcode;
    *out_record = record;
    return OK;
}

const struct import_undoer import_undo_borrows = {"borrow", look_at_made, borrows_take_over_undo};

static const char *const needed[] = {"card|email|member", "barcode|isbn", "borrowed_on", "due_on", NULL};

const struct import_kind import_loans = {
    .name = "loans",
    .fields = import_loan_fields,
    .needed = needed,
    .read = read_loan,
    .look = look_at_loan,
    .write = write_loan,
};
