/*
 * test_members.c — what a status means on a day, and which bodies describe a member.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/json_read.h"
#include "members/members.h"

#define TODAY 20514

static struct arena arena;
static struct ctx ctx;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1024 * 1024);
    ctx = (struct ctx){.arena = &arena, .currency_exponent = 2};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static enum member_status status_of(enum member_status status, int64_t expires_on, int64_t suspended_until)
{
    const struct member member = {
        .status = status, .facts.expires_on = expires_on, .suspended_until = suspended_until};

    return member_status_on(&member, TODAY);
}

static void test_members__a_membership_counts_to_the_end_of_its_last_day(void **state)
{
    (void)state;
    assert_int_equal(status_of(MEMBER_STATUS_ACTIVE, NO_NUMBER, NO_NUMBER), MEMBER_STATUS_ACTIVE);
    assert_int_equal(status_of(MEMBER_STATUS_ACTIVE, TODAY + 1, NO_NUMBER), MEMBER_STATUS_ACTIVE);
    assert_int_equal(status_of(MEMBER_STATUS_ACTIVE, TODAY, NO_NUMBER), MEMBER_STATUS_ACTIVE);
    assert_int_equal(status_of(MEMBER_STATUS_ACTIVE, TODAY - 1, NO_NUMBER), MEMBER_STATUS_EXPIRED);
    assert_int_equal(status_of(MEMBER_STATUS_EXPIRED, NO_NUMBER, NO_NUMBER), MEMBER_STATUS_EXPIRED);
    assert_int_equal(status_of(MEMBER_STATUS_EXPIRED, TODAY + 1, NO_NUMBER), MEMBER_STATUS_EXPIRED);
}

static void test_members__a_suspension_counts_to_the_end_of_its_last_day(void **state)
{
    (void)state;
    assert_int_equal(status_of(MEMBER_STATUS_SUSPENDED, NO_NUMBER, NO_NUMBER), MEMBER_STATUS_SUSPENDED);
    assert_int_equal(status_of(MEMBER_STATUS_SUSPENDED, NO_NUMBER, TODAY), MEMBER_STATUS_SUSPENDED);
    assert_int_equal(status_of(MEMBER_STATUS_SUSPENDED, NO_NUMBER, TODAY - 1), MEMBER_STATUS_ACTIVE);
    assert_int_equal(status_of(MEMBER_STATUS_SUSPENDED, TODAY - 1, TODAY - 1), MEMBER_STATUS_EXPIRED);
    assert_int_equal(status_of(MEMBER_STATUS_SUSPENDED, TODAY - 1, TODAY), MEMBER_STATUS_SUSPENDED);
}

static enum error_kind check(const struct field *fields, enum field_use use, const char *body)
{
    const char *problem;
    const struct json_value *json = json_parse(&arena, body, strlen(body), &problem);

    assert_non_null(json);
    error_clear(&ctx);
    return fields_check(&ctx, fields, use, json);
}

static void assert_wrong(const char *body, const char *field, const char *type)
{
    assert_int_equal(check(member_fields, FIELDS_CREATE, body), ERROR_INVALID);
    assert_string_equal(ctx.error.fields->field, field);
    assert_string_equal(ctx.error.fields->type, type);
}

static void test_members__accepts_bodies_within_bounds(void **state)
{
    (void)state;
    assert_int_equal(check(member_fields, FIELDS_CREATE, "{\"name\": \"Jo\"}"), OK);
    assert_int_equal(
        check(member_fields, FIELDS_CREATE,
              "{\"name\": \"Jane Roe\", \"email\": \"jane@roe.org\", \"phone\": \"+49 (151) 23-45 x6\","
              " \"card\": \"A-1\", \"member_type\": \"child\", \"expires_on\": \"2026-12-31\","
              " \"group\": \"3b\", \"birth_date\": \"2015-02-28\", \"note\": null}"),
        OK);
    assert_int_equal(check(member_fields, FIELDS_EDIT, "{}"), OK);
}

static void test_members__ignores_what_the_server_owns(void **state)
{
    (void)state;
    assert_int_equal(
        check(member_fields, FIELDS_EDIT,
              "{\"id\": 7, \"status\": \"expired\", \"status_reason\": null, \"suspended_until\": null,"
              " \"active_borrows_count\": 2, \"borrow_count\": 3, \"balance\": 0, \"last_borrowed_at\": null,"
              " \"created_at\": \"x\", \"updated_at\": \"x\", \"deleted_at\": null, \"version\": 1}"),
        OK);
}

static void test_members__says_which_field_is_wrong(void **state)
{
    (void)state;
    assert_wrong("{}", "name", "missing");
    assert_wrong("{\"name\": \"J\"}", "name", "too_short");
    assert_wrong(arena_printf(&arena, "{\"name\": \"%0101d\"}", 0), "name", "too_long");
    assert_wrong("{\"name\": \"Jo\", \"email\": \"jane.roe.org\"}", "email", "email");
    assert_wrong("{\"name\": \"Jo\", \"phone\": \"12345\"}", "phone", "phone");
    assert_wrong("{\"name\": \"Jo\", \"expires_on\": \"2026-02-30\"}", "expires_on", "day");
    assert_wrong("{\"name\": \"Jo\", \"nickname\": \"J\"}", "nickname", "unknown");
}

static void test_members__a_status_change_names_a_status(void **state)
{
    (void)state;
    assert_int_equal(check(member_status_fields, FIELDS_CREATE, "{\"status\": \"active\"}"), OK);
    assert_int_equal(check(member_status_fields, FIELDS_CREATE, "{\"reason\": \"x\"}"), ERROR_INVALID);
    assert_int_equal(check(member_status_fields, FIELDS_CREATE, "{\"status\": \"gone\"}"), ERROR_INVALID);
    assert_string_equal(member_status_name(MEMBER_STATUS_SUSPENDED), "suspended");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_members__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_membership_counts_to_the_end_of_its_last_day),
        TEST(a_suspension_counts_to_the_end_of_its_last_day),
        TEST(accepts_bodies_within_bounds),
        TEST(ignores_what_the_server_owns),
        TEST(says_which_field_is_wrong),
        TEST(a_status_change_names_a_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
