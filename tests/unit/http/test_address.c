/*
 * test_address.c — prefixes, and whom to believe about whom.
 */
#include "http_support.h"

#include "http/address.h"

static void test_address__reads_lists_and_finds_addresses_in_them(void **state)
{
    static const struct {
        const char *list;
        const char *address;
        bool inside;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"127.0.0.1", "::ffff:127.0.0.1", true},
        {"10.0.0.0/8", "10.255.1.2", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"192.168.4.0/22", "192.168.7.255", true},
        {"192.168.4.0/22", "192.168.8.0", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "8.8.8.8", true},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"fe80::1", "fe80::1%eth0", true},
        {" 10.0.0.1 ,::1, 172.16.0.0/12 ", "172.31.0.1", true},
        {" 10.0.0.1 ,::1, 172.16.0.0/12 ", "::1", true},
        {" 10.0.0.1 ,::1, 172.16.0.0/12 ", "10.0.0.2", false},
        {"", "127.0.0.1", false},
    };
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct address_prefix *list;
        struct in6_addr address;

        assert_int_equal(address_read_list(&t.ctx, cases[i].list, &list), OK);
        assert_true(address_parse(cases[i].address, &address));
        if (address_is_in(&address, list) != cases[i].inside)
            FAIL_TEST("%s in %s", cases[i].address, cases[i].list);
    }
    http_test_end(&t);
}

static void test_address__refuses_what_is_neither_address_nor_prefix(void **state)
{
    static const char *const wrong[] = {"localhost",  "10.0.0",      "10.0.0.0/33",  "::1/129",
                                        "10.0.0.0/",  "10.0.0.0/-1", "10.0.0.1/8x",  "/8",
                                        "1.2.3.4:80", "[::1]",       "10.0.0.1 nope"};
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const struct address_prefix *list;
        if (address_read_list(&t.ctx, wrong[i], &list) != ERROR_MALFORMED)
            FAIL_TEST("%s", wrong[i]);
        error_clear(&t.ctx);
    }
    http_test_end(&t);
}

static void test_address__believes_trusted_proxies_and_nobody_else(void **state)
{
    static const struct {
        const char *peer;
        const char *first, *second; /* two X-Forwarded-For headers; NULL: none */
        const char *client;
    } cases[] = {
        {"10.0.0.1", "203.0.113.9", NULL, "203.0.113.9"},
        {"10.0.0.1", NULL, NULL, "10.0.0.1"},
        {"10.0.0.1", "", NULL, "10.0.0.1"},
        {"192.0.2.1", "203.0.113.9", NULL, "192.0.2.1"},
        /* What the client wrote itself stands before what the proxy saw. */
        {"10.0.0.1", "1.1.1.1, 203.0.113.9", NULL, "203.0.113.9"},
        {"10.0.0.1", "1.1.1.1", "203.0.113.9", "203.0.113.9"},
        {"10.0.0.1", "203.0.113.9, 10.0.0.7,10.0.0.8", NULL, "203.0.113.9"},
        {"10.0.0.1", "10.0.0.7, 10.0.0.8", NULL, "10.0.0.7"},
        {"10.0.0.1", "203.0.113.9, unknown, 10.0.0.8", NULL, "10.0.0.8"},
        {"10.0.0.1", "unknown", NULL, "10.0.0.1"},
        {"10.0.0.1", "203.0.113.9:4711", NULL, "203.0.113.9"},
        {"10.0.0.1", "[2001:db8::7]:4711", NULL, "2001:db8::7"},
        {"10.0.0.1", "2001:db8::7", NULL, "2001:db8::7"},
        {"10.0.0.1", "fe80::7%\"><b>", NULL, "fe80::7"},
        {"10.0.0.1", ",,", NULL, "10.0.0.1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct name_value headers[] = {{"X-Forwarded-For", cases[i].first},
                                       {"x-forwarded-for", cases[i].second}};
        const struct address_prefix *proxies;
        struct http_test t;

        http_test_begin(&t);
        assert_int_equal(address_read_list(&t.ctx, "10.0.0.0/8", &proxies), OK);
        t.req.remote_address = t.ctx.actor.address = cases[i].peer;
        t.req.headers = headers;
        t.req.header_count = cases[i].second ? 2 : cases[i].first ? 1 : 0;
        address_of_client(&t.req, proxies);
        assert_string_equal(t.req.remote_address, cases[i].client);
        assert_string_equal(t.ctx.actor.address, cases[i].client);
        http_test_end(&t);
    }
}

static void test_address__a_trusted_proxy_says_whether_it_was_tls(void **state)
{
    static const struct {
        const char *peer, *proto;
        bool tls, secure;
    } cases[] = {
        {"10.0.0.1", "https", false, true},   {"10.0.0.1", "http", true, false},
        {"10.0.0.1", NULL, true, true},       {"10.0.0.1", "http, https", false, true},
        {"192.0.2.1", "https", false, false}, {"192.0.2.1", "http", true, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct name_value header = {"X-Forwarded-Proto", cases[i].proto};
        const struct address_prefix *proxies;
        struct http_test t;

        http_test_begin(&t);
        assert_int_equal(address_read_list(&t.ctx, "10.0.0.0/8", &proxies), OK);
        t.req.remote_address = cases[i].peer;
        t.req.secure = cases[i].tls;
        t.req.headers = &header;
        t.req.header_count = cases[i].proto ? 1 : 0;
        address_of_client(&t.req, proxies);
        assert_int_equal(t.req.secure, cases[i].secure);
        http_test_end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address__reads_lists_and_finds_addresses_in_them),
        cmocka_unit_test(test_address__refuses_what_is_neither_address_nor_prefix),
        cmocka_unit_test(test_address__believes_trusted_proxies_and_nobody_else),
        cmocka_unit_test(test_address__a_trusted_proxy_says_whether_it_was_tls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
