/*
 * crowd.c — a few dozen workers are counted by looking at each: no table of addresses to keep in order.
 */
#include "http/crowd.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/address.h"
#include "http/rate_limit.h"

#define LOOK_AGAIN_MS 2

struct place {
    bool taken;
    struct rate_key who;
};

struct crowd {
    pthread_mutex_t mutex;
    struct place *places;
    int count;
    const struct address_prefix *proxies;
};

struct crowd *crowd_new(int slots, const struct address_prefix *proxies)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);

    if (!crowd || !(crowd->places = calloc((size_t)slots, sizeof *crowd->places)))
        abort();
    pthread_mutex_init(&crowd->mutex, NULL);
    crowd->count = slots;
    crowd->proxies = proxies;
    return crowd;
}

void crowd_free(struct crowd *crowd)
{
    if (!crowd)
        return;
    pthread_mutex_destroy(&crowd->mutex);
    free(crowd->places);
    free(crowd);
}

bool crowd_enter(struct crowd *crowd, int slot, const char *address)
{
    const struct rate_key who = rate_key_of_address(address);
    struct in6_addr parsed;
    int others = 0;

    if (!address_parse(address, &parsed) || address_is_in(&parsed, crowd->proxies))
        return true;
    pthread_mutex_lock(&crowd->mutex);
    for (int i = 0; i < crowd->count; i++)
        others += i != slot && crowd->places[i].taken &&
                  memcmp(crowd->places[i].who.parts, who.parts, sizeof who.parts) == 0;
    crowd->places[slot] = (struct place){true, who};
    pthread_mutex_unlock(&crowd->mutex);
    return (others + 1) * 2 <= crowd->count;
}

void crowd_leave(struct crowd *crowd, int slot)
{
    pthread_mutex_lock(&crowd->mutex);
    crowd->places[slot].taken = false;
    pthread_mutex_unlock(&crowd->mutex);
}

bool crowd_has_head(int socket, bool encrypted)
{
    char bytes[HTTP_HEAD_BYTES_MAX];
    int64_t until = clock_monotonic_ms() + HTTP_CROWDED_HEAD_MS;

    for (;;) {
        ssize_t got = recv(socket, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
        if (got > 0 && (encrypted || memmem(bytes, (size_t)got, "\r\n\r\n", 4)))
            return true;
        if (got == 0 || clock_monotonic_ms() >= until)
            return false;
        clock_sleep_ms(LOOK_AGAIN_MS);
    }
}
