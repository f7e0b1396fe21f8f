/*
 * invent.c — titles, authors, ISBNs, names, addresses: drawn from the lexicon, each from dice of its own.
 */
#include "seeder/invent.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "seeder/dice.h"

#define TITLE_ATTEMPTS_MAX 40 /* at a title nobody has, before two may be alike */
#define BOOKS_OF_AN_AUTHOR 3  /* on average; the best known have many more */
#define SECOND_AUTHOR_PERCENT 7
#define FURTHER_CATEGORY_PERCENT 40
#define EDITION_PERCENT 12
#define AUDIO_PERCENT 4
#define WITHOUT_ISBN_PERCENT 3 /* and all from before ISBNs were given */
#define FIRST_ISBN_YEAR 1967
#define OLDEST_YEARS 60
#define EMAIL_PERCENT 82
#define PHONE_PERCENT 75
#define LAPSED_PERCENT 30 /* of those who never borrow */
#define TERM_PERCENT 55   /* memberships with a last day */

/* Dice for different questions about the same number never meet. */
enum stream {
    STREAM_LANGUAGE = 2,
    STREAM_TITLE,
    STREAM_BOOK,
    STREAM_AUTHOR,
    STREAM_ISBN,
    STREAM_NAME,
    STREAM_MEMBER
};

struct settled_book {
    uint32_t serial; /* which title of its language */
    uint8_t language;
    uint8_t attempt; /* which title drawn is the first that nobody has */
};

struct settled_member {
    uint8_t language;
    bool numbered; /* somebody has the same name: the address needs a number */
};

struct invention {
    const struct lexicon *lexicon;
    const struct plan *plan;
    uint64_t random_seed;
    int64_t now;
    struct settled_book *books;
    struct settled_member *members;
    uint32_t books_in_language[LEXICON_LANGUAGES_MAX];
};

/* Prints of texts that are taken; 0 is a free place. */
struct text_set {
    uint64_t *places;
    size_t mask;
};

static struct dice dice_for(const struct invention *invention, enum stream stream, uint64_t number,
                            uint64_t attempt)
{
    struct dice dice;

    dice_seed(&dice, invention->random_seed, (uint64_t)stream << 56 | attempt << 48 | number);
    return dice;
}

/* ---- settling what must be unlike ----------------------------------------------------------------------- */

static struct text_set set_for(struct arena *arena, size_t count)
{
    size_t size = 16;

    while (size < count * 2)
        size *= 2;
    return (struct text_set){arena_alloc_array(arena, size, sizeof(uint64_t)), size - 1};
}

/* False when it (or, once in a million libraries, another with the same print) was there. */
static bool set_add(struct text_set *set, struct print print)
{
    uint64_t taken = print.number | (print.number == 0);
    size_t at = (size_t)(taken * PRINT_BASE >> 32) & set->mask;

    for (; set->places[at]; at = (at + 1) & set->mask)
        if (set->places[at] == taken)
            return false;
    set->places[at] = taken;
    return true;
}

static uint8_t draw_language(const struct lexicon *lexicon, struct dice *dice, bool of_book)
{
    uint32_t at = dice_below(dice, of_book ? lexicon->books_shares : lexicon->members_shares);
    uint8_t i = 0;

    for (;; i++) {
        const struct language *language = &lexicon->languages[i];
        uint32_t share = of_book ? language->books_share : language->members_share;
        if (at < share)
            return i;
        at -= share;
    }
}

static const struct language *language_of_book(const struct invention *invention, uint32_t index)
{
    return &invention->lexicon->languages[invention->books[index].language];
}

/* ---- titles ------------------------------------------------------------------------------------------------ */

static const char *filled(struct arena *arena, struct dice *dice, const struct pattern *pattern,
                          const char **out_latin)
{
    struct text_buf text, latin;

    text_buf_init(&text, arena);
    text_buf_init(&latin, arena);
    lexicon_fill(dice, pattern, &text, out_latin ? &latin : NULL);
    if (out_latin)
        *out_latin = text_buf_string(&latin);
    return text_buf_string(&text);
}

