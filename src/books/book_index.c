/*
 * book_index.c — packed text, arrays beside it, a lock. The reasons stand in book_index.h.
 *
 * A title's place follows from its id: block id / BOOK_INDEX_BLOCK, and the rest is its slot. Within a block the texts follow each
 * other in that order, so a place that was found in the text belongs to the next slot that ends behind it.
 * Each of its parts ends with a newline, which stands in no folded word, so nothing is found across two.
 */
#include "books/book_index.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "base/text_find.h"
#include "books/book_index_internal.h"

#define BLOCKS_MAX (BOOK_INDEX_IDS_MAX / BOOK_INDEX_BLOCK)
#define TEXT_ROOM 8192  /* a block's text grows by so much */
#define NUMBER_ROOM 512 /* and its genres and authors by so many */

/* ---- the parts ----------------------------------------------------------------------------------------- */

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

struct book_index *book_index_new(void)
{
    struct book_index *index = must(calloc(1, sizeof *index));
    pthread_rwlockattr_t attributes;

    /* Calloc'ed memory that is never touched costs nothing. */
    index->blocks = must(calloc(BLOCKS_MAX, sizeof(struct block *)));
    pthread_rwlockattr_init(&attributes);
    /* Searches follow each other without a gap on a busy day: the writer must not starve. */
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&index->lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    return index;
}

void book_index_free(struct book_index *index)
{
    if (!index)
        return;
    for (size_t b = 0; b < index->block_count; b++) {
        if (!index->blocks[b])
            continue;
        free(index->blocks[b]->words.bytes);
        free(index->blocks[b]->codes.bytes);
        free(index->blocks[b]->genres.numbers);
        free(index->blocks[b]->authors.numbers);
        free(index->blocks[b]);
    }
    book_words_release(&index->words);
    book_words_release(&index->languages);
    book_words_release(&index->authors);
    pthread_rwlock_destroy(&index->lock);
    free(index->blocks);
    free(index);
}

size_t book_index_bytes(struct book_index *index)
{
    size_t bytes = sizeof *index;

    pthread_rwlock_rdlock(&index->lock);
    bytes += book_words_bytes(&index->words) + book_words_bytes(&index->languages) +
             book_words_bytes(&index->authors);
    for (size_t b = 0; b < index->block_count; b++)
        if (index->blocks[b])
            bytes += sizeof *index->blocks[b] + index->blocks[b]->words.room + index->blocks[b]->codes.room +
                     (index->blocks[b]->genres.room + index->blocks[b]->authors.room) * sizeof(uint32_t);
    pthread_rwlock_unlock(&index->lock);
    return bytes;
}

int64_t book_index_count(struct book_index *index)
{
    pthread_rwlock_rdlock(&index->lock);
    int64_t count = index->count;
    pthread_rwlock_unlock(&index->lock);
    return count;
}

/* Instead of a version: the title was there and is no more. */
#define REMOVED UINT32_MAX

/* ---- changing ------------------------------------------------------------------------------------------ */

static struct block *block_of(struct book_index *index, int64_t id)
{
    size_t number = (size_t)(id / BOOK_INDEX_BLOCK);

    if (!index->blocks[number])
        index->blocks[number] = must(calloc(1, sizeof(struct block)));
    if (number >= index->block_count)
        index->block_count = number + 1;
    return index->blocks[number];
}

/* Slots between the last title and this one are empty: they end where that ends. */
static void use_slot(struct block *block, unsigned slot)
{
    for (; block->used <= slot; block->used++) {
        block->words.ends[block->used] = text_start(&block->words, block->used);
        block->codes.ends[block->used] = text_start(&block->codes, block->used);
        block->genres.ends[block->used] = numbers_start(&block->genres, block->used);
        block->authors.ends[block->used] = numbers_start(&block->authors, block->used);
    }
}

/* Makes room for `length` bytes where the slot's text stands, and moves what stands behind it. `used`: slots of the block. */
static char *replace_text(struct slot_texts *texts, unsigned used, unsigned slot, uint32_t length)
{
    uint32_t start = text_start(texts, slot);
    uint32_t old = texts->ends[slot] - start;
    uint32_t end = texts->ends[used - 1];
    uint32_t needed = end - old + length + TEXT_FIND_PADDING;

    if (needed > texts->room) {
        uint32_t room = (needed + TEXT_ROOM - 1) / TEXT_ROOM * TEXT_ROOM;
        texts->bytes = must(realloc(texts->bytes, room));
        memset(texts->bytes + texts->room, 0, room - texts->room);
        texts->room = room;
    }
    memmove(texts->bytes + start + length, texts->bytes + start + old, end - start - old);
    for (unsigned i = slot; i < used; i++)
        texts->ends[i] += length - old;
    return texts->bytes + start;
}

