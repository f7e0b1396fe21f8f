/*
 * recommend_service.c — a few thousand loans at most are looked at for one answer, whatever the library's size:
 * each as "this reader of that title also had this". Sorted, what belongs together stands together.
 */
#include "search/recommend_service.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "books/books_service.h"
#include "members/members_service.h"
#include "search/recommend_repository.h"

#define SHARED_MIN 2 /* readers who had both */
#define HAD_MAX 4000 /* loans of the reader that are remembered, so as not to name the titles again */
#define LOOK_TIMES 4 /* a title's loans that are looked at, for each reader who is wanted: some forgotten */
#define CANDIDATES_MAX 60 /* whose state is looked at */
#define KIND_LOANS 1000   /* last loans of all, for what the same kind of readers borrow */
#define KIND_MIN 2        /* readers of that kind */
#define USUAL 20          /* loans: so many a title has without being popular */

/* A reader of title number `source` also had `book`. */
struct link {
    int64_t book, reader;
    uint32_t source;
};

struct candidate {
    int64_t book;
    int64_t because; /* the source that most of them had, … */
    int64_t readers; /* … and how many that are */
    int64_t links;   /* pairs of a reader and a source */
    struct title_state state;
};

struct finding {
    const int64_t *had; /* sorted; not to be named */
    size_t had_count;
    struct link *links;
    size_t link_count;
    struct candidate *candidates;
    size_t candidate_count;
    struct recommendation *out;
    size_t count, max;
};

const char *recommend_why_name(enum recommend_why why)
{
    static const char *const names[] = {"readers_also", "readers_like_you", "popular", "new"};

    return names[why];
}

enum error_kind recommend_show(struct ctx *ctx, const struct recommendation *one, struct row_sink *sink)
{
    return books_show(ctx, one->book_id, sink);
}

static int compare_ids(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static int compare_links(const void *left, const void *right)
{
    const struct link *a = left;
    const struct link *b = right;

    if (a->book != b->book)
        return a->book < b->book ? -1 : 1;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return (a->reader > b->reader) - (a->reader < b->reader);
}

static int compare_links_counted(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;

    if (a->links != b->links)
        return a->links > b->links ? -1 : 1;
    return (a->book < b->book) - (a->book > b->book);
}

/* Many together, set against how much it is lent anyway; in thousandths. */
static int64_t score(const struct candidate *candidate)
{
    return candidate->links * candidate->links * 1000 / (candidate->state.borrow_count + USUAL);
}

static int compare_worth(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    bool a_in = a->state.available_copies > 0;
    bool b_in = b->state.available_copies > 0;

    if (a_in != b_in)
        return a_in ? -1 : 1;
    if (score(a) != score(b))
        return score(a) > score(b) ? -1 : 1;
    return compare_links_counted(left, right);
}

static bool has_had(const struct finding *finding, int64_t book)
{
    return bsearch(&book, finding->had, finding->had_count, sizeof book, compare_ids) != NULL;
}

/* The first `max` different ones, in their order. */
static size_t keep_different(int64_t *ids, size_t count, size_t max)
{
    size_t kept = 0;

    for (size_t i = 0; i < count && kept < max; i++) {
        size_t same = 0;
        while (same < kept && ids[same] != ids[i])
            same++;
        if (same == kept)
            ids[kept++] = ids[i];
    }
    return kept;
}

/* What up to `max` other readers of the title had, besides. */
static enum error_kind follow_readers(struct ctx *ctx, struct finding *finding, uint32_t source, int64_t book,
                                      int64_t self, size_t max)
{
    int64_t *readers = arena_alloc_array(ctx->arena, max, sizeof *readers);
    int64_t loans[RECOMMEND_THEIR_LOANS];
    size_t count;

    TRY(recommend_repo_readers_of(ctx, book, max * LOOK_TIMES, max, readers, &count));
    for (size_t i = 0; i < count; i++) {
        size_t loan_count;
        if (readers[i] == self)
            continue;
        TRY(recommend_repo_loans_of(ctx, readers[i], RECOMMEND_THEIR_LOANS, loans, &loan_count));
        for (size_t k = 0; k < loan_count; k++)
            if (!has_had(finding, loans[k]))
                finding->links[finding->link_count++] = (struct link){loans[k], readers[i], source};
    }
    return OK;
}

/* One title's links, sorted by source and reader: how many different ones there are, and of which source most. */
static void weigh(struct finding *finding, const struct link *links, size_t count, const int64_t *sources)
{
    struct candidate candidate = {.book = links[0].book};
    int64_t readers = 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && links[i].source == links[i - 1].source && links[i].reader == links[i - 1].reader)
            continue;
        readers = i > 0 && links[i].source == links[i - 1].source ? readers + 1 : 1;
        candidate.links++;
        if (readers > candidate.readers) {
            candidate.readers = readers;
            candidate.because = sources[links[i].source];
        }
    }
    if (candidate.readers >= SHARED_MIN)
        finding->candidates[finding->candidate_count++] = candidate;
}