/* Of one attempt; the dice are thrown on for its words, those of the title first. */
static const struct title_pattern *draw_pattern(const struct invention *invention, uint32_t index,
                                                uint8_t attempt, struct dice *out_dice)
{
    const struct language *language = language_of_book(invention, index);

    *out_dice = dice_for(invention, STREAM_TITLE, index, attempt);
    return &language->titles[dice_below(out_dice, (uint32_t)language->title_count)];
}

static bool is_new_title(struct text_set *taken, const struct invention *invention, uint32_t index,
                         uint8_t attempt)
{
    struct dice dice;
    const struct title_pattern *pattern = draw_pattern(invention, index, attempt, &dice);

    return set_add(taken, lexicon_print(&dice, &pattern->title));
}

static const struct pattern *draw_name(const struct language *language, struct dice *dice)
{
    return &language->name_patterns[dice_below(dice, (uint32_t)language->names->count)];
}

static void settle_books(struct arena *arena, struct invention *invention)
{
    size_t count = invention->plan->book_count;
    struct text_set taken = set_for(arena, count);

    invention->books = arena_alloc_array(arena, count, sizeof *invention->books);
    for (uint32_t i = 0; i < count; i++) {
        struct settled_book *book = &invention->books[i];
        struct dice dice = dice_for(invention, STREAM_LANGUAGE, i, 0);

        book->language = draw_language(invention->lexicon, &dice, true);
        book->serial = invention->books_in_language[book->language]++;
        while (book->attempt < TITLE_ATTEMPTS_MAX && !is_new_title(&taken, invention, i, book->attempt))
            book->attempt++;
    }
}

static const char *author_name(struct arena *arena, const struct invention *invention, uint32_t index,
                               struct dice *dice)
{
    const struct language *language = language_of_book(invention, index);
    uint64_t language_index = invention->books[index].language;
    uint32_t pool = invention->books_in_language[language_index] / BOOKS_OF_AN_AUTHOR + 1;
    uint32_t one = dice_below(dice, pool), other = dice_below(dice, pool);
    /* The smaller of two throws: low numbers come up oftener, and so some authors fill a shelf. */
    uint64_t author = one < other ? one : other;
    struct dice own = dice_for(invention, STREAM_AUTHOR, author, language_index);

    return filled(arena, &own, draw_name(language, &own), NULL);
}

static const char *authors_of(struct arena *arena, const struct invention *invention, uint32_t index,
                              struct dice *dice)
{
    const char *author = author_name(arena, invention, index, dice);

    if (!dice_chance(dice, SECOND_AUTHOR_PERCENT))
        return author;
    const char *second = author_name(arena, invention, index, dice);
    return strcmp(author, second) == 0 ? author : arena_printf(arena, "%s; %s", author, second);
}

/* ---- ISBNs --------------------------------------------------------------------------------------------------- */

#define ISBN_DIGITS 13
#define ISBN_START "978"

/* The thirteenth digit for these twelve: weights 1 and 3, modulo 10. */
static int check_digit(const char *twelve)
{
    int sum = 0;

    for (int i = 0; i < 12; i++)
        sum += (twelve[i] - '0') * (i % 2 ? 3 : 1);
    return (10 - sum % 10) % 10;
}

/*
 * 978, the group, and as many digits as that leaves. Multiplying by a number without a factor of 10 sends the
 * 1st, 2nd, 3rd … title of a group to places far apart, and no two to the same one. NULL when a group is full.
 */
static const char *isbn_of(struct arena *arena, const struct invention *invention, uint32_t index)
{
    const struct language *language = language_of_book(invention, index);
    uint32_t serial = invention->books[index].serial;
    size_t group = serial % language->isbn_group_count;
    uint64_t number = serial / language->isbn_group_count;
    const char *prefix = language->isbn_groups[group];
    size_t begin = strlen(ISBN_START) + strlen(prefix);
    struct dice dice = dice_for(invention, STREAM_ISBN, invention->books[index].language, group);
    uint64_t room = 1;

    for (size_t i = begin; i < ISBN_DIGITS - 1; i++)
        room *= 10;
    if (number >= room)
        return NULL;
    uint64_t body = (number * 61803399u + dice_next(&dice) % room) % room;
    char *isbn = arena_alloc(arena, ISBN_DIGITS + 1); /* all zero */
    memcpy(isbn, ISBN_START, strlen(ISBN_START));
    memcpy(isbn + strlen(ISBN_START), prefix, strlen(prefix));
    for (size_t i = ISBN_DIGITS - 1; i > begin; body /= 10)
        isbn[--i] = (char)('0' + body % 10);
    isbn[ISBN_DIGITS - 1] = (char)('0' + check_digit(isbn));
    return isbn;
}

