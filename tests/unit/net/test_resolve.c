/*
 * test_resolve.c — names into addresses, asked of a name server of the test's own on loopback.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#undef fail /* ours (base/error.h) has the name */

#include "base/clock.h"
#include "net/resolve.h"

/* What the name server says to everything it is asked. */
enum say { SAY_ADDRESSES, SAY_NO_SUCH_NAME, SAY_NOTHING, SAY_NONSENSE };

static struct {
    int socket;
    char name[32]; /* "127.0.0.1:5300" */
    enum say say;
    _Atomic(int) asked;
    _Atomic(int) stop;
    pthread_t thread;
} dns;

static size_t append(uint8_t *to, size_t at, const void *bytes, size_t length)
{
    memcpy(to + at, bytes, length);
    return at + length;
}

/* Header, the question as it came, and for A and AAAA two answers each, the name as a pointer to the question's. */
static size_t answer(const uint8_t *question, size_t length, uint8_t *out)
{
    static const uint8_t a[][16] = {{192, 0, 2, 7}, {192, 0, 2, 8}};
    static const uint8_t aaaa[][16] = {{0x20, 1, 0xd, 0xb8, [15] = 7}, {0x20, 1, 0xd, 0xb8, [15] = 8}};
    size_t end = 12;

    while (question[end])
        end += question[end] + 1U;
    end += 5;
    bool is_v6 = question[end - 3] == 28;
    bool none = dns.say == SAY_NO_SUCH_NAME;
    size_t at = append(out, 0, question, end < length ? end : length);
    memcpy(out + 2, none ? "\x81\x83\0\1\0\0\0\0\0\0" : "\x81\x80\0\1\0\2\0\0\0\0", 10);
    for (int i = 0; i < 2 && !none; i++) {
        at = append(out, at, is_v6 ? "\xc0\x0c\0\x1c\0\1\0\0\0\x3c\0\x10" : "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4",
                    12);
        at = append(out, at, is_v6 ? aaaa[i] : a[i], is_v6 ? 16 : 4);
    }
    return at;
}

static void *serve(void *argument)
{
    uint8_t question[512], reply[1024];
    struct sockaddr_in from;
    struct pollfd polled = {.fd = dns.socket, .events = POLLIN};

    (void)argument;
    while (!dns.stop) {
        socklen_t size = sizeof from;
        if (poll(&polled, 1, 20) <= 0)
            continue;
        ssize_t length = recvfrom(dns.socket, question, sizeof question, 0, (struct sockaddr *)&from, &size);
        dns.asked++;
        if (length < 17 || dns.say == SAY_NOTHING)
            continue;
        size_t replied = answer(question, (size_t)length, reply);
        if (dns.say == SAY_NONSENSE)
            memset(reply + 12, 0xc0, replied - 12);
        (void)sendto(dns.socket, reply, replied, 0, (struct sockaddr *)&from, size);
    }
    return NULL;
}

static int start_dns(void **state)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof here;

    (void)state;
    dns.asked = dns.stop = 0;
    dns.say = SAY_ADDRESSES;
    dns.socket = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(dns.socket, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(getsockname(dns.socket, (struct sockaddr *)&here, &size), 0);
    (void)snprintf(dns.name, sizeof dns.name, "127.0.0.1:%u", (unsigned)ntohs(here.sin_port));
    return pthread_create(&dns.thread, NULL, serve, NULL);
}

static int stop_dns(void **state)
{
    (void)state;
    dns.stop = 1;
    pthread_join(dns.thread, NULL);
    close(dns.socket);
    return 0;
}

static enum net_outcome resolve(const char *host, struct net_addresses *out_addresses)
{
    return net_resolve_at(dns.name, host, 8080, clock_monotonic_ms() + 2000, out_addresses);
}

static const char *shown(const union net_address *address)
{
    static char text[INET6_ADDRSTRLEN];
    const void *bytes = address->any.sa_family == AF_INET6 ? (const void *)&address->v6.sin6_addr
                                                           : (const void *)&address->v4.sin_addr;

    return inet_ntop(address->any.sa_family, bytes, text, sizeof text);
}

static bool has(const struct net_addresses *addresses, const char *text)
{
    for (size_t i = 0; i < addresses->count; i++) {
        if (strcmp(shown(&addresses->items[i]), text) == 0)
            return true;
    }
    return false;
}

static void test_resolve__a_name_has_the_addresses_its_server_tells_with_the_port_asked_for(void **state)
{
    struct net_addresses found;

    (void)state;
    assert_int_equal(resolve("catalogue.example.org", &found), NET_OK);
    assert_int_equal(found.count, 4);
    assert_true(has(&found, "192.0.2.7") && has(&found, "192.0.2.8"));
    assert_true(has(&found, "2001:db8::7") && has(&found, "2001:db8::8"));
    for (size_t i = 0; i < found.count; i++)
        assert_int_equal(ntohs(found.items[i].any.sa_family == AF_INET6 ? found.items[i].v6.sin6_port
                                                                        : found.items[i].v4.sin_port),
                         8080);
}

