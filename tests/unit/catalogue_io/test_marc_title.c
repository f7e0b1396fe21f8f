/*
 * test_marc_title.c — what the fields of a record become in the catalogue, and what a title becomes as a record.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/marc_title.h"

#define CHANGED_AT 1795339800000 /* 2026-11-22T09:30:00Z */
#define UUID "01890000-0000-7000-8000-000000000001"

static struct arena arena;
static struct ctx ctx;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    ctx = (struct ctx){.arena = &arena, .currency_exponent = 2};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ---- records as text: "245 10$aTitle :$brest", a field a line ------------------------------------------------ */

static void add_line(struct marc_record *record, const char *line)
{
    const char *tag = arena_strndup(&arena, line, 3);
    const char *at = line + 4;

    if (marc_is_control_tag(tag)) {
        assert_true(marc_add_control(&arena, record, tag, at));
        return;
    }
    struct marc_field *field = marc_add_field(&arena, record, tag, at[0], at[1]);
    for (at = strchr(at, '$'); at; at = strchr(at + 1, '$'))
        marc_add_subfield(&arena, field, at[1], arena_strndup(&arena, at + 2, strcspn(at + 2, "$")));
}

static struct marc_record *record_of(const char *text)
{
    struct marc_record *record = arena_alloc(&arena, sizeof *record);

    marc_begin(record, "00000nam a2200000 a 4500", 24);
    while (*text) {
        size_t length = strcspn(text, "\n");
        add_line(record, arena_strndup(&arena, text, length));
        text += length + (text[length] == '\n');
    }
    return record;
}

static const char *text_of(const struct marc_record *record)
{
    struct text_buf out;

    text_buf_init(&out, &arena);
    for (const struct marc_field *field = record->fields; field; field = field->next) {
        text_buf_printf(&out, "%s ", field->tag);
        if (field->text)
            text_buf_append(&out, field->text);
        else
            text_buf_append_bytes(&out, field->indicators, 2);
        for (const struct marc_subfield *subfield = field->subfields; subfield; subfield = subfield->next)
            text_buf_printf(&out, "$%c%s", subfield->code, subfield->text);
        text_buf_append(&out, "\n");
    }
    return text_buf_string(&out);
}

static struct import_title title_of(const char *text)
{
    struct import_title title;

    marc_title_read(&ctx, record_of(text), &title);
    return title;
}

static const char full[] =
    "001 42\n005 19990101000000.0\n008 860101s1986    xx            000 1 eng d\n"
    "020   $a0-14-044913-5 (pbk.)\n020   $a9780140449136\n"
    "100 1 $aDostoevsky, Fyodor,$d1821-1881.\n"
    "245 14$aThe idiot :$ba novel /$cFyodor Dostoevsky.\n250   $a2nd ed.\n"
    "264  1$aLondon :$bPenguin,$cc1986.\n300   $a660 p. ;$c20 cm.\n490 0 $aClassics ;$v7\n"
    "520   $aA prince comes home.\n650  0$aPrinces$vFiction.\n655  7$aNovels.\n"
    "700 1 $aMagarshack, David,$4trl\n700 1 $aFrank, Joseph.\n"
    "856 40$uhttps://example.org/idiot\n880 14$6245-01$aИдиот /\n"
    "952   $p39000000000019$cStack$oDOS\n952   $cStack\n";

/* ---- reading ----------------------------------------------------------------------------------------------- */

static void test_marc_title__takes_what_small_libraries_use(void **state)
{
    (void)state;
    struct import_title title = title_of(full);
    const struct book_facts *facts = &title.facts;

    assert_int_equal(title.outcome, IMPORT_AS_IT_IS);
    assert_string_equal(facts->title, "The idiot");
    assert_string_equal(facts->subtitle, "a novel = Идиот");
    assert_string_equal(facts->author, "Dostoevsky, Fyodor; Frank, Joseph");
    assert_string_equal(facts->isbn, "9780140449136");
    assert_string_equal(facts->publisher, "Penguin");
    assert_int_equal(facts->year, 1986);
    assert_string_equal(facts->edition, "2nd ed.");
    assert_string_equal(facts->language, "eng");
    assert_string_equal(facts->description,
                        "A prince comes home.\n(Classics ; 7)\nhttps://example.org/idiot");
    assert_string_equal(facts->item_type, "book");
    assert_int_equal(facts->categories.count, 2);
    assert_string_equal(facts->categories.items[0], "Princes");
    assert_string_equal(facts->categories.items[1], "Novels");
    assert_int_equal(facts->total_copies, 2);
    assert_int_equal(title.copy_count, 2);
    assert_string_equal(title.copies[0].barcode, "39000000000019");
    assert_string_equal(title.copies[0].shelf, "Stack DOS");
    assert_null(title.copies[1].barcode);
}

static void test_marc_title__parts_belong_to_the_title(void **state)
{
    (void)state;
    assert_string_equal(title_of("245 10$aFaust.$nPart 2,$pDer Tragödie zweiter Teil /$cGoethe.").facts.title,
                        "Faust. Part 2, Der Tragödie zweiter Teil");
}