/* The same for its numbers. `used`: slots of the block. */
static void replace_numbers(struct slot_numbers *list, unsigned used, unsigned slot, const uint32_t *numbers,
                            uint32_t count)
{
    uint32_t start = numbers_start(list, slot);
    uint32_t old = list->ends[slot] - start;
    uint32_t end = list->ends[used - 1];

    if (!list->numbers || end - old + count > list->room) {
        list->room = end - old + count + NUMBER_ROOM;
        list->numbers = must(realloc(list->numbers, list->room * sizeof *list->numbers));
    }
    memmove(list->numbers + start + count, list->numbers + start + old,
            (end - start - old) * sizeof *list->numbers);
    memcpy(list->numbers + start, numbers, count * sizeof *numbers);
    for (unsigned i = slot; i < used; i++)
        list->ends[i] += count - old;
}

static void put_genres(struct book_index *index, struct block *block, unsigned slot,
                       const struct book_record *record)
{
    uint32_t genres[BOOK_CATEGORIES_MAX];
    uint32_t count = 0;

    for (size_t i = 0; i < record->genre_count && count < BOOK_CATEGORIES_MAX; i++) {
        genres[count] = (uint32_t)record->genres[i];
        if (genres[count] >= index->genre_end)
            index->genre_end = genres[count] + 1;
        count++;
    }
    replace_numbers(&block->genres, block->used, slot, genres, count);
}

/* Several are parted by semicolons. One who is named twice is one. */
static void put_authors(struct book_index *index, struct block *block, unsigned slot, const char *names)
{
    uint32_t authors[BOOK_AUTHORS_MAX];
    uint32_t count = 0;

    while (*names && count < BOOK_AUTHORS_MAX) {
        names += strspn(names, "; ");
        size_t length = strcspn(names, ";");
        const char *next = names + length;
        while (length > 0 && names[length - 1] == ' ')
            length--;
        if (length > 0) {
            uint32_t number = book_words_add(&index->authors, names, length);
            uint32_t same = 0;
            while (same < count && authors[same] != number)
                same++;
            authors[same] = number;
            count += same == count;
        }
        names = next;
    }
    replace_numbers(&block->authors, block->used, slot, authors, count);
}

typedef void use_word(struct book_words *words, const char *text, size_t length);

static void add_word(struct book_words *words, const char *text, size_t length)
{
    book_words_add(words, text, length);
}

/* The words of title and author, in or out of the vocabulary; of numbers nobody makes typing mistakes here. */
static void use_words(struct book_index *index, const char *text, size_t length, use_word *use)
{
    const char *end = text + length;
    unsigned field = 0;

    for (const char *at = text; at < end && field < 2;) {
        const char *word = at;
        while (at < end && is_word_byte(text, at))
            at++;
        if (at > word && at - word <= BOOK_WORD_MAX)
            use(&index->words, word, (size_t)(at - word));
        if (at < end && at == word)
            field += *at++ == '\n';
    }
}

/* Folded digits, with the x that some ISBNs end in. */
static bool is_code(const char *text)
{
    return strspn(text, "0123456789x") == strlen(text);
}

/* ISBNs alone? The library's own identifiers may be anything. */
static bool are_codes(const char *text)
{
    return strspn(text, "0123456789x ") == strlen(text);
}

static char *put_line(char *at, const char *line, size_t length)
{
    memcpy(at, line, length);
    at[length] = '\n';
    return at + length + 1;
}

static void drop_words(struct book_index *index, const struct block *block, unsigned slot)
{
    uint32_t start = text_start(&block->words, slot);

    if (block->words.ends[slot] > start)
        use_words(index, block->words.bytes + start, block->words.ends[slot] - start, book_words_drop);
}

static void put_text(struct book_index *index, struct block *block, unsigned slot,
                     const struct book_record *record)
{
    size_t title = strlen(record->title), author = strlen(record->author), isbn = strlen(record->isbn);
    uint32_t isbn_line = isbn ? (uint32_t)isbn + 1 : 0;
    bool apart = are_codes(record->isbn);
    uint32_t length = (uint32_t)(title + author + 2) + (apart ? 0 : isbn_line);

    drop_words(index, block, slot);
    char *text = replace_text(&block->words, block->used, slot, length);
    char *at = put_line(put_line(text, record->title, title), record->author, author);
    char *codes = replace_text(&block->codes, block->used, slot, apart ? isbn_line : 0);
    if (isbn)
        put_line(apart ? codes : at, record->isbn, isbn);
    use_words(index, text, length, add_word);
}

