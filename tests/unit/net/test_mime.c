/*
 * test_mime.c — e-mails as they are written: lines, headers, encodings; and which addresses may stand in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#undef fail /* ours (base/error.h) has the name */

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/mime.h"

static struct arena arena;
static struct text_buf written;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    text_buf_init(&written, &arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static enum net_outcome take(void *argument, const char *bytes, size_t length)
{
    text_buf_append_bytes(argument, bytes, length);
    return NET_OK;
}

static enum net_outcome take_nothing(void *argument, const char *bytes, size_t length)
{
    (void)argument, (void)bytes, (void)length;
    return NET_BROKEN_OFF;
}

static const char *const ada[] = {"ada@example.org", NULL};

static struct mime_message plain(const char *subject, const char *text)
{
    return (struct mime_message){.from = "library@example.org",
                                 .to = ada,
                                 .subject = subject,
                                 .text = text,
                                 .id = "1@example.org",
                                 .date = 1772445600000}; /* 2026-03-02T10:00:00Z */
}

static const char *write_it(const struct mime_message *message)
{
    text_buf_clear(&written);
    assert_int_equal(mime_write(message, take, &written), NET_OK);
    return text_buf_string(&written);
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("not there: %s\nin: %s\n", part, text);
    assert_non_null(strstr(text, part));
}

static void assert_lines_are_good(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        assert_true(length <= MIME_LINE_MAX);
        assert_memory_equal(text + length, "\r\n", 2);
        text += length + 2;
    }
}

