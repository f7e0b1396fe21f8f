/*
 * lending_internal.h — the state of the simulation, for lending.c (days and draws), lending_acts.c (what is to
 * happen), lending_queue.c (who waits) and lending_money.c (who pays).
 */
#ifndef CARREL_SEEDER_LENDING_INTERNAL_H
#define CARREL_SEEDER_LENDING_INTERNAL_H

#include "seeder/lending.h"

#define RENEWALS_MAX 2 /* of one loan */
#define NONE NOBODY

#define URN_GROUPS 4 /* tiers or segments */

/* Titles or members, to draw one by its group's weight. */
struct urn {
    uint32_t *items;                 /* group after group */
    uint32_t starts[URN_GROUPS + 1]; /* of each group among the items; the last: where all end */
    uint32_t below[URN_GROUPS];      /* weight of all groups before it */
    uint32_t weights[URN_GROUPS];    /* of one item */
    uint32_t total;                  /* weight of all */
};

struct day_volume {
    int64_t opens, closes;
    int64_t until; /* so many loans by its end, with all days before */
};

/* Who and what, before anybody asks whether they may. */
struct pair {
    uint32_t member, book;
};

/* One that was drawn: first where in the urns they lie, later, when that is here, who and what. */
struct drawn_pair {
    const uint32_t *member, *book;
    struct pair pair;
};

/* What is out. */
struct open_loan {
    int64_t returned_at;
    int64_t renewed_at[RENEWALS_MAX];
    int32_t due[RENEWALS_MAX + 1]; /* at first, and after each renewal */
    int32_t returned_day;
    uint32_t loan; /* its number */
    uint32_t book, member;
    uint32_t older; /* the member's next older one; or the next free place */
    uint32_t fine;
    uint8_t copy;
    uint8_t renewals;    /* that there will be … */
    uint8_t renewed;     /* … and that there were */
    uint32_t lost_price; /* 0: it comes back */
};

enum fate { FETCHED, LEFT, CANCELLED };

/* Who waits, or for whom a copy waits. */
struct open_hold {
    uint32_t hold;  /* its number in the ledger */
    uint32_t event; /* what is to happen next: any other event of this place is of the past. NONE: nothing */
    uint32_t next;  /* of the same title, in order; or the next free place */
    int32_t day;    /* of the event */
    enum fate fate;
};

enum happening { ENDS, RENEWS, COMES, IS_PULLED, IS_FETCHED, EXPIRES, IS_CANCELLED };

/* Something to come. In order of time; of one moment, as they were decided. */
struct happening_at {
    int64_t at;
    uint32_t number;
    uint32_t place : 29; /* of a loan or hold that is open */
    uint32_t what : 3;   /* enum happening */
};

/* Acts of a later day. */
#define ACT_BLOCK 62
struct act_block {
    struct act_block *before;
    size_t count;
    struct happening_at acts[ACT_BLOCK];
};

struct title_state {
    uint32_t copies_out; /* a bit for each copy that is not on its shelf, and for those that there are not */
    uint32_t first_hold; /* a place; NONE: none is open */
    uint8_t waiting;     /* holds without a copy */
    uint8_t renewing;    /* loans that are going to be renewed */
    uint8_t lost;        /* copies that are lost or will be */
};

struct reader_state {
    uint32_t newest;       /* loan that is out: a place; NONE: none */
    uint32_t first_charge; /* open, of one who pays */
    uint16_t out;          /* loans */
    uint16_t holds;        /* open */
};

struct lending {
    const struct plan *plan;
    const struct plan_days *days;
    struct ledger *ledger;
    struct arena *arena;
    struct dice dice;
    struct urn books, members;
    struct drawn_pair ahead[16]; /* a ring: what was drawn first is at next_pair */
    size_t next_pair;
    struct title_state *titles;
    struct reader_state *readers;
    struct open_loan *open;
    size_t open_room, open_used;
    uint32_t free_place;
    struct open_hold *holds;
    size_t hold_room, hold_used;
    uint32_t free_hold;
    struct happening_at *list; /* of today, in order */
    struct happening_at *spare;
    size_t list_count, list_next, list_room;
    struct happening_at *soon; /* what today brought: a heap, what comes first is at the top */
    size_t soon_count, soon_room;
    struct act_block **calendar; /* of each later day, the last block */
    struct act_block *free_blocks;
    uint32_t next_number;
    struct day_volume *volumes;
    size_t day_count;
    size_t visits_most; /* at the desk in a day */
    size_t visits;      /* of today */
    size_t today;
    size_t last_day; /* on which anything is lent */
    uint32_t *hot;   /* titles that everybody wants this month */
    size_t hot_count, hot_room;
    size_t hot_until; /* day */
    uint32_t lent;
};

static inline const struct loan_rule *rule_of(const struct lending *lending, uint32_t member)
{
    return &lending->plan->request.rules[lending->plan->members[member].kind];
}

static inline int copies_there(const struct lending *lending, uint32_t book)
{
    return __builtin_popcount(~lending->titles[book].copies_out);
}

static inline uint8_t first_copy_there(const struct lending *lending, uint32_t book)
{
    return (uint8_t)__builtin_ctz(~lending->titles[book].copies_out);
}

/* ---- lending.c --------------------------------------------------------------------------------------------- */

/* Somebody comes to the desk: true when they lend something. */
bool lending_serve(struct lending *lending, int64_t at, struct planned_loan *out_loan);

bool lending_has_title(const struct lending *lending, uint32_t member, uint32_t book);

/* ---- lending_acts.c ---------------------------------------------------------------------------------------- */

/* A day begins; so many readers will come between these instants. */
void acts_open_day(struct lending *lending, size_t visits, int64_t opens, int64_t closes);

/* What happens next today. */
bool acts_next(struct lending *lending, struct happening_at *out_act);

/* Its number: one that came first at the same moment is smaller. */
uint32_t acts_plan(struct lending *lending, int64_t at, enum happening what, uint32_t place);

/* Lends this copy; the life of the loan is decided here. */
void acts_lend(struct lending *lending, struct pair pair, uint8_t copy, int64_t at, int32_t day,
               struct planned_loan *out_loan);

/* True: that lent something. */
bool acts_happen(struct lending *lending, const struct happening_at *act, struct planned_loan *out_loan);

/* ---- lending_queue.c --------------------------------------------------------------------------------------- */

/* The member's open hold on this title: its place, or NONE. */
uint32_t queue_find(const struct lending *lending, uint32_t member, uint32_t book);

/* Could they place one, wherever the copies are? */
bool queue_may_join(const struct lending *lending, struct pair pair, int64_t at);
void queue_join(struct lending *lending, struct pair pair, int64_t at, int32_t day);

/* A copy is free again: for whoever waits, or for its shelf (then false). */
bool queue_take_in(struct lending *lending, uint32_t book, uint8_t copy, int64_t at, int32_t day);
bool queue_happen(struct lending *lending, const struct happening_at *act, struct planned_loan *out_loan);

/* ---- lending_money.c --------------------------------------------------------------------------------------- */

uint32_t money_fine(const struct lending *lending, uint32_t member, int32_t due_day, int32_t back_day);
void money_charge(struct lending *lending, const struct open_loan *loan);

/* The member stands at the desk. */
void money_visit(struct lending *lending, uint32_t member, int64_t at, int32_t day);

#endif
