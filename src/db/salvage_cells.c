/*
 * salvage_cells.c — every offset and every length is looked at before it is used.
 */
#include "db/salvage_cells.h"

#include <string.h>

#define USABLE DB_PAGE_BYTES
#define INDEX_LOCAL_MAX ((USABLE - 12) * 64 / 255 - 23)
#define LEAF_LOCAL_MAX (USABLE - 35)
#define LOCAL_MIN ((USABLE - 12) * 32 / 255 - 23)

static uint32_t short_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t number_at(const uint8_t *at)
{
    return short_at(at) << 16 | short_at(at + 2);
}

static enum page_kind kind_of(uint8_t type)
{
    switch (type) {
    case 0x02: return PAGE_INDEX_INNER;
    case 0x05: return PAGE_TABLE_INNER;
    case 0x0a: return PAGE_INDEX_LEAF;
    case 0x0d: return PAGE_TABLE_LEAF;
    default: return PAGE_OTHER;
    }
}

static bool is_inner(enum page_kind kind)
{
    return kind == PAGE_TABLE_INNER || kind == PAGE_INDEX_INNER;
}

bool cells_load(const struct salvage_pages *pages, uint32_t number, struct cells *out_cells)
{
    int start = number == 1 ? PAGE_HEADER_BYTES : 0;

    if (!salvage_pages_read(pages, number, out_cells->bytes))
        return false;
    out_cells->number = number;
    out_cells->kind = kind_of(out_cells->bytes[start]);
    out_cells->count = (int)short_at(out_cells->bytes + start + 3);
    out_cells->first = start + (is_inner(out_cells->kind) ? 12 : 8);
    out_cells->right = is_inner(out_cells->kind) ? number_at(out_cells->bytes + start + 8) : 0;
    return out_cells->kind != PAGE_OTHER && out_cells->first + 2 * out_cells->count <= DB_PAGE_BYTES;
}

/* Where the cell begins; 0: nowhere that could be. */
static size_t place_of(const struct cells *cells, int index)
{
    size_t place = short_at(cells->bytes + cells->first + 2 * index);
    size_t end_of_array = (size_t)cells->first + 2 * (size_t)cells->count;

    return place >= end_of_array && place + 4 <= DB_PAGE_BYTES ? place : 0;
}

uint32_t cells_child(const struct cells *cells, int index)
{
    size_t place = is_inner(cells->kind) ? place_of(cells, index) : 0;

    return place ? number_at(cells->bytes + place) : 0;
}

/* A number of one to nine bytes; false: it goes past the end. */
static bool take_varint(const uint8_t *bytes, size_t length, size_t *at, uint64_t *out_value)
{
    uint64_t value = 0;

    for (int i = 0; i < 9; i++) {
        if (*at >= length)
            return false;
        uint8_t byte = bytes[(*at)++];
        value = i == 8 ? value << 8 | byte : value << 7 | (byte & 0x7f);
        if (i == 8 || !(byte & 0x80))
            break;
    }
    *out_value = value;
    return true;
}

/* How much of a payload stands on the page itself (1.6, "Cell payload overflow pages"). */
static size_t local_length(uint64_t payload, bool is_table_leaf)
{
    uint64_t most = is_table_leaf ? LEAF_LOCAL_MAX : INDEX_LOCAL_MAX;

    if (payload <= most)
        return (size_t)payload;
    uint64_t fitting = LOCAL_MIN + (payload - LOCAL_MIN) % (USABLE - 4);
    return (size_t)(fitting <= most ? fitting : LOCAL_MIN);
}

static bool follow_overflow(const struct salvage_pages *pages, uint32_t next, uint8_t *to, size_t length)
{
    uint8_t page[DB_PAGE_BYTES];

    while (length > 0) {
        size_t part = length < USABLE - 4 ? length : USABLE - 4;
        if (!salvage_pages_read(pages, next, page))
            return false;
        memcpy(to, page + 4, part);
        to += part;
        length -= part;
        next = number_at(page);
    }
    /* A chain that should have ended here has been led astray. */
    return next == 0;
}

static int64_t signed_at(const uint8_t *bytes, size_t length)
{
    uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

/* Bytes that a serial type takes in the body (2.1). */
static uint64_t body_length(uint64_t type)
{
    static const uint8_t lengths[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};

    return type < 12 ? lengths[type] : (type - 12) / 2;
}

static struct salvage_value value_of(uint64_t type, const uint8_t *body, size_t length)
{
    struct salvage_value value = {.length = length};

    if (type == 0) {
        value.type = SALVAGE_NULL;
    } else if (type == 7) {
        int64_t bits = signed_at(body, length);
        value.type = SALVAGE_REAL;
        memcpy(&value.as.real, &bits, sizeof bits);
    } else if (type < 10) {
        value.type = SALVAGE_INT;
        value.as.number = type >= 8 ? (int64_t)type - 8 : signed_at(body, length);
    } else {
        value.type = type & 1 ? SALVAGE_TEXT : SALVAGE_BLOB;
        value.as.bytes = body;
    }
    return value;
}

static bool read_record(const uint8_t *payload, size_t length, struct salvage_record *record)
{
    uint64_t header;
    uint64_t type;
    size_t at = 0;

    if (!take_varint(payload, length, &at, &header) || header > length || header < at)
        return false;
    size_t body = (size_t)header;
    record->count = 0;
    while (at < header) {
        if (record->count == SALVAGE_COLUMNS_MAX || !take_varint(payload, (size_t)header, &at, &type) ||
            type == 10 || type == 11 || body_length(type) > length - body)
            return false;
        size_t part = (size_t)body_length(type);
        record->values[record->count++] = value_of(type, payload + body, part);
        body += part;
    }
    /* SQLite leaves nothing over: what is, has another length than it says. */
    return body == length;
}

bool cells_record(const struct salvage_pages *pages, const struct cells *cells, int index,
                  struct arena *arena, struct salvage_record *out_record)
{
    bool is_table_leaf = cells->kind == PAGE_TABLE_LEAF;
    size_t at = place_of(cells, index);
    uint64_t payload;
    uint64_t rowid = 0;

    if (at == 0 || cells->kind == PAGE_TABLE_INNER)
        return false;
    at += cells->kind == PAGE_INDEX_INNER ? 4 : 0;
    if (!take_varint(cells->bytes, DB_PAGE_BYTES, &at, &payload) || payload < 2 ||
        payload > SALVAGE_ROW_MAX ||
        (is_table_leaf && !take_varint(cells->bytes, DB_PAGE_BYTES, &at, &rowid)))
        return false;
    size_t local = local_length(payload, is_table_leaf);
    bool flows_over = payload > local;
    if (at + local + (flows_over ? 4 : 0) > DB_PAGE_BYTES)
        return false;
    uint8_t *bytes = arena_alloc(arena, (size_t)payload);
    memcpy(bytes, cells->bytes + at, local);
    if (flows_over &&
        !follow_overflow(pages, number_at(cells->bytes + at + local), bytes + local, (size_t)payload - local))
        return false;
    out_record->rowid = (int64_t)rowid;
    return read_record(bytes, (size_t)payload, out_record);
}
