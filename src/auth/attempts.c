/*
 * attempts.c — a small cache with sets of eight: whoever fills it only pushes out entries of the same set, and which
 * set that is depends on a number that nobody outside knows.
 */
#include "auth/attempts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/uuid.h"

#define WAYS 8
#define SETS (ATTEMPTS_MAX / WAYS)
#define WHO_MAX 512     /* bytes of a name that count */
#define NETWORK_BYTES 8 /* of an IPv6 address */
#define FIRST_DELAY_MS 1000
#define DOUBLINGS_MAX 20

struct entry {
    uint64_t key; /* 0: free */
    int64_t failed_ms;
    int64_t failures;
};

static struct {
    pthread_mutex_t lock;
    bool seeded;
    uint8_t salt[16];
    struct entry entries[SETS][WAYS];
} memory = {.lock = PTHREAD_MUTEX_INITIALIZER};

int64_t attempts_delay_ms(enum attempts_of what, int64_t failures)
{
    int64_t free_failures = what == ATTEMPTS_OF_NAME ? LOGIN_FREE_FAILURES : LOGIN_ADDRESS_FREE_FAILURES;
    int64_t max = what == ATTEMPTS_OF_NAME ? LOGIN_DELAY_MAX_MS : LOGIN_ADDRESS_DELAY_MAX_MS;
    int64_t doublings = failures - free_failures;

    if (doublings < 0)
        return 0;
    int64_t delay = (int64_t)FIRST_DELAY_MS << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
    return delay < max ? delay : max;
}

static int64_t forget_after_ms(enum attempts_of what)
{
    return what == ATTEMPTS_OF_NAME ? LOGIN_FORGET_MS : LOGIN_ADDRESS_FORGET_MS;
}

/* Who has an IPv6 address has 2⁶⁴ of them: their common half counts. False: `who` is none, or an IPv4 one in disguise. */
static bool read_network(const char *who, struct in6_addr *out)
{
    char text[INET6_ADDRSTRLEN];
    size_t length = strcspn(who, "%");

    if (length >= sizeof text)
        return false;
    memcpy(text, who, length);
    text[length] = '\0';
    return inet_pton(AF_INET6, text, out) == 1 && !IN6_IS_ADDR_V4MAPPED(out);
}

/* Never 0. Holds the lock. */
static uint64_t key_of(enum attempts_of what, const char *who)
{
    unsigned char bytes[sizeof memory.salt + 1 + WHO_MAX];
    size_t length = strnlen(who, WHO_MAX);
    struct in6_addr network;
    uint64_t key;

    if (!memory.seeded) {
        random_bytes(memory.salt, sizeof memory.salt);
        memory.seeded = true;
    }
    memcpy(bytes, memory.salt, sizeof memory.salt);
    bytes[sizeof memory.salt] = (unsigned char)what;
    if (what == ATTEMPTS_OF_ADDRESS && read_network(who, &network)) {
        length = NETWORK_BYTES;
        who = (const char *)network.s6_addr;
    }
    memcpy(bytes + sizeof memory.salt + 1, who, length);
    const struct digest digest = digest_of(bytes, sizeof memory.salt + 1 + length);
    memcpy(&key, digest.bytes, sizeof key);
    return key | 1;
}

/* The entry of `key`; NULL: there is none. */
static struct entry *find(uint64_t key)
{
    struct entry *set = memory.entries[(key >> 1) % SETS];

    for (int i = 0; i < WAYS; i++)
        if (set[i].key == key)
            return &set[i];
    return NULL;
}

/* … or one that is made for it. */
static struct entry *claim(uint64_t key)
{
    struct entry *set = memory.entries[(key >> 1) % SETS];
    struct entry *oldest = &set[0];
    struct entry *mine = find(key);

    if (mine)
        return mine;
    for (int i = 0; i < WAYS && oldest->key != 0; i++)
        if (set[i].key == 0 || set[i].failed_ms < oldest->failed_ms)
            oldest = &set[i];
    *oldest = (struct entry){.key = key};
    return oldest;
}

int64_t attempts_wait_ms(enum attempts_of what, const char *who, int64_t now_ms)
{
    int64_t wait = 0;

    pthread_mutex_lock(&memory.lock);
    const struct entry *entry = find(key_of(what, who));
    if (entry)
        wait = entry->failed_ms + attempts_delay_ms(what, entry->failures) - now_ms;
    pthread_mutex_unlock(&memory.lock);
    return wait > 0 ? wait : 0;
}

void attempts_note_failure(enum attempts_of what, const char *who, int64_t now_ms)
{
    pthread_mutex_lock(&memory.lock);
    struct entry *entry = claim(key_of(what, who));
    if (now_ms - entry->failed_ms > forget_after_ms(what))
        entry->failures = 0;
    entry->failures++;
    entry->failed_ms = now_ms;
    pthread_mutex_unlock(&memory.lock);
}

void attempts_forget_all(void)
{
    pthread_mutex_lock(&memory.lock);
    memset(memory.entries, 0, sizeof memory.entries);
    pthread_mutex_unlock(&memory.lock);
}
