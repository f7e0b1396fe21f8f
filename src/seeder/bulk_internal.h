/*
 * bulk_internal.h — what one pass of the filling leaves for the next: loans first, since who has what, which copies
 * are out and how often stands in the rows of copies, titles and members.
 */
#ifndef CARREL_SEEDER_BULK_INTERNAL_H
#define CARREL_SEEDER_BULK_INTERNAL_H

#include "base/barcode.h"
#include "db/load.h"
#include "seeder/bulk.h"
#include "seeder/id_series.h"
#include "seeder/loan_belt.h"

#define TYPES_MAX 32
#define CATEGORIES_MAX 1024
#define BOOK_CATEGORIES 2 /* at most, of an invented title */

#define COPY_IS_OUT (UINT32_C(1) << 31)
#define COPY_IS_ASIDE (UINT32_C(1) << 30)
#define COPY_IS_LOST (UINT32_C(1) << 29)
#define COPY_ACTS (COPY_IS_LOST - 1)

/* Codes that the schema brings along, and their ids. */
struct type_list {
    int64_t ids[TYPES_MAX];
    const char *codes[TYPES_MAX];
    size_t count;
};

/* What loans leave behind. What every loan changes stands first: sixteen bytes are never parted by a line of memory. */
struct book_state {
    int64_t last_borrowed_at; /* 0: never */
    uint32_t borrows;
    uint32_t first_copy; /* its copies are numbered on from here */
    uint16_t open;
    uint8_t aside; /* copies on the hold shelf */
    uint8_t lost;
    uint16_t holds;                       /* open */
    uint16_t categories[BOOK_CATEGORIES]; /* index + 1; 0: none */
};

struct member_state {
    int64_t last_borrowed_at;
    int32_t last_lent_day;
    uint32_t borrows, late;
    uint16_t open, holds;
    int64_t balance;
};

struct day_state {
    uint32_t borrows, returns, members, charges, payments;
};

struct bulk_beside; /* seeder/bulk_beside.h */

struct bulk {
    const struct bulk_request *request;
    const struct plan *plan;
    struct seeder_summary summary;
    struct type_list item_types, member_types;
    int64_t actor_id;      /* who lends it all */
    struct packer *packer; /* NULL: by SQL */
    struct bulk_beside *beside;
    const struct invention *invention; /* from the titles on */
    const char *barcode_prefix, *card_prefix;
    struct book_state *books;
    struct member_state *members;
    uint32_t *copy_acts;    /* its status changed so often, and what it is (COPY_IS_…) … */
    int64_t *copy_acted_at; /* … and when last */
    struct day_state *days; /* from the first day of lending on */
    size_t day_count;
    const char *categories[CATEGORIES_MAX];
    size_t category_count;
    struct loan_belt *loans;
    struct ledger *ledger;
    int64_t open_charges, lost;
    int64_t holds[HOLD_STATES];
    int64_t members_of[TYPES_MAX]; /* of each of member_types */
};

/* Where the filling of one table is. */
struct pass {
    struct bulk *bulk;
    struct load_value actor; /* who does it all: ctx->actor.name */
    struct arena row;        /* texts of one row */
    struct id_series ids;
    char barcode[BARCODE_MAX + 1];
    size_t index, copy;
    int64_t rows;
    bool is_beside; /* another thread than the one that shows the progress */
};

/* One row more; the texts of the one before are not needed now. */
void pass_next_row(struct pass *pass);

/* The public id of the next row. Valid until the one after. */
struct load_value pass_next_id(struct pass *pass, int64_t at);

/* All rows of `table`, by the road that was chosen. `next` is given a struct pass. */
enum error_kind bulk_load(struct ctx *ctx, struct bulk *bulk, const char *table, const char *const *columns,
                          load_next *next) MUST_CHECK;

/* By SQL on any road; into the file beside the library while its tables are packed. */
enum error_kind bulk_load_by_sql(struct ctx *ctx, struct bulk *bulk, const char *table,
                                 const char *const *columns, load_next *next) MUST_CHECK;

/* Which row of `copy` this is, from 0. */
static inline size_t bulk_copy(const struct bulk *bulk, uint32_t book, uint8_t copy)
{
    return bulk->books[book].first_copy + copy;
}

static inline int64_t instant_or_null(int64_t instant)
{
    return instant ? instant : NO_NUMBER;
}

/* For whoever watches. */
void bulk_tell(struct bulk *bulk, const char *phase);
void bulk_advance(struct bulk *bulk, int64_t work);

/* ---- the tables, in this order ----------------------------------------------------------------------------- */

enum error_kind bulk_load_borrows(struct ctx *ctx, struct bulk *bulk) MUST_CHECK;
enum error_kind bulk_load_ledger(struct ctx *ctx,
                                 struct bulk *bulk) MUST_CHECK; /* what came with the loans */
enum error_kind bulk_load_copies(struct ctx *ctx, struct bulk *bulk) MUST_CHECK;
enum error_kind bulk_load_books(struct ctx *ctx, struct bulk *bulk) MUST_CHECK;
enum error_kind bulk_load_members(struct ctx *ctx, struct bulk *bulk) MUST_CHECK;

/* What titles name, title after title: on the packed road by the thread beside. */
void bulk_keep_categories(struct bulk *bulk, size_t book, const struct text_list *list);
enum error_kind bulk_load_categories(struct ctx *ctx, struct bulk *bulk) MUST_CHECK; /* … all of them */

/* ---- after them, by SQL ------------------------------------------------------------------------------------ */

enum error_kind bulk_write_numbers(struct ctx *ctx, struct bulk *bulk) MUST_CHECK;
enum error_kind bulk_pack_tallies(struct ctx *ctx, struct bulk *bulk) MUST_CHECK; /* of packed loans */
enum error_kind bulk_give_room_to_search(struct ctx *ctx) MUST_CHECK;
enum error_kind bulk_make_search(struct ctx *ctx, struct bulk *bulk) MUST_CHECK;

#endif