/* ---- the rest of a title ------------------------------------------------------------------------------------ */

static int64_t year_of(int64_t instant)
{
    int year, month, day;

    clock_civil_from_day(clock_day_of(instant), &year, &month, &day);
    return year;
}

static struct text_list categories_of(struct arena *arena, const struct genre *genre, struct dice *dice)
{
    struct text_list list = {arena_alloc_array(arena, 2, sizeof(char *)), 0};

    list.items[list.count++] = genre->category;
    if (genre->further_count && dice_chance(dice, FURTHER_CATEGORY_PERCENT))
        list.items[list.count++] = genre->further[dice_below(dice, (uint32_t)genre->further_count)];
    return list;
}

static const char *edition_of(struct dice *dice)
{
    static const char *const editions[] = {"2nd edition", "3rd edition", "New edition", "Revised edition",
                                           "Large print"};

    return dice_chance(dice, EDITION_PERCENT)
               ? editions[dice_below(dice, sizeof editions / sizeof editions[0])]
               : NULL;
}

struct book_facts invent_book(struct arena *arena, const struct invention *invention, uint32_t index)
{
    const struct planned_book *planned = &invention->plan->books[index];
    const struct language *language = language_of_book(invention, index);
    struct dice dice = dice_for(invention, STREAM_BOOK, index, 0);
    struct book_facts facts = BOOK_FACTS_NONE;
    struct dice words;
    const struct title_pattern *pattern =
        draw_pattern(invention, index, invention->books[index].attempt, &words);

    facts.title = filled(arena, &words, &pattern->title, NULL);
    facts.subtitle = pattern->subtitle.text ? filled(arena, &words, &pattern->subtitle, NULL) : NULL;
    facts.author = authors_of(arena, invention, index, &dice);
    /* Newer ones are more: a throw below a throw. */
    facts.year = year_of(planned->at) - dice_below(&dice, 1 + dice_below(&dice, OLDEST_YEARS));
    bool without = dice_chance(&dice, WITHOUT_ISBN_PERCENT) || facts.year < FIRST_ISBN_YEAR;
    facts.isbn = without ? NULL : isbn_of(arena, invention, index);
    facts.publisher =
        language->publishers->words[dice_below(&dice, (uint32_t)language->publishers->count)].text;
    facts.edition = edition_of(&dice);
    facts.language = language->code;
    facts.categories = categories_of(arena, pattern->genre, &dice);
    facts.item_type = dice_chance(&dice, AUDIO_PERCENT) ? "audio" : "book";
    if (strcmp(pattern->genre->key, "reference") == 0)
        facts.item_type = "reference";
    facts.total_copies = planned->copies;
    return facts;
}

/* ---- people -------------------------------------------------------------------------------------------------- */

static const char *name_of(struct arena *arena, const struct invention *invention, uint32_t index,
                           const char **out_latin)
{
    const struct language *language = &invention->lexicon->languages[invention->members[index].language];
    struct dice dice = dice_for(invention, STREAM_NAME, index, 0);

    return filled(arena, &dice, draw_name(language, &dice), out_latin);
}

/* "Zoë de Luca" → "zoe.de.luca": what stands before the @. */
static const char *local_part(struct arena *arena, const char *latin)
{
    const char *folded = text_fold(arena, latin);
    struct text_buf local;
    bool word_ended = false;

    text_buf_init(&local, arena);
    for (const char *c = folded; *c; c++) {
        if (*c >= 'a' && *c <= 'z') {
            if (word_ended && local.length)
                text_buf_append_char(&local, '.');
            text_buf_append_char(&local, *c);
        }
        word_ended = *c == ' ' || (word_ended && (*c < 'a' || *c > 'z'));
    }
    return text_buf_string(&local);
}