static void gather(struct ctx *ctx, struct finding *finding, const int64_t *sources)
{
    size_t end;

    finding->candidates =
        arena_alloc_array(ctx->arena, finding->link_count / SHARED_MIN + 1, sizeof *finding->candidates);
    qsort(finding->links, finding->link_count, sizeof *finding->links, compare_links);
    for (size_t i = 0; i < finding->link_count; i = end) {
        for (end = i + 1; end < finding->link_count && finding->links[end].book == finding->links[i].book;)
            end++;
        weigh(finding, &finding->links[i], end - i, sources);
    }
}

static enum error_kind name_best(struct ctx *ctx, struct finding *finding)
{
    size_t live = 0;

    qsort(finding->candidates, finding->candidate_count, sizeof *finding->candidates, compare_links_counted);
    if (finding->candidate_count > CANDIDATES_MAX)
        finding->candidate_count = CANDIDATES_MAX;
    for (size_t i = 0; i < finding->candidate_count; i++) {
        struct candidate *candidate = &finding->candidates[i];
        TRY(recommend_repo_state(ctx, candidate->book, &candidate->state));
        if (candidate->state.live)
            finding->candidates[live++] = *candidate;
    }
    qsort(finding->candidates, live, sizeof *finding->candidates, compare_worth);
    for (size_t i = 0; i < live && finding->count < finding->max; i++) {
        const struct candidate *candidate = &finding->candidates[i];
        struct recommendation *one = &finding->out[finding->count];
        *one = (struct recommendation){
            .book_id = candidate->book, .why = WHY_READERS_ALSO, .readers = candidate->readers};
        TRY(recommend_repo_title(ctx, candidate->because, &one->because_id, &one->because));
        finding->count++;
    }
    return OK;
}

static bool is_named(const struct finding *finding, int64_t book)
{
    for (size_t i = 0; i < finding->count; i++)
        if (finding->out[i].book_id == book)
            return true;
    return false;
}

static void name_one(struct finding *finding, struct recommendation one)
{
    if (finding->count < finding->max && !has_had(finding, one.book_id) && !is_named(finding, one.book_id))
        finding->out[finding->count++] = one;
}

/* ---- where loans say too little ------------------------------------------------------------------------ */

static int compare_recent(const void *left, const void *right)
{
    const struct recent_loan *a = left;
    const struct recent_loan *b = right;

    if (a->book_id != b->book_id)
        return a->book_id < b->book_id ? -1 : 1;
    return (a->member_id > b->member_id) - (a->member_id < b->member_id);
}

/* Counts the different readers of each title; what only one had is left out. How many titles are left. */
static size_t count_readers(struct recent_loan *loans, size_t count, struct candidate *candidates)
{
    size_t titles = 0;

    qsort(loans, count, sizeof *loans, compare_recent);
    for (size_t i = 0; i < count;) {
        struct candidate candidate = {.book = loans[i].book_id};
        for (; i < count && loans[i].book_id == candidate.book; i++)
            candidate.links += i == 0 || loans[i].book_id != loans[i - 1].book_id ||
                               loans[i].member_id != loans[i - 1].member_id;
        if (candidate.links >= KIND_MIN)
            candidates[titles++] = candidate;
    }
    qsort(candidates, titles, sizeof *candidates, compare_links_counted);
    return titles;
}

static enum error_kind add_of_kind(struct ctx *ctx, struct finding *finding, const struct member *member)
{
    struct recent_loan *loans = arena_alloc_array(ctx->arena, KIND_LOANS, sizeof *loans);
    struct candidate *candidates = arena_alloc_array(ctx->arena, KIND_LOANS, sizeof *candidates);
    size_t count;

