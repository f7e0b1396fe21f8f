/*
 * known.c — a small table with a lock for each of its places, and a number for each row that may change.
 */
#include "auth/known.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/limits.h"

#define PLACES (KNOWN_CALLERS_MAX / KNOWN_CALLERS_ALIKE)
#define NAME_BYTES (ACCOUNT_NAME_MAX * 4 + 16) /* "API key " and the longest name */
#define IN_DOUBT INT64_MAX

static_assert((PLACES & (PLACES - 1)) == 0, "a place is found by the last bits of a hash");

struct known {
    int kind; /* 0: nobody */
    struct digest hash;
    int64_t as_of;
    int64_t at; /* when he was looked up */
    struct caller caller;
    char name[NAME_BYTES];
};

static struct place {
    pthread_mutex_t lock;
    struct known known[KNOWN_CALLERS_ALIKE];
} places[PLACES];

static pthread_once_t are_locks_made = PTHREAD_ONCE_INIT;

static _Atomic(int64_t) last; /* the highest number given */
static _Atomic(int64_t) numbers[KNOWN_ROWS];
static atomic_bool is_followed;

/* ---- what has changed -------------------------------------------------------------------------------- */

static _Atomic(int64_t) *number_of(enum known_table table, int64_t id)
{
    return &numbers[((uint64_t)id * KNOWN_TABLES + table) % KNOWN_ROWS];
}

int64_t known_as_of(void)
{
    return atomic_load(&last);
}

void known_doubt(enum known_table table, int64_t id)
{
    atomic_store(number_of(table, id), IN_DOUBT);
}

void known_settle(enum known_table table, const int64_t *ids, size_t count)
{
    int64_t next = atomic_load(&last) + 1;

    for (size_t i = 0; i < count; i++)
        atomic_store(number_of(table, ids[i]), next);
    /* Last: who reads this number reads the library after the commit, and needs no row to be older. */
    atomic_store(&last, next);
}

static bool is_unchanged(enum known_table table, int64_t id, int64_t as_of)
{
    return id == 0 || atomic_load(number_of(table, id)) <= as_of;
}

static bool stand(const struct grounds *grounds, int64_t as_of)
{
    return is_unchanged(KNOWN_ACCOUNT, grounds->account_id, as_of) &&
           is_unchanged(KNOWN_MEMBER, grounds->member_id, as_of) &&
           is_unchanged(KNOWN_SESSION, grounds->session_id, as_of) &&
           is_unchanged(KNOWN_API_KEY, grounds->api_key_id, as_of) &&
           is_unchanged(KNOWN_SETTING, grounds->session_id != 0 ? KNOWN_IDLE_SETTING : 0, as_of);
}

/* ---- who is known ------------------------------------------------------------------------------------- */

static struct place *place_of(const struct digest *hash)
{
    uint64_t bits;

    memcpy(&bits, hash->bytes, sizeof bits);
    return &places[bits & (PLACES - 1)];
}

static struct known *find(struct place *place, int kind, const struct digest *hash)
{
    for (size_t i = 0; i < KNOWN_CALLERS_ALIKE; i++)
        if (place->known[i].kind == kind && digest_equal(&place->known[i].hash, hash))
            return &place->known[i];
    return NULL;
}

static struct known *find_oldest(struct place *place)
{
    struct known *oldest = &place->known[0];

    for (size_t i = 1; i < KNOWN_CALLERS_ALIKE; i++)
        if (place->known[i].kind == 0 || (oldest->kind != 0 && place->known[i].at < oldest->at))
            oldest = &place->known[i];
    return oldest;
}

static bool counts(const struct known *known, int64_t now)
{
    return now < known->caller.grounds.until && now >= known->at && now - known->at < KNOWN_FOR_MS &&
           stand(&known->caller.grounds, known->as_of);
}

bool known_find(struct ctx *ctx, int kind, const struct digest *hash, struct caller *out_caller)
{
    struct place *place = place_of(hash);

    if (!atomic_load(&is_followed))
        return false;
    pthread_mutex_lock(&place->lock);
    const struct known *known = find(place, kind, hash);
    bool found = known && counts(known, ctx->now);
    if (found) {
        *out_caller = known->caller;
        out_caller->name = arena_strdup(ctx->arena, known->name);
    }
    pthread_mutex_unlock(&place->lock);
    return found;
}

void known_put(const struct ctx *ctx, int kind, const struct digest *hash, int64_t as_of,
               const struct caller *caller)
{
    struct place *place = place_of(hash);
    size_t length = strlen(caller->name);

    if (!atomic_load(&is_followed) || length >= NAME_BYTES)
        return;
    pthread_mutex_lock(&place->lock);
    struct known *known = find(place, kind, hash);
    if (!known)
        known = find_oldest(place);
    known->kind = kind;
    known->hash = *hash;
    known->as_of = as_of;
    known->at = ctx->now;
    known->caller = *caller;
    memcpy(known->name, caller->name, length + 1);
    known->caller.name = NULL;
    pthread_mutex_unlock(&place->lock);
}

static void make_locks(void)
{
    for (size_t i = 0; i < PLACES; i++)
        pthread_mutex_init(&places[i].lock, NULL);
}

void known_begin(void)
{
    pthread_once(&are_locks_made, make_locks);
    atomic_store(&is_followed, true);
}

void known_forget(void)
{
    if (!atomic_exchange(&is_followed, false))
        return;
    for (size_t i = 0; i < PLACES; i++) {
        pthread_mutex_lock(&places[i].lock);
        memset(places[i].known, 0, sizeof places[i].known);
        pthread_mutex_unlock(&places[i].lock);
    }
    for (size_t i = 0; i < KNOWN_ROWS; i++)
        atomic_store(&numbers[i], 0);
}
