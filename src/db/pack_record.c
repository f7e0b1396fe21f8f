/*
 * pack_record.c — a few million times a second; the header is written before the values, so both are measured first.
 */
#include "db/pack_record.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"
#include "db/pack_schema.h"

/* Serial types. 0 and 1 have types of their own and take no bytes. */
enum { TYPE_NULL = 0, TYPE_INT64 = 6, TYPE_ZERO = 8, TYPE_ONE = 9, TYPE_BLOB = 12, TYPE_TEXT = 13 };

static const uint8_t bytes_of_type[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};

size_t varint_put_long(uint8_t *to, uint64_t value)
{
    uint8_t reversed[VARINT_MAX];
    size_t count = 0;

    if (value >> 56) { /* the ninth byte is a whole one */
        to[8] = (uint8_t)value;
        value >>= 8;
        for (int i = 7; i >= 0; i--, value >>= 7)
            to[i] = (uint8_t)(value | 0x80);
        return 9;
    }
    for (; value; value >>= 7)
        reversed[count++] = (uint8_t)(value | 0x80);
    reversed[0] &= 0x7f;
    for (size_t i = 0; i < count; i++)
        to[i] = reversed[count - 1 - i];
    return count;
}

size_t varint_get_long(const uint8_t *from, uint64_t *out_value)
{
    uint64_t value = 0;

    for (size_t i = 0; i < 8; i++) {
        value = value << 7 | (from[i] & 0x7f);
        if (from[i] < 0x80) {
            *out_value = value;
            return i + 1;
        }
    }
    *out_value = value << 8 | from[8];
    return 9;
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static uint64_t type_of_int(int64_t number)
{
    uint64_t magnitude = (uint64_t)(number < 0 ? ~number : number);

    if (number == 0 || number == 1)
        return number ? TYPE_ONE : TYPE_ZERO;
    int bits = 65 - (magnitude ? __builtin_clzll(magnitude) : 64); /* with the sign */
    if (bits <= 32)
        return (uint64_t)(bits + 7) / 8;
    return bits <= 48 ? TYPE_INT64 - 1 : TYPE_INT64;
}

static uint64_t type_of(const struct load_value *value)
{
    switch (value->type) {
    case LOAD_INT: return type_of_int(value->as.number);
    case LOAD_TEXT: return TYPE_TEXT + 2 * (uint64_t)value->length;
    case LOAD_BLOB: return TYPE_BLOB + 2 * (uint64_t)value->length;
    case LOAD_NULL: break;
    }
    return TYPE_NULL;
}

static void grow(struct record *record, size_t length)
{
    record->room = length * 2 + sizeof(uint64_t);
    record->bytes = realloc(record->bytes, record->room);
    if (!record->bytes)
        abort();
}

static inline void make_room(struct record *record, size_t length)
{
    if (length + sizeof(uint64_t) > record->room)
        grow(record, length);
}

/* Eight bytes are written, for which make_room() leaves room, whatever the number takes. */
static inline uint8_t *put_value(uint8_t *to, const struct load_value *value, uint64_t type)
{
    if (type == TYPE_BLOB + 2 * UUID_BYTES) {
        memcpy(to, value->as.bytes, UUID_BYTES); /* no call: each row has one */
        return to + UUID_BYTES;
    }
    if (type >= TYPE_BLOB) {
        copy_bytes(to, value->as.bytes, (size_t)value->length);
        return to + value->length;
    }
    size_t length = bytes_of_type[type];
    if (length) {
        uint64_t bytes = htobe64((uint64_t)value->as.number << (64 - 8 * length));
        memcpy(to, &bytes, sizeof bytes);
    }
    return to + length;
}

void record_make(struct record *record, const struct load_value *values, size_t count)
{
    uint64_t types[PACK_COLUMNS_MAX];
    size_t header = 1, body = 0;

    assert(count <= PACK_COLUMNS_MAX);
    make_room(record, 2 + count * VARINT_MAX);
    for (size_t i = 0; i < count; i++) {
        types[i] = type_of(&values[i]);
        header += varint_put(&record->bytes[header], types[i]);
        body += types[i] >= TYPE_BLOB ? (size_t)values[i].length : bytes_of_type[types[i]];
    }
    if (header >= 0x80) { /* its length, which counts itself, takes two bytes */
        memmove(&record->bytes[2], &record->bytes[1], header - 1);
        header++;
    }
    varint_put(record->bytes, header);
    make_room(record, header + body);
    uint8_t *to = &record->bytes[header];
    for (size_t i = 0; i < count; i++)
        to = put_value(to, &values[i], types[i]);
    record->length = (size_t)(to - record->bytes);
}

void record_copy(struct record *record, const uint8_t *bytes, size_t length)
{
    make_room(record, length);
    memcpy(record->bytes, bytes, length);
    record->length = length;
}

void record_release(struct record *record)
{
    free(record->bytes);
    *record = (struct record){0};
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

static uint64_t read_u32(const uint8_t *from)
{
    return (uint64_t)from[0] << 24 | (uint64_t)from[1] << 16 | (uint64_t)from[2] << 8 | from[3];
}

/* As many bytes as a serial type has; each case is one or two machine instructions. */
static int64_t read_int(const uint8_t *from, size_t bytes)
{
    switch (bytes) {
    case 0: return 0;
    case 1: return (int8_t)from[0];
    case 2: return (int16_t)(from[0] << 8 | from[1]);
    case 3: return (int32_t)((uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8) >> 8;
    case 4: return (int32_t)read_u32(from);
    case 6: return (int64_t)((uint64_t)(int16_t)(from[0] << 8 | from[1]) << 32 | read_u32(from + 2));
    default: return (int64_t)(read_u32(from) << 32 | read_u32(from + 4));
    }
}

static size_t bytes_of(uint64_t type)
{
    return type >= TYPE_BLOB ? (size_t)((type - TYPE_BLOB) / 2) : bytes_of_type[type];
}

/* No table of ours has real numbers, and two types are kept back by SQLite. */
static bool is_ours(uint64_t type)
{
    return type <= TYPE_INT64 || (type >= TYPE_ZERO && type <= TYPE_ONE) || type >= TYPE_BLOB;
}

static struct load_value read_value(uint64_t type, const uint8_t *body)
{
    if (type >= TYPE_BLOB)
        return (struct load_value){type % 2 ? LOAD_TEXT : LOAD_BLOB, (int)bytes_of(type), {.bytes = body}};
    if (type == TYPE_NULL)
        return (struct load_value){.type = LOAD_NULL};
    return load_int(type >= TYPE_ZERO ? type == TYPE_ONE : read_int(body, bytes_of_type[type]));
}

bool record_read(const uint8_t *bytes, size_t length, struct load_value *out_values, size_t count,
                 uint64_t wanted)
{
    uint64_t header_length, type;
    size_t at = varint_get(bytes, &header_length), body = (size_t)header_length;

    assert(count <= PACK_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (at >= header_length)
            return false;
        at += varint_get(bytes + at, &type);
        if (!is_ours(type) || bytes_of(type) > length - body)
            return false;
        if (wanted >> i & 1)
            out_values[i] = read_value(type, bytes + body);
        body += bytes_of(type);
    }
    return true;
}

/* ---- comparing -------------------------------------------------------------------------------------------- */

int load_value_compare(const struct load_value *left, const struct load_value *right)
{
    if (left->type != right->type)
        return left->type < right->type ? -1 : 1; /* enum load_type is in this order */
    if (left->type == LOAD_NULL)
        return 0;
    if (left->type == LOAD_INT)
        return (left->as.number > right->as.number) - (left->as.number < right->as.number);
    int shorter = left->length < right->length ? left->length : right->length;
    int order = shorter ? memcmp(left->as.bytes, right->as.bytes, (size_t)shorter) : 0;
    return order ? order : (left->length > right->length) - (left->length < right->length);
}

/* Of the first values, when both are texts, or blobs, or numbers as wide, with a type of one byte. 0: these do not tell. */
static inline int compare_first(const uint8_t *left, const uint8_t *right)
{
    uint8_t type = left[1], other_type = right[1];

    if ((left[0] | right[0] | type | other_type) >= 0x80)
        return 0;
    left += left[0];
    right += right[0];
    if (type >= TYPE_BLOB && other_type >= TYPE_BLOB && type % 2 == other_type % 2) {
        uint8_t shorter = type < other_type ? type : other_type;
        int order = memcmp(left, right, (size_t)bytes_of(shorter));
        return order ? order : type - other_type;
    }
    if (type != other_type)
        return 0;
    int64_t number = read_int(left, bytes_of_type[type]), other = read_int(right, bytes_of_type[type]);
    return (number > other) - (number < other);
}

int record_compare(const uint8_t *left, const uint8_t *right, size_t *out_alike)
{
    int first = compare_first(left, right);
    if (first) {
        *out_alike = 0;
        return first;
    }
    uint64_t left_header, right_header, left_type, right_type;
    size_t left_at = varint_get(left, &left_header), right_at = varint_get(right, &right_header);
    const uint8_t *left_body = left + left_header, *right_body = right + right_header;
    struct load_value left_value, right_value;
    bool all_known = true;

    for (*out_alike = 0; left_at < left_header && right_at < right_header;) {
        left_at += varint_get(left + left_at, &left_type);
        right_at += varint_get(right + right_at, &right_type);
        left_value = read_value(left_type, left_body);
        right_value = read_value(right_type, right_body);
        left_body += bytes_of(left_type);
        right_body += bytes_of(right_type);
        int order = load_value_compare(&left_value, &right_value);
        if (order)
            return order;
        all_known = all_known && left_value.type != LOAD_NULL;
        *out_alike += all_known;
    }
    return 0;
}