    TRY(recommend_repo_recent(ctx, member->member_type_id, KIND_LOANS, loans, &count));
    count = count_readers(loans, count, candidates);
    for (size_t i = 0; i < count && i < CANDIDATES_MAX && finding->count < finding->max; i++) {
        TRY(recommend_repo_state(ctx, candidates[i].book, &candidates[i].state));
        if (candidates[i].state.live && candidates[i].state.available_copies > 0)
            name_one(finding, (struct recommendation){.book_id = candidates[i].book,
                                                      .why = WHY_KIND,
                                                      .readers = candidates[i].links,
                                                      .member_type = member->facts.member_type});
    }
    return OK;
}

typedef enum error_kind list_titles(struct ctx *ctx, size_t max, int64_t *out_books, size_t *out_count);

static enum error_kind add_listed(struct ctx *ctx, struct finding *finding, enum recommend_why why,
                                  list_titles *titles)
{
    int64_t books[CANDIDATES_MAX];
    struct title_state state;
    size_t count;

    if (finding->count == finding->max)
        return OK;
    TRY(titles(ctx, CANDIDATES_MAX, books, &count));
    for (size_t i = 0; i < count && finding->count < finding->max; i++) {
        TRY(recommend_repo_state(ctx, books[i], &state));
        if (state.available_copies > 0)
            name_one(finding, (struct recommendation){.book_id = books[i], .why = why});
    }
    return OK;
}

/* Half of what is still missing is what is lent most, the rest is new: neither fills the page alone. */
static enum error_kind add_popular(struct ctx *ctx, struct finding *finding)
{
    size_t max = finding->max;

    finding->max = finding->count + (max - finding->count + 1) / 2;
    TRY(add_listed(ctx, finding, WHY_POPULAR, recommend_repo_popular));
    finding->max = max;
    return OK;
}

/* ---- the two questions --------------------------------------------------------------------------------- */

enum error_kind recommend_for_member(struct ctx *ctx, const struct uuid *uuid, size_t max,
                                     struct recommendation *out, size_t *out_count)
{
    struct member member = {0};
    int64_t *loans = arena_alloc_array(ctx->arena, HAD_MAX, sizeof *loans);
    struct finding finding = {.out = out, .max = max};

    TRY(members_find(ctx, uuid, &member));
    TRY(recommend_repo_loans_of(ctx, member.id, HAD_MAX, loans, &finding.had_count));
    int64_t *had = arena_memdup(ctx->arena, loans, finding.had_count * sizeof *had);
    if (finding.had_count > 0)
        qsort(had, finding.had_count, sizeof *had, compare_ids);
    finding.had = had;
    size_t sources = keep_different(loans, finding.had_count, RECOMMEND_LOANS);
    finding.links =
        arena_alloc_array(ctx->arena, (size_t)RECOMMEND_LOANS * RECOMMEND_READERS * RECOMMEND_THEIR_LOANS,
                          sizeof *finding.links);
    for (size_t i = 0; i < sources; i++)
        TRY(follow_readers(ctx, &finding, (uint32_t)i, loans[i], member.id, RECOMMEND_READERS));
    gather(ctx, &finding, loans);
    TRY(name_best(ctx, &finding));
    if (finding.count < finding.max)
        TRY(add_of_kind(ctx, &finding, &member));
    TRY(add_popular(ctx, &finding));
    TRY(add_listed(ctx, &finding, WHY_NEW, recommend_repo_newest));
    *out_count = finding.count;
    return OK;
}

enum error_kind recommend_similar(struct ctx *ctx, const struct uuid *uuid, size_t max,
                                  struct recommendation *out, size_t *out_count)
{
    const size_t readers = (size_t)RECOMMEND_LOANS * RECOMMEND_READERS;
    struct book book = {0};

    TRY(books_find(ctx, uuid, &book));
    struct finding finding = {.out = out, .max = max, .had = &book.id, .had_count = 1};
    finding.links = arena_alloc_array(ctx->arena, readers * RECOMMEND_THEIR_LOANS, sizeof *finding.links);
    TRY(follow_readers(ctx, &finding, 0, book.id, 0, readers));
    gather(ctx, &finding, &book.id);
    TRY(name_best(ctx, &finding));
    *out_count = finding.count;
    return OK;
}