static void settle_members(struct arena *arena, struct invention *invention)
{
    size_t count = invention->plan->member_count;
    struct text_set taken = set_for(arena, count);

    invention->members = arena_alloc_array(arena, count, sizeof *invention->members);
    for (uint32_t i = 0; i < count; i++) {
        struct dice dice = dice_for(invention, STREAM_LANGUAGE, i, 1);
        struct arena_mark mark = arena_mark(arena);
        const char *latin;

        invention->members[i].language = draw_language(invention->lexicon, &dice, false);
        name_of(arena, invention, i, &latin);
        const char *local = local_part(arena, latin);
        invention->members[i].numbered = !set_add(&taken, print_of(local, strlen(local)));
        arena_reset_to(arena, mark);
    }
}

/* Domains that RFC 2606 keeps for examples: no letter ever reaches anybody. */
static const char *email_of(struct arena *arena, const struct invention *invention, uint32_t index,
                            const char *latin, struct dice *dice)
{
    static const char *const domains[] = {"example.org", "example.net", "example.com"};
    const char *local = local_part(arena, latin);
    const char *domain = domains[dice_below(dice, sizeof domains / sizeof domains[0])];

    if (!dice_chance(dice, EMAIL_PERCENT) || !*local)
        return NULL;
    return invention->members[index].numbered
               ? arena_printf(arena, "%s%" PRIu32 "@%s", local, index + 1, domain)
               : arena_printf(arena, "%s@%s", local, domain);
}

/* Numbers that Ofcom keeps for drama: no telephone rings. */
static const char *phone_of(struct arena *arena, struct dice *dice)
{
    static const char *const starts[] = {"+44 7700 900", "+44 1632 960"};
    const char *start = starts[dice_below(dice, sizeof starts / sizeof starts[0])];
    uint32_t number = dice_below(dice, 1000);

    return dice_chance(dice, PHONE_PERCENT) ? arena_printf(arena, "%s%03" PRIu32, start, number) : NULL;
}

static int64_t birth_date(struct dice *dice, int64_t joined, int64_t youngest, int64_t oldest)
{
    return clock_day_of(joined) - dice_between(dice, youngest * 365 + 1, oldest * 365);
}

static void invent_type(struct arena *arena, struct dice *dice, const struct planned_member *planned,
                        struct member_facts *facts)
{
    const char *type = plan_kinds[planned->kind].name;

    facts->member_type = type;
    if (strcmp(type, "adult") == 0 && dice_chance(dice, 40)) {
        facts->birth_date = birth_date(dice, planned->at, 25, 85);
    } else if (strcmp(type, "student") == 0) {
        facts->birth_date = birth_date(dice, planned->at, 14, 26);
    } else if (strcmp(type, "child") == 0) {
        facts->birth_date = birth_date(dice, planned->at, 5, 12);
        facts->group = arena_printf(arena, "Class %c%c", (char)('1' + dice_below(dice, 6)),
                                    (char)('a' + dice_below(dice, 3)));
    }
}

/* Only those who never borrow let their membership lapse; everyone else's lasts beyond the present. */
static int64_t last_day(const struct invention *invention, const struct planned_member *planned,
                        struct dice *dice)
{
    if (plan_segments[planned->segment].weight == 0 && dice_chance(dice, LAPSED_PERCENT))
        return clock_day_of(planned->at) + 365;
    int64_t day = clock_day_of(invention->now) + dice_between(dice, 40, 700);
    return dice_chance(dice, TERM_PERCENT) ? day : NO_NUMBER;
}

struct member_facts invent_member(struct arena *arena, const struct invention *invention, uint32_t index)
{
    const struct planned_member *planned = &invention->plan->members[index];
    struct dice dice = dice_for(invention, STREAM_MEMBER, index, 0);
    struct member_facts facts = MEMBER_FACTS_NONE;
    const char *latin;

    facts.name = name_of(arena, invention, index, &latin);
    facts.email = email_of(arena, invention, index, latin, &dice);
    facts.phone = phone_of(arena, &dice);
    invent_type(arena, &dice, planned, &facts);
    facts.expires_on = last_day(invention, planned, &dice);
    return facts;
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

const struct invention *invent_prepare(struct arena *arena, const struct lexicon *lexicon,
                                       const struct plan *plan, uint64_t random_seed, int64_t now)
{
    struct invention *invention = arena_alloc(arena, sizeof *invention);

    *invention = (struct invention){.lexicon = lexicon, .plan = plan, .random_seed = random_seed, .now = now};
    settle_books(arena, invention);
    settle_members(arena, invention);
    return invention;
}