static void test_marc_title__abbreviations_keep_their_stop(void **state)
{
    (void)state;
    struct import_title title =
        title_of("100 1 $aGalliher, John F.\n245 10$aA title.\n260   $bAcme Inc.,$c[2001]");

    assert_string_equal(title.facts.author, "Galliher, John F.");
    assert_string_equal(title.facts.title, "A title");
    assert_string_equal(title.facts.publisher, "Acme Inc.");
    assert_int_equal(title.facts.year, 2001);
}

static void test_marc_title__without_an_author_the_statement_counts_or_nobody(void **state)
{
    (void)state;
    assert_string_equal(title_of("245 00$aAtlas /$cedited by Ann Lee.").facts.author, "edited by Ann Lee.");
    struct import_title title = title_of("245 00$aAtlas.");
    assert_string_equal(title.facts.author, MARC_NO_AUTHOR);
    assert_int_equal(title.outcome, IMPORT_REPAIRED);
    assert_int_equal(title.reasons->code, IMPORT_AUTHOR_UNKNOWN);
}

static void test_marc_title__without_a_title_it_is_refused(void **state)
{
    (void)state;
    assert_int_equal(title_of("100 1 $aSomebody").outcome, IMPORT_REFUSED);
}

static void test_marc_title__the_leader_says_what_it_is(void **state)
{
    static const char *const kinds[][2] = {{"am", "book"},  {"as", "periodical"}, {"jm", "audio"},
                                           {"gm", "video"}, {"rm", "game"},       {"em", "other"}};
    struct marc_record *record = record_of("245 10$aX");
    struct import_title title;

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        memcpy(record->leader + 6, kinds[i][0], 2);
        marc_title_read(&ctx, record, &title);
        assert_string_equal(title.facts.item_type, kinds[i][1]);
    }
}

static void test_marc_title__a_barcode_that_no_scanner_reads_is_refused(void **state)
{
    (void)state;
    assert_int_equal(title_of("245 10$aX\n852   $pé12").outcome, IMPORT_REFUSED);
}

/* ---- writing ----------------------------------------------------------------------------------------------- */

static const char *written(const struct book_facts *facts, const struct marc_holding *holdings,
                           const struct marc_record *original)
{
    struct marc_record record;

    marc_title_write(&ctx, facts, UUID, CHANGED_AT, holdings, original, &record);
    return text_of(&record);
}

/* Copies as the library has them after the import: the second was given a barcode. */
static struct marc_holding second = {.barcode = "39000000000027", .shelf = "Stack"};
static struct marc_holding first = {.barcode = "39000000000019", .shelf = "Stack DOS", .next = &second};

static void test_marc_title__an_untouched_title_goes_out_as_it_came(void **state)
{
    struct import_title title = title_of(full);

    (void)state;
    assert_string_equal(written(&title.facts, &first, record_of(full)), full);
}

static void assert_line(const char *text, const char *line)
{
    if (!strstr(text, line))
        print_message("%s\nis not in\n%s", line, text);
    assert_non_null(strstr(text, line));
}

static void test_marc_title__what_was_changed_is_written_anew_and_nothing_else(void **state)
{
    struct book_facts facts = title_of(full).facts;
    const char *categories[] = {"Princes", "Epilepsy"};

    (void)state;
    facts.title = "The Idiot";
    facts.year = 1987;
    facts.categories = (struct text_list){categories, 2};
    const char *text = written(&facts, &first, record_of(full));
    assert_line(text, "\n245 14$aThe Idiot :$ba novel = Идиот /$cDostoevsky, Fyodor; Frank, Joseph.\n");
    assert_line(text, "\n264  1$aLondon :$bPenguin,$c1987.\n");
    assert_line(text, "\n005 20261122093000.0\n");
    assert_line(text, "\n008 860101s1987    xx            000 1 eng d\n");
    assert_line(text, "\n650  0$aPrinces$vFiction.\n");
    assert_line(text, "\n650  4$aEpilepsy\n");
    assert_null(strstr(text, "Novels"));
    assert_line(text, "\n300   $a660 p. ;$c20 cm.\n490 0 $aClassics ;$v7\n520   $aA prince comes home.\n");
    assert_line(text, "\n952   $p39000000000019$cStack$oDOS\n952   $cStack\n");
}

/* The library has one category for "Princes" and "princes", under the spelling that came first. */
static void test_marc_title__a_category_spelled_otherwise_is_no_change(void **state)
{
    const char *record =
        "245 10$aA title\n100 1 $aSomebody\n650  0$aPrinces$vFiction.\n655  7$aprinces$2fast\n";
    struct book_facts facts = title_of(record).facts;
    const char *categories[] = {"PRINCES"};

    (void)state;
    facts.categories = (struct text_list){categories, 1};
    assert_string_equal(written(&facts, NULL, record_of(record)), record);
}

