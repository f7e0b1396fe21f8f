/*
 * invent.h — what the titles and people of the plan are called, and what else is known of them.
 *
 * Everything about number i follows from the random seed and i alone, so that it can be asked for again after
 * a rollback and need not be kept. What must differ from all others (titles, ISBNs) is settled once by
 * invent_prepare(), in a few bytes a title.
 */
#ifndef CARREL_SEEDER_INVENT_H
#define CARREL_SEEDER_INVENT_H

#include "books/books.h"
#include "members/members.h"
#include "seeder/lexicon.h"
#include "seeder/plan.h"

struct invention;

/* Goes through all titles of the plan once. In `arena`, which must outlive it, as must lexicon and plan. */
const struct invention *invent_prepare(struct arena *arena, const struct lexicon *lexicon,
                                       const struct plan *plan, uint64_t random_seed, int64_t now);

/* The facts of title or member `index` of the plan; their texts in `arena`. */
struct book_facts invent_book(struct arena *arena, const struct invention *invention, uint32_t index);
struct member_facts invent_member(struct arena *arena, const struct invention *invention, uint32_t index);

#endif