static void test_resolve__numbers_and_localhost_ask_nobody(void **state)
{
    static const char *const numbers[] = {"192.0.2.1", "2001:db8::1"};
    struct net_addresses found;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_int_equal(resolve(numbers[i], &found), NET_OK);
        assert_int_equal(found.count, 1);
        assert_true(has(&found, numbers[i]));
    }
    assert_int_equal(resolve("LOCALHOST", &found), NET_OK);
    assert_int_equal(found.count, 2);
    assert_true(has(&found, "127.0.0.1") && has(&found, "::1"));
    assert_int_equal(dns.asked, 0);
}

static void test_resolve__tells_how_far_in_an_address_lies(void **state)
{
    static const struct {
        const char *address;
        enum net_reach reach;
    } known[] = {
        {"192.0.2.1", NET_REACH_WORLD},
        {"172.32.0.1", NET_REACH_WORLD},
        {"100.128.0.1", NET_REACH_WORLD},
        {"2001:db8::1", NET_REACH_WORLD},
        {"64:ff9b::808:808", NET_REACH_WORLD},
        {"10.1.2.3", NET_REACH_HOUSE},
        {"172.31.255.255", NET_REACH_HOUSE},
        {"192.168.0.1", NET_REACH_HOUSE},
        {"100.64.0.1", NET_REACH_HOUSE},
        {"fd00::1", NET_REACH_HOUSE},
        {"::ffff:10.0.0.1", NET_REACH_HOUSE},
        {"127.1.2.3", NET_REACH_MACHINE},
        {"0.0.0.0", NET_REACH_MACHINE},
        {"::", NET_REACH_MACHINE},
        {"::1", NET_REACH_MACHINE},
        {"::ffff:127.0.0.1", NET_REACH_MACHINE},
        {"169.254.169.254", NET_REACH_LINK},
        {"fe80::1", NET_REACH_LINK},
        {"64:ff9b::a9fe:a9fe", NET_REACH_LINK},
    };
    struct net_addresses found;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(resolve(known[i].address, &found), NET_OK);
        assert_int_equal(net_address_reach(&found.items[0]), known[i].reach);
    }
}

static void test_resolve__what_is_no_name_is_refused_before_anybody_is_asked(void **state)
{
    static const char *const wrong[] = {"",
                                        ".",
                                        "a..b",
                                        "a b",
                                        "ex%ample.org",
                                        "k\xc3\xb6ln.example",
                                        "a/b",
                                        "x.0123456789012345678901234567890123456789012345678901234567890123"};
    struct net_addresses found = {.count = 77};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(resolve(wrong[i], &found), NET_BAD_ADDRESS);
    assert_int_equal(dns.asked, 0);
    assert_int_equal(found.count, 77); /* untouched */
}

static void test_resolve__a_name_that_is_not_there_is_told_as_that(void **state)
{
    struct net_addresses found;

    (void)state;
    dns.say = SAY_NO_SUCH_NAME;
    assert_int_equal(resolve("nowhere.example.org", &found), NET_NO_ADDRESS);
}

static void test_resolve__a_silent_server_is_waited_for_until_the_deadline_and_no_longer(void **state)
{
    struct net_addresses found;
    int64_t begun = clock_monotonic_ms();

    (void)state;
    dns.say = SAY_NOTHING;
    assert_int_equal(net_resolve_at(dns.name, "a.example.org", 1, begun + 300, &found), NET_NO_NAME_SERVER);
    assert_in_range(clock_monotonic_ms() - begun, 250, NET_RESOLVE_MS - 1);
    assert_true(dns.asked > 0);
}

static void test_resolve__nonsense_is_no_address(void **state)
{
    struct net_addresses found;

    (void)state;
    dns.say = SAY_NONSENSE;
    assert_int_not_equal(net_resolve_at(dns.name, "a.example.org", 1, clock_monotonic_ms() + 300, &found),
                         NET_OK);
}

#define WITH_DNS(test) cmocka_unit_test_setup_teardown(test, start_dns, stop_dns)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DNS(test_resolve__a_name_has_the_addresses_its_server_tells_with_the_port_asked_for),
        WITH_DNS(test_resolve__numbers_and_localhost_ask_nobody),
        WITH_DNS(test_resolve__tells_how_far_in_an_address_lies),
        WITH_DNS(test_resolve__what_is_no_name_is_refused_before_anybody_is_asked),
        WITH_DNS(test_resolve__a_name_that_is_not_there_is_told_as_that),
        WITH_DNS(test_resolve__a_silent_server_is_waited_for_until_the_deadline_and_no_longer),
        WITH_DNS(test_resolve__nonsense_is_no_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
