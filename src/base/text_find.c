/*
 * text_find.c — the inner loop of searching the catalogue: what is found here in a millisecond is every title
 * that has these letters.
 */
#include "base/text_find.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* Commonest first, of titles with their ISBNs. What is not listed is rare. */
static const char common[] = " eaionrts9780lcd123456umhgpbyfvkw";

static size_t rarity(char byte)
{
    const char *place = byte ? strchr(common, byte) : NULL;

    if (place)
        return (size_t)(place - common);
    /* First bytes of Greek, Cyrillic, Arabic … are the same for a whole alphabet. */
    return (unsigned char)byte >= 0xC0 ? 0 : sizeof common;
}

struct text_needle text_needle(const char *bytes, size_t length)
{
    struct text_needle needle = {.bytes = bytes, .length = length};
    size_t head = length < sizeof needle.head ? length : sizeof needle.head;

    memcpy(&needle.head, bytes, head);
    memset(&needle.head_mask, 0xff, head);
    for (size_t i = 1; i < length; i++)
        if (rarity(bytes[i]) > rarity(bytes[needle.rare[0]]))
            needle.rare[0] = i;
    needle.rare[1] = length > 1 && needle.rare[0] == 0 ? 1 : 0;
    for (size_t i = 0; i < length; i++)
        if (i != needle.rare[0] && rarity(bytes[i]) > rarity(bytes[needle.rare[1]]))
            needle.rare[1] = i;
    return needle;
}

#if defined(__SSE2__) || defined(__aarch64__)

#define LANES 16
#define STEP (4 * LANES) /* places that are looked at together: a bit for each */

#if defined(__SSE2__)

typedef __m128i lanes;

static inline lanes spread(char byte)
{
    return _mm_set1_epi8(byte);
}

static inline lanes equal(const char *bytes, lanes wanted)
{
    return _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)bytes), wanted);
}

static inline lanes both(lanes a, lanes b)
{
    return _mm_and_si128(a, b);
}

/* `found`, but where a small letter of ASCII stands. (Bytes count as signed: other scripts' are below all of these.) */
static inline lanes but_letters(lanes found, const char *bytes)
{
    lanes before = _mm_loadu_si128((const __m128i *)bytes);
    lanes letters = _mm_and_si128(_mm_cmpgt_epi8(before, _mm_set1_epi8('a' - 1)),
                                  _mm_cmpgt_epi8(_mm_set1_epi8('z' + 1), before));

    return _mm_andnot_si128(letters, found);
}

static inline uint64_t bits_of(lanes a, lanes b, lanes c, lanes d)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(a) | (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 |
           (uint64_t)(unsigned)_mm_movemask_epi8(c) << 32 | (uint64_t)(unsigned)_mm_movemask_epi8(d) << 48;
}

#else

typedef uint8x16_t lanes;

static inline lanes spread(char byte)
{
    return vdupq_n_u8((uint8_t)byte);
}

static inline lanes equal(const char *bytes, lanes wanted)
{
    return vceqq_u8(vld1q_u8((const uint8_t *)bytes), wanted);
}

static inline lanes both(lanes a, lanes b)
{
    return vandq_u8(a, b);
}

/* As above. */
static inline lanes but_letters(lanes found, const char *bytes)
{
    lanes before = vld1q_u8((const uint8_t *)bytes);

    return vbicq_u8(found, vandq_u8(vcgeq_u8(before, vdupq_n_u8('a')), vcleq_u8(before, vdupq_n_u8('z'))));
}

/* Each lane keeps the bit of its place among eight; added in pairs three times, eight lanes are one byte. */
static inline uint64_t bits_of(lanes a, lanes b, lanes c, lanes d)
{
    const lanes places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    lanes ab = vpaddq_u8(vandq_u8(a, places), vandq_u8(b, places));
    lanes cd = vpaddq_u8(vandq_u8(c, places), vandq_u8(d, places));
    lanes all = vpaddq_u8(ab, cd);

    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

#endif

struct pattern {
    lanes bytes[2];
    size_t places[2];
};

static inline lanes match(const char *at, const struct pattern *pattern)
{
    return both(equal(at + pattern->places[0], pattern->bytes[0]),
                equal(at + pattern->places[1], pattern->bytes[1]));
}

/* Most words end within the head: no call for those. Eight bytes are there, see TEXT_FIND_PADDING. */
static inline bool stands_at(const char *place, const struct text_needle *needle)
{
    uint64_t head;

    memcpy(&head, place, sizeof head);
    return ((head ^ needle->head) & needle->head_mask) == 0 &&
           (needle->length <= sizeof head || memcmp(place, needle->bytes, needle->length) == 0);
}

static inline struct pattern pattern_of(const struct text_needle *needle)
{
    return (struct pattern){
        .bytes = {spread(needle->bytes[needle->rare[0]]), spread(needle->bytes[needle->rare[1]])},
        .places = {needle->rare[0], needle->rare[1]}};
}

/* Where it may be, a bit for each place from `at` on. */
static inline uint64_t places_of(const char *at, const struct pattern *pattern)
{
    return bits_of(match(at, pattern), match(at + LANES, pattern), match(at + 2 * LANES, pattern),
                   match(at + 3 * LANES, pattern));
}

static inline uint64_t beginnings_of(const char *at, const struct pattern *pattern)
{
    const char *before = at - 1;

    return bits_of(but_letters(match(at, pattern), before),
                   but_letters(match(at + LANES, pattern), before + LANES),
                   but_letters(match(at + 2 * LANES, pattern), before + 2 * LANES),
                   but_letters(match(at + 3 * LANES, pattern), before + 3 * LANES));
}

/* The first of these places where it stands; NULL: none. */
static inline const char *first_of(uint64_t places, const char *at, const char *last,
                                   const struct text_needle *needle)
{
    for (; places; places &= places - 1) {
        const char *place = at + __builtin_ctzll(places);
        if (place > last)
            return NULL;
        if (stands_at(place, needle))
            return place;
    }
    return NULL;
}

const char *text_find(const char *text, const char *end, const struct text_needle *needle)
{
    const struct pattern pattern = pattern_of(needle);
    const char *place = NULL;

    if ((size_t)(end - text) < needle->length)
        return NULL;
    const char *last = end - needle->length; /* where it may stand at the latest */
    for (const char *at = text; at <= last && !place; at += STEP)
        place = first_of(places_of(at, &pattern), at, last, needle);
    return place;
}

const char *text_find_beginning(const char *text, const char *end, const struct text_needle *needle)
{
    const struct pattern pattern = pattern_of(needle);
    const char *place = NULL;

    if ((size_t)(end - text) < needle->length)
        return NULL;
    if (stands_at(text, needle))
        return text;
    const char *last = end - needle->length;
    for (const char *at = text + 1; at <= last && !place; at += STEP)
        place = first_of(beginnings_of(at, &pattern), at, last, needle);
    return place;
}

#else

const char *text_find(const char *text, const char *end, const struct text_needle *needle)
{
    return memmem(text, (size_t)(end - text), needle->bytes, needle->length);
}

const char *text_find_beginning(const char *text, const char *end, const struct text_needle *needle)
{
    return text_find(text, end, needle);
}

#endif