static void test_mime__a_plain_message_is_as_rfc_5322_has_it(void **state)
{
    const struct mime_message message = plain("Hello", "One\nTwo.\n");

    (void)state;
    assert_string_equal(write_it(&message),
                        "Date: Mon, 2 Mar 2026 10:00:00 +0000\r\nFrom: <library@example.org>\r\n"
                        "To: <ada@example.org>\r\nSubject: Hello\r\nMessage-ID:\r\n <1@example.org>\r\n"
                        "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
                        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n\r\nOne\r\nTwo.\r\n");
}

static void test_mime__no_text_makes_a_header_or_a_long_line(void **state)
{
    char word[600];
    struct mime_message message = plain("a\r\nBcc: eve@example.org", word);

    (void)state;
    memset(word, 'w', sizeof word);
    word[sizeof word - 1] = '\0';
    message.from_name =
        "A \"name\"\r\nBcc: eve@example.org\r\nwith much in it, and longer than a line may be, so that it is cut up";
    const char *text = write_it(&message);
    assert_lines_are_good(text);
    assert_null(strstr(text, "Bcc"));
    /* "a  Bcc: eve@example.org": nor does one come out of what is encoded. */
    assert_has(text, "Subject: =?UTF-8?B?YSAgQmNjOiBldmVAZXhhbXBsZS5vcmc=?=\r\n");
    message.subject = word;
    assert_lines_are_good(write_it(&message));
}

static void test_mime__a_subject_is_cut_between_letters(void **state)
{
    const struct mime_message message =
        plain("\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274"
              "\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274",
              "");

    (void)state;
    /* 19 of two bytes in the first word: 38 of 39 bytes. */
    assert_has(write_it(&message),
               "Subject: =?UTF-8?B?w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7w=?=\r\n"
               " =?UTF-8?B?w7zDvA==?=\r\n");
}

static void test_mime__spaces_at_the_end_and_equals_signs_survive(void **state)
{
    const struct mime_message message = plain("x", "a=b \n\tc\t\n.\nFrom x\n\303\274");

    (void)state;
    assert_has(write_it(&message), "\r\n\r\na=3Db=20\r\n\tc=09\r\n.\r\nFrom x\r\n=C3=BC\r\n");
}

static void test_mime__what_is_attached_comes_as_base64_with_its_name(void **state)
{
    const struct mail_part parts[] = {{"figures.csv", "text/csv", "a,b\n", 4},
                                      {"M\303\244rz \"1\".csv", "text/csv\r\nX: y", "", 0}};
    struct mime_message message = plain("x", "see there\n");

    (void)state;
    message.parts = parts;
    message.part_count = 2;
    const char *text = write_it(&message);
    assert_lines_are_good(text);
    assert_has(text, "Content-Type: multipart/mixed; boundary=\"=_carrel_part\"\r\n");
    assert_has(text, "attachment;\r\n filename=\"figures.csv\"\r\n\r\nYSxiCg==\r\n");
    assert_has(text, ";\r\n filename*0*=UTF-8''M%C3%A4rz%20%221%22.csv\r\n");
    assert_has(text, "Content-Type: application/octet-stream\r\n");
    assert_has(text, "\r\n--=_carrel_part--\r\n");
}

static void test_mime__a_long_file_name_goes_in_pieces(void **state)
{
    char name[300];
    const struct mail_part part = {name, "text/csv", "a", 1};
    struct mime_message message = plain("x", "y");

    (void)state;
    for (size_t i = 0; i < sizeof name; i++)
        name[i] = i % 2 ? '\244' : '\303';
    name[sizeof name - 2] = '\0';
    message.parts = &part;
    message.part_count = 1;
    const char *text = write_it(&message);
    assert_lines_are_good(text);
    assert_has(text, ";\r\n filename*1*=%");
    /* All of it up to its limit; a reader puts the pieces together before it reads letters. */
    size_t firsts = 0, seconds = 0;
    for (const char *at = text; (at = strchr(at, '%')); at++) {
        firsts += strncmp(at, "%C3", 3) == 0;
        seconds += strncmp(at, "%A4", 3) == 0;
    }
    assert_int_equal(firsts, MIME_FILE_NAME_MAX / 2);
    assert_int_equal(seconds, MIME_FILE_NAME_MAX / 2);
}

static void test_mime__base64_is_padded(void **state)
{
    static const char *const pairs[][2] = {{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
                                           {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\377\376\375", "//79"}};
    char out[16];

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t length = strlen(pairs[i][0]);
        assert_int_equal(mime_base64(pairs[i][0], length, out), strlen(pairs[i][1]));
        assert_int_equal(mime_base64_length(length), strlen(pairs[i][1]));
        assert_memory_equal(out, pairs[i][1], strlen(pairs[i][1]));
    }
}

static void test_mime__only_plain_addresses_are_any(void **state)
{
    static const char *const good[] = {"a@b", "ada.lovelace+library@mail.example.org", "o'hara@example.org",
                                       "a@[127.0.0.1]", "a@[IPv6:::1]"};
    static const char *const bad[] = {"",      "a",      "@b",    "a@",         "a b@c",         "a@b c",
                                      "<a@b>", "a@b>",   "a,b@c", "a@b,c@d",    "a@b\r\nX:",     "\"a b\"@c",
                                      "a@b@c", "a..b@c", ".a@b",  "a.@b",       "a@b..c",        "a@.b",
                                      "a@-b",  "-a@b",   "a@b.",  "\303\244@b", "a@\303\244.at", "a@[b;c]",
                                      "a@[]"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(mime_is_address(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(mime_is_address(bad[i]));
}

static void test_mime__a_wrong_address_or_a_sink_that_fails_ends_it(void **state)
{
    static const char *const wrong[] = {"ada@example.org", "eve@example.org\r\nX: y", NULL};
    static const char *const nobody[] = {NULL};
    struct mime_message message = plain("x", "y");

    (void)state;
    assert_int_equal(mime_write(&message, take_nothing, NULL), NET_BROKEN_OFF);
    message.to = wrong;
    assert_int_equal(mime_write(&message, take, &written), NET_BAD_ADDRESS);
    message.to = nobody;
    assert_int_equal(mime_write(&message, take, &written), NET_BAD_ADDRESS);
    message.to = ada;
    message.reply_to = "x\ny@z";
    assert_int_equal(mime_write(&message, take, &written), NET_BAD_ADDRESS);
    assert_int_equal(written.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mime__a_plain_message_is_as_rfc_5322_has_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mime__no_text_makes_a_header_or_a_long_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mime__a_subject_is_cut_between_letters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mime__spaces_at_the_end_and_equals_signs_survive, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_mime__what_is_attached_comes_as_base64_with_its_name, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_mime__a_long_file_name_goes_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mime__base64_is_padded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mime__only_plain_addresses_are_any, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mime__a_wrong_address_or_a_sink_that_fails_ends_it, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