static uint32_t clamp_count(int64_t count)
{
    return count < 0 ? 0 : count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

static void set_state(struct block *block, unsigned slot, int64_t available_count, int64_t borrow_count)
{
    atomic_store_explicit(&block->available_counts[slot], clamp_count(available_count), memory_order_relaxed);
    atomic_store_explicit(&block->borrow_counts[slot], clamp_count(borrow_count), memory_order_relaxed);
}

/* Under the lock, nobody reading. */
static void put(struct book_index *index, const struct book_record *record)
{
    struct block *block = block_of(index, record->id);
    unsigned slot = (unsigned)(record->id % BOOK_INDEX_BLOCK);
    const char *language = record->language ? record->language : "";
    char code[BOOK_WORD_MAX + 1] = "";

    if (!block_has(block, slot))
        index->count++;
    use_slot(block, slot);
    put_text(index, block, slot, record);
    put_genres(index, block, slot, record);
    put_authors(index, block, slot, record->author);
    for (size_t i = 0; language[i] && i < BOOK_WORD_MAX; i++)
        code[i] = language[i] >= 'A' && language[i] <= 'Z' ? (char)(language[i] + 32) : language[i];
    block->versions[slot] = (uint32_t)record->version;
    block->years[slot] = (int16_t)(record->year == NO_NUMBER ? NO_YEAR : record->year);
    block->languages[slot] = (uint16_t)book_words_add(&index->languages, code, strlen(code));
    block->item_types[slot] = (uint16_t)record->item_type_id;
    if ((uint32_t)record->item_type_id >= index->item_type_end)
        index->item_type_end = (uint32_t)record->item_type_id + 1;
    block->created[slot] = clamp_count(record->created_at / MS_PER_SECOND);
    block->title_keys[slot] = key_prefix(record->title_key);
    block->author_keys[slot] = key_prefix(record->author_key);
    block->archived[slot] = record->archived;
    set_state(block, slot, record->available_count, record->borrow_count);
}

/* False for a library that this was not made for: its numbers do not fit. */
static bool can_hold(const struct book_index *index, const struct book_record *record)
{
    return record->id >= 0 && record->id < BOOK_INDEX_IDS_MAX && record->item_type_id >= 0 &&
           record->item_type_id <= UINT16_MAX && index->languages.count < UINT16_MAX;
}

bool book_index_put(struct book_index *index, const struct book_record *record)
{
    pthread_rwlock_wrlock(&index->lock);
    bool fits = can_hold(index, record);
    if (fits)
        put(index, record);
    pthread_rwlock_unlock(&index->lock);
    return fits;
}

void book_index_remove(struct book_index *index, int64_t id)
{
    static const uint32_t nothing[1];
    unsigned slot = (unsigned)(id % BOOK_INDEX_BLOCK);

    if (id < 0 || id >= BOOK_INDEX_IDS_MAX)
        return;
    pthread_rwlock_wrlock(&index->lock);
    struct block *block = block_of(index, id);
    use_slot(block, slot);
    if (block_has(block, slot)) {
        drop_words(index, block, slot);
        (void)replace_text(&block->words, block->used, slot, 0);
        (void)replace_text(&block->codes, block->used, slot, 0);
        replace_numbers(&block->genres, block->used, slot, nothing, 0);
        replace_numbers(&block->authors, block->used, slot, nothing, 0);
        index->count--;
    }
    block->versions[slot] = REMOVED;
    pthread_rwlock_unlock(&index->lock);
}

bool book_index_fill(struct book_index *index, const struct book_record *record)
{
    pthread_rwlock_wrlock(&index->lock);
    bool fits = can_hold(index, record);
    const struct block *block = fits ? index->blocks[record->id / BOOK_INDEX_BLOCK] : NULL;
    unsigned slot = (unsigned)(record->id % BOOK_INDEX_BLOCK);
    bool is_settled =
        block && slot < block->used && (block_has(block, slot) || block->versions[slot] == REMOVED);
    if (fits && !is_settled)
        put(index, record);
    pthread_rwlock_unlock(&index->lock);
    return fits;
}

bool book_index_touch(struct book_index *index, int64_t id, int64_t version, int64_t available_count,
                      int64_t borrow_count)
{
    unsigned slot = (unsigned)(id % BOOK_INDEX_BLOCK);

    if (id < 0 || id >= BOOK_INDEX_IDS_MAX)
        return false;
    pthread_rwlock_rdlock(&index->lock);
    struct block *block = index->blocks[id / BOOK_INDEX_BLOCK];
    bool known = block && block_has(block, slot) && block->versions[slot] == (uint32_t)version;
    if (known)
        set_state(block, slot, available_count, borrow_count);
    pthread_rwlock_unlock(&index->lock);
    return known;
}

int64_t book_index_lent_more(struct book_index *index, int64_t borrow_count)
{
    uint32_t limit = clamp_count(borrow_count);
    int64_t more = 0;

    pthread_rwlock_rdlock(&index->lock);
    for (size_t i = 0; i < index->block_count; i++) {
        const struct block *block = index->blocks[i];
        for (unsigned slot = 0; block && slot < block->used; slot++) {
            uint32_t count = atomic_load_explicit(&block->borrow_counts[slot], memory_order_relaxed);
            more += (count > limit) & !block->archived[slot] & block_has(block, slot);
        }
    }
    pthread_rwlock_unlock(&index->lock);
    return more;
}

/* ---- finding ------------------------------------------------------------------------------------------- */

/* A word to be found, and where in a text it counts. */
struct wanted {
    struct text_needle needle;
    bool beginning; /* only at the beginning of a word */
    bool author_only;
    bool may_be_code; /* it may stand among the block's codes */
};

struct finding {
    const struct book_index *index;
    const struct book_question *question;
    struct wanted wanted[SEARCH_WORDS_MAX + 1]; /* the first is looked for in all of a block */
    size_t wanted_count;
    const bool *languages; /* which of the index's are asked for; NULL: any */
    int64_t author;        /* its number */
    struct row_set set;
};

static inline const char *find_next(const struct wanted *wanted, const char *at, const char *end)
{
    return (wanted->beginning ? text_find_beginning : text_find)(at, end, &wanted->needle);
}

static bool counts_here(const struct wanted *wanted, const char *text, const char *hit)
{
    /* Of other scripts a byte does not say enough: a word of Hebrew or of Arabic may have its quotation marks inside. */
    if (wanted->beginning && hit > text &&
        ((unsigned char)hit[-1] < 0x80 ? is_word_byte(text, hit - 1) : text_is_inside_word(text, hit)))
        return false;
    if (!wanted->author_only)
        return true;
    const char *title_end = memchr(text, '\n', (size_t)(hit - text));
    return title_end && !memchr(title_end + 1, '\n', (size_t)(hit - title_end - 1));
}

static bool stands_in(const struct wanted *wanted, const struct slot_texts *texts, unsigned slot)
{
    uint32_t start = text_start(texts, slot);

    if (texts->ends[slot] == start)
        return false;
    const char *text = texts->bytes + start, *end = texts->bytes + texts->ends[slot];
    for (const char *at = text; (at = find_next(wanted, at, end)) != NULL; at++)
        if (counts_here(wanted, text, at))
            return true;
    return false;
}

static bool stands_in_slot(const struct wanted *wanted, const struct block *block, unsigned slot)
{
    return stands_in(wanted, &block->words, slot) ||
           (wanted->may_be_code && stands_in(wanted, &block->codes, slot));
}

static bool fits(const struct finding *finding, const struct block *block, unsigned slot)
{
    const struct book_question *question = finding->question;

    if (block->archived[slot] != question->archived)
        return false;
    if (question->available &&
        atomic_load_explicit(&block->available_counts[slot], memory_order_relaxed) == 0)
        return false;
    if (question->year_from != NO_NUMBER && block->years[slot] < question->year_from)
        return false;
    if (question->year_to != NO_NUMBER &&
        (block->years[slot] == NO_YEAR || block->years[slot] > question->year_to))
        return false;
    if (question->item_type_id != NO_NUMBER && block->item_types[slot] != question->item_type_id)
        return false;
    if (finding->languages && !finding->languages[block->languages[slot]])
        return false;
    if (question->author_name && !numbers_have(&block->authors, slot, finding->author))
        return false;
    return question->genre == NO_NUMBER || numbers_have(&block->genres, slot, question->genre);
}

/* Of these texts of the block's those in which the first word counts. */
static void find_in_texts(struct finding *finding, const struct block *block, const struct slot_texts *texts,
                          int64_t first_id)
{
    const struct wanted *first = &finding->wanted[0];
    unsigned slot = 0;

    if (block->used == 0 || texts->ends[block->used - 1] == 0)
        return;
    const char *end = texts->bytes + texts->ends[block->used - 1];
    for (const char *at = texts->bytes; (at = find_next(first, at, end)) != NULL;) {
        uint32_t place = (uint32_t)(at - texts->bytes);
        while (texts->ends[slot] <= place)
            slot++;
        if (!counts_here(first, texts->bytes + text_start(texts, slot), at)) {
            at++;
            continue;
        }
        bool found = fits(finding, block, slot) && !row_set_has(&finding->set, first_id + slot);
        for (size_t i = 1; found && i < finding->wanted_count; i++)
            found = stands_in_slot(&finding->wanted[i], block, slot);
        if (found)
            row_set_add(&finding->set, first_id + slot);
        at = texts->bytes + texts->ends[slot];
    }
}

static void find_in_block(struct finding *finding, const struct block *block, int64_t first_id)
{
    find_in_texts(finding, block, &block->words, first_id);
    if (finding->wanted[0].may_be_code)
        find_in_texts(finding, block, &block->codes, first_id);
}

static void filter_block(struct finding *finding, const struct block *block, int64_t first_id)
{
    for (unsigned slot = 0; slot < block->used; slot++)
        if (block_has(block, slot) && fits(finding, block, slot))
            row_set_add(&finding->set, first_id + slot);
}

/* The longest whole word leads: it is the rarest most of the time. */
static void want(struct finding *finding, struct wanted wanted)
{
    struct wanted *first = &finding->wanted[0];
    struct wanted *place = &finding->wanted[finding->wanted_count++];

    *place = wanted;
    if (place != first && wanted.needle.length > first->needle.length) {
        *place = *first;
        *first = wanted;
    }
}

static void want_all(struct finding *finding)
{
    const struct book_question *question = finding->question;

    for (size_t i = 0; i < question->word_count; i++) {
        const char *word = question->words[i];
        want(finding, (struct wanted){.needle = text_needle(word, strlen(word)),
                                      .beginning = is_letter(word),
                                      .may_be_code = is_code(word)});
    }
    if (question->author && *question->author)
        want(finding, (struct wanted){.needle = text_needle(question->author, strlen(question->author)),
                                      .author_only = true});
}

static bool is_language(const char *wanted, size_t length, const char *code, size_t code_length)
{
    if (code_length < length || (code_length > length && code[length] != '-'))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((wanted[i] >= 'A' && wanted[i] <= 'Z' ? wanted[i] + 32 : wanted[i]) != code[i])
            return false;
    return true;
}

const bool *book_index_languages(const struct book_index *index, struct arena *arena, const char *language)
{
    if (!language)
        return NULL;
    bool *asked = arena_alloc_array(arena, index->languages.count + 1, sizeof *asked);
    for (uint32_t i = 0; i < index->languages.count; i++) {
        size_t length;
        const char *code = book_words_text(&index->languages, i, &length);
        asked[i] = is_language(language, strlen(language), code, length);
    }
    return asked;
}

int64_t book_index_author(const struct book_index *index, const char *name)
{
    uint32_t number;

    return book_words_find(&index->authors, name, strlen(name), &number) ? (int64_t)number : NO_NUMBER;
}

struct row_set book_index_find(struct book_index *index, struct arena *arena,
                               const struct book_question *question)
{
    struct finding finding = {.index = index, .question = question};

    want_all(&finding);
    pthread_rwlock_rdlock(&index->lock);
    finding.languages = book_index_languages(index, arena, question->language);
    finding.author = question->author_name ? book_index_author(index, question->author_name) : NO_NUMBER;
    finding.set = row_set_new(arena, (int64_t)index->block_count * BOOK_INDEX_BLOCK);
    finding.set.of = index->count;
    finding.set.narrow = book_index_narrow;
    finding.set.finder = index;
    for (size_t b = 0; b < index->block_count; b++) {
        if (!index->blocks[b])
            continue;
        (finding.wanted_count ? find_in_block : filter_block)(&finding, index->blocks[b],
                                                              (int64_t)b * BOOK_INDEX_BLOCK);
    }
    pthread_rwlock_unlock(&index->lock);
    return finding.set;
}