static void test_marc_title__what_is_beside_a_change_stays(void **state)
{
    struct book_facts facts = title_of(full).facts;

    (void)state;
    facts.author = "Dostoyevsky, Fyodor";
    facts.description =
        "(Out of print.)\n(Classics ; 7)\nhttps://example.org/idiot\nhttps://example.org/other";
    facts.year = NO_NUMBER;
    facts.language = NULL;
    const char *text = written(&facts, &first, record_of(full));
    assert_line(text, "\n700 1 $aMagarshack, David,$4trl\n");
    assert_null(strstr(text, "Frank, Joseph"));
    assert_line(text, "\n520   $a(Out of print.)\n520   $ahttps://example.org/other\n");
    assert_null(strstr(text, "$a(Classics"));
    /* What was taken away is not told all the same. */
    assert_line(text, "\n008 860101suuuu    xx            000 1     d\n");
}

static void test_marc_title__other_copies_are_other_holdings(void **state)
{
    struct import_title title = title_of(full);

    (void)state;
    const char *text = written(&title.facts, &second, record_of(full));

    assert_line(text, "\n852 8 $cStack$p39000000000027\n");
    assert_null(strstr(text, "952"));
}

static void test_marc_title__a_title_of_our_own_is_a_record_too(void **state)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    const char *categories[] = {"Fairy tales"};

    (void)state;
    facts.title = "Die unendliche Geschichte";
    facts.author = "Ende, Michael; Quadflieg, Roswitha";
    facts.isbn = "9783522128001";
    facts.publisher = "Thienemann";
    facts.year = 1979;
    facts.language = "de";
    facts.item_type = "book";
    facts.categories = (struct text_list){categories, 1};
    const char *text = written(&facts, &second, NULL);
    assert_string_equal(
        text,
        "001 " UUID "\n005 20261122093000.0\n008 261122s1979    xx                  ger d\n"
        "020   $a9783522128001\n041   $ager\n100 1 $aEnde, Michael.\n"
        "245 14$aDie unendliche Geschichte /$cEnde, Michael; Quadflieg, Roswitha.\n"
        "264  1$bThienemann,$c1979.\n650  4$aFairy tales\n700 1 $aQuadflieg, Roswitha.\n852 8 $cStack$p39000000000027\n");
    /* And read again it is the same title. */
    struct import_title again = title_of(text);
    assert_string_equal(again.facts.title, facts.title);
    assert_string_equal(again.facts.author, facts.author);
    assert_string_equal(again.facts.publisher, facts.publisher);
    assert_int_equal(again.facts.year, facts.year);
    assert_string_equal(again.facts.language, "ger");
    assert_string_equal(again.copies[0].barcode, "39000000000027");
}

static void test_marc_title__a_stop_is_written_only_where_it_is_taken_off_again(void **state)
{
    struct book_facts facts = BOOK_FACTS_NONE;

    (void)state;
    facts.title = "It";
    facts.subtitle = "a play, rev";
    facts.author = "Tolkien, J. R. R.; Lem; King, Ian";
    facts.edition = "2nd ed.";
    facts.item_type = "book";
    for (int i = 0; i < 2; i++) {
        struct import_title again = title_of(written(&facts, NULL, NULL));
        assert_string_equal(again.facts.title, facts.title);
        if (facts.subtitle)
            assert_string_equal(again.facts.subtitle, facts.subtitle);
        assert_string_equal(again.facts.author, facts.author);
        assert_string_equal(again.facts.edition, facts.edition);
        facts.author = "Unknown";
        facts.subtitle = NULL;
    }
}

static void test_marc_title__a_barcode_is_taken_to_the_letter(void **state)
{
    (void)state;
    assert_string_equal(title_of("245 00$aA\n852   $pAB-7.\n").copies[0].barcode, "AB-7.");
}

static void test_marc_title__a_name_within_another_is_a_name(void **state)
{
    (void)state;
    assert_string_equal(title_of("245 00$aA\n100 1 $aAann\n700 1 $aann\n700 1 $aAann\n").facts.author,
                        "Aann; ann");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_marc_title__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(takes_what_small_libraries_use),
        TEST(parts_belong_to_the_title),
        TEST(abbreviations_keep_their_stop),
        TEST(without_an_author_the_statement_counts_or_nobody),
        TEST(without_a_title_it_is_refused),
        TEST(the_leader_says_what_it_is),
        TEST(a_barcode_that_no_scanner_reads_is_refused),
        TEST(an_untouched_title_goes_out_as_it_came),
        TEST(what_was_changed_is_written_anew_and_nothing_else),
        TEST(a_category_spelled_otherwise_is_no_change),
        TEST(what_is_beside_a_change_stays),
        TEST(other_copies_are_other_holdings),
        TEST(a_title_of_our_own_is_a_record_too),
        TEST(a_barcode_is_taken_to_the_letter),
        TEST(a_name_within_another_is_a_name),
        TEST(a_stop_is_written_only_where_it_is_taken_off_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
