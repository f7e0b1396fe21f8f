/*
 * test_crowd.c — half of the workers for one address, and what counts as a whole head.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours (base/error.h) has the name */

#include "http/address.h"
#include "http/crowd.h"

static void test_crowd__an_address_has_half_of_the_workers(void **state)
{
    struct crowd *crowd = crowd_new(8, NULL);

    (void)state;
    for (int slot = 0; slot < 4; slot++)
        assert_true(crowd_enter(crowd, slot, "192.0.2.1"));
    assert_false(crowd_enter(crowd, 4, "192.0.2.1"));
    assert_true(crowd_enter(crowd, 5, "192.0.2.2"));
    crowd_leave(crowd, 0);
    assert_false(crowd_enter(crowd, 0, "192.0.2.1"));
    crowd_leave(crowd, 0);
    crowd_leave(crowd, 4);
    crowd_leave(crowd, 4);
    assert_true(crowd_enter(crowd, 6, "192.0.2.1"));
    /* A worker that was not left counts for whom it has now. */
    assert_true(crowd_enter(crowd, 6, "192.0.2.2"));
    assert_true(crowd_enter(crowd, 7, "192.0.2.1"));
    crowd_free(crowd);
}

static void test_crowd__neighbours_in_one_ipv6_network_are_one(void **state)
{
    struct crowd *crowd = crowd_new(4, NULL);

    (void)state;
    assert_true(crowd_enter(crowd, 0, "2001:db8::1"));
    assert_true(crowd_enter(crowd, 1, "2001:db8::2"));
    assert_false(crowd_enter(crowd, 2, "2001:db8::3"));
    assert_true(crowd_enter(crowd, 3, "2001:db8:0:1::3"));
    crowd_free(crowd);
}

static void test_crowd__proxies_and_the_local_socket_have_no_bound(void **state)
{
    const struct address_prefix proxies[] = {{.bits = 8, .address.s6_addr = {0x20}}, {.bits = -1}};
    struct crowd *crowd = crowd_new(4, proxies);

    (void)state;
    for (int slot = 0; slot < 4; slot++)
        assert_true(crowd_enter(crowd, slot, "2001:db8::1"));
    for (int slot = 0; slot < 4; slot++)
        assert_true(crowd_enter(crowd, slot, "*"));
    assert_true(crowd_enter(crowd, 0, "192.0.2.1"));
    assert_true(crowd_enter(crowd, 1, "192.0.2.1"));
    assert_false(crowd_enter(crowd, 2, "192.0.2.1"));
    crowd_free(crowd);
}

static void test_crowd__a_head_is_whole_or_it_is_none(void **state)
{
    static const struct {
        const char *sent;
        bool encrypted;
        bool whole;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", false, true},
        {"POST / HTTP/1.1\r\nHost: x\r\n\r\nbody", false, true},
        {"GET / HTTP/1.1\r\nHost: x\r\n", false, false},
        {"", false, false},
        {"", true, false},
        {"\x16\x03\x01", true, true},
        {"\x16\x03\x01", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char seen[8] = "";
        int pair[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        size_t length = strlen(cases[i].sent);
        assert_int_equal(send(pair[0], cases[i].sent, length, 0), length);
        assert_int_equal(crowd_has_head(pair[1], cases[i].encrypted), cases[i].whole);
        /* It is still there for whoever reads it. */
        if (length > 0)
            assert_true(recv(pair[1], seen, 3, 0) == 3 && memcmp(seen, cases[i].sent, 3) == 0);
        close(pair[0]);
        assert_false(length == 0 && crowd_has_head(pair[1], cases[i].encrypted));
        close(pair[1]);
    }
    assert_false(crowd_has_head(-1, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crowd__an_address_has_half_of_the_workers),
        cmocka_unit_test(test_crowd__neighbours_in_one_ipv6_network_are_one),
        cmocka_unit_test(test_crowd__proxies_and_the_local_socket_have_no_bound),
        cmocka_unit_test(test_crowd__a_head_is_whole_or_it_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
