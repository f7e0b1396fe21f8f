/*
 * test_error.c — the first failure stands, with its reasons and all wrong fields.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in error.h */

#include "base/ctx.h"
#include "base/error.h"

static struct arena arena;
static struct ctx ctx;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1024 * 1024);
    ctx = (struct ctx){.arena = &arena};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void test_error__records_code_kind_and_sentence(void **state)
{
    (void)state;
    char name[] = "Ada";
    enum error_kind kind = fail(&ctx, BORROW_LIMIT_EXCEEDED, "%s has %d active borrows.", name, 5);
    memset(name, 'x', 3);
    assert_int_equal(kind, ERROR_CONFLICT);
    assert_int_equal(ctx.error.code, ERR_BORROW_LIMIT_EXCEEDED);
    assert_string_equal(ctx.error.detail, "Ada has 5 active borrows.");
    assert_null(ctx.error.reasons);
    assert_null(ctx.error.fields);
}

static void test_error__the_first_failure_stands(void **state)
{
    (void)state;
    error_reason_int(&ctx, "max_loans", 5);
    assert_int_equal(fail(&ctx, NOT_FOUND, "Book not found."), ERROR_NOT_FOUND);
    error_reason_text(&ctx, "later", "reason");
    error_field(&ctx, "body", "email", "missing", "Missing.");
    assert_int_equal(fail(&ctx, INTERNAL, "Cleaning up failed, too."), ERROR_NOT_FOUND);
    assert_int_equal(error_check_fields(&ctx), ERROR_NOT_FOUND);
    assert_int_equal(ctx.error.code, ERR_NOT_FOUND);
    assert_string_equal(ctx.error.detail, "Book not found.");
    assert_string_equal(ctx.error.reasons->key, "max_loans");
    assert_null(ctx.error.reasons->next);
    assert_null(ctx.error.fields);
}

static void test_error__keeps_reasons_in_order(void **state)
{
    (void)state;
    char rule[] = "adult";
    error_reason_text(&ctx, "rule", rule);
    rule[0] = 'x';
    error_reason_int(&ctx, "max_loans", -5);
    error_reason_text(&ctx, "nothing", NULL);
    assert_int_equal(fail(&ctx, CONFLICT, "No."), ERROR_CONFLICT);
    const struct error_reason *reason = ctx.error.reasons;
    assert_string_equal(reason->key, "rule");
    assert_string_equal(reason->text, "adult");
    reason = reason->next;
    assert_string_equal(reason->key, "max_loans");
    assert_null(reason->text);
    assert_int_equal(reason->number, -5);
    reason = reason->next;
    assert_string_equal(reason->text, "");
    assert_null(reason->next);
}

static void test_error__gathers_all_wrong_fields(void **state)
{
    (void)state;
    assert_int_equal(error_check_fields(&ctx), OK);
    char name[] = "email";
    error_field(&ctx, "body", name, "format", "%s is no address.", "x@");
    name[0] = 'X';
    error_field(&ctx, "query", "phone", "too_long", "At most %d characters.", 30);
    error_field(&ctx, "body", "email", "too_short", "Too short.");
    assert_int_equal(error_check_fields(&ctx), ERROR_INVALID);
    assert_int_equal(ctx.error.code, ERR_VALIDATION_ERROR);
    assert_string_equal(ctx.error.detail, "Some fields are not valid: email, phone.");
    const struct field_error *wrong = ctx.error.fields;
    assert_string_equal(wrong->where, "body");
    assert_string_equal(wrong->field, "email");
    assert_string_equal(wrong->type, "format");
    assert_string_equal(wrong->message, "x@ is no address.");
    wrong = wrong->next;
    assert_string_equal(wrong->field, "phone");
    assert_string_equal(wrong->message, "At most 30 characters.");
    assert_null(wrong->next->next);
}

static void test_error__names_at_most_ten_fields_in_the_sentence(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        error_field(&ctx, "body", arena_printf(&arena, "f%d", i), "unknown", "Unknown.");
    }
    assert_int_equal(error_check_fields(&ctx), ERROR_INVALID);
    assert_string_equal(ctx.error.detail,
                        "Some fields are not valid: f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 \xE2\x80\xA6.");
}

static void test_error__clearing_forgets_everything(void **state)
{
    (void)state;
    error_reason_int(&ctx, "max_loans", 5);
    error_field(&ctx, "body", "email", "missing", "Missing.");
    error_clear(&ctx);
    assert_int_equal(error_check_fields(&ctx), OK);
    assert_int_equal(fail(&ctx, BUSY, "Later."), ERROR_BUSY);
    assert_null(ctx.error.reasons);
    error_clear(&ctx);
    assert_int_equal(ctx.error.code, ERR_NONE);
    assert_int_equal(fail(&ctx, INTERNAL, "Oh."), ERROR_INTERNAL);
}

static void test_error__every_code_has_its_name_and_a_kind(void **state)
{
    (void)state;
    assert_string_equal(error_code_name(ERR_DUPLICATE_ISBN), "DUPLICATE_ISBN");
    assert_int_equal(error_code_kind(ERR_DUPLICATE_ISBN), ERROR_CONFLICT);
    assert_int_equal(error_code_kind(ERR_NONE), OK);
#define X(code, kind)                                            \
    assert_string_equal(error_code_name(ERR_##code), #code);     \
    assert_int_equal(error_code_kind(ERR_##code), ERROR_##kind); \
    assert_int_not_equal(error_code_kind(ERR_##code), OK);
    ERROR_CODES(X)
#undef X
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_error__records_code_kind_and_sentence),
        TEST(test_error__the_first_failure_stands),
        TEST(test_error__keeps_reasons_in_order),
        TEST(test_error__gathers_all_wrong_fields),
        TEST(test_error__names_at_most_ten_fields_in_the_sentence),
        TEST(test_error__clearing_forgets_everything),
        TEST(test_error__every_code_has_its_name_and_a_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
