/*
 * import_profiles.c — the exports of other systems, and what their columns are. Headers that are told by themselves
 * (import_fields.c) need no line here: a profile says what differs, and by which headers the file is known.
 *
 * Sources. Goodreads: the header of goodreads_library_export.csv, as in jsr6720/goodreads-csv-to-md (md-template.md).
 * LibraryThing: the header of its TSV export ("Primary Author", "Secondary Author", "Publication" …), in which ISBNs
 * stand in brackets. Calibre: the fields of a CSV catalogue, as `calibredb list --fields` names them (calibredb(1)).
 * BiblioteQ: Data/BiblioteQ.csv of textbrowser/biblioteq. Koha: the columns of `borrowers` as its patron import takes
 * them (cardnumber,surname,firstname … dateexpiry … borrowernotes), and those of `items`, `biblio` and `issues` that a
 * saved report gives. OpenBiblio: the columns of its tables member, biblio and biblio_copy, as people export them
 * (jzakotnik/openlibry, README).
 */
#include "catalogue_io/import_profiles.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "catalogue_io/import_columns.h"

static const struct built_in {
    const char *name, *kind;
    const char
        *known_by; /* headers that such a file has, as import_header_words() gives them, parted by bars */
    const char *columns; /* as in struct import_profile */
    const char *duplicates;
} built_ins[] = {
    {"LibraryThing", "titles", "primary author|publication|isbns|work id",
     "Title\ttitle\nPrimary Author\tauthor\nISBN\tisbn\nISBNs\t\nDate\tyear\nPublication\tpublisher\nSummary\t\n"
     "Languages\tlanguage\nTags\tcategories\nSubjects\t\nCopies\ttotal_copies\nBarcode\tbarcode\n",
     "skip"},
    {"Goodreads", "titles", "book id|author l f|exclusive shelf|my rating",
     "Title\ttitle\nAuthor\tauthor\nAuthor l-f\t\nAdditional Authors\t\nISBN\tisbn\nISBN13\tisbn\n"
     "Publisher\tpublisher\nYear Published\tyear\nOriginal Publication Year\t\nOwned Copies\t\n",
     "skip"},
    {"Calibre", "titles", "author sort|authors|pubdate|uuid",
     "title\ttitle\nauthors\tauthor\nauthor_sort\t\nisbn\tisbn\npublisher\tpublisher\npubdate\tyear\n"
     "comments\tdescription\ntags\tcategories\nlanguages\tlanguage\nseries\t\n",
     "skip"},
    {"BiblioteQ", "titles", "authors|isbn 10|lc control number|accession number",
     "Title\ttitle\nAuthors\tauthor\nISBN-10\tisbn\nISBN-13\tisbn\nPublisher\tpublisher\nEdition\tedition\n"
     "Publication Date\tyear\nCategories\tcategories\nLanguage\tlanguage\nQuantity\ttotal_copies\n",
     "skip"},
    {"Koha: titles", "titles", "biblionumber|title|author",
     "title\ttitle\nsubtitle\tsubtitle\nauthor\tauthor\nisbn\tisbn\npublishercode\tpublisher\n"
     "copyrightdate\tyear\nitemtype\t\nabstract\tdescription\n",
     "skip"},
    {"Koha: items", "copies", "barcode|itemcallnumber|homebranch",
     "barcode\tbarcode\nitemcallnumber\tshelf\ndateaccessioned\tacquired_on\nreplacementprice\tprice\nprice\t\n"
     "itemnotes_nonpublic\tnote\nlocation\t\n",
     "skip"},
    {"Koha: patrons", "members", "cardnumber|surname|categorycode",
     "cardnumber\tcard\nsurname\tlast_name\nfirstname\tfirst_name\ntitle\t\nemail\temail\nphone\tphone\n"
     "categorycode\tmember_type\ndateofbirth\tbirth_date\ndateexpiry\texpires_on\nborrowernotes\tnote\n"
     "debarred\tsuspended_until\ndebarredcomment\tstatus_reason\nmobile\t\n",
     "skip"},
    {"Koha: checkouts", "loans", "cardnumber|barcode|issuedate|date due",
     "cardnumber\tcard\nbarcode\tbarcode\nissuedate\tborrowed_on\ndate_due\tdue_on\nrenewals\trenewals\n"
     "renewals_count\trenewals\n",
     "skip"},
    {"OpenBiblio: titles", "titles", "bibid|title remainder|responsibility stmt",
     "title\ttitle\ntitle_remainder\tsubtitle\nauthor\tauthor\ntopic1\tcategories\n", "skip"},
    {"OpenBiblio: copies", "copies", "bibid|copyid|barcode nmbr|status cd",
     "barcode_nmbr\tbarcode\ncopy_desc\tnote\nstatus_cd\tstatus\ncreate_dt\tacquired_on\ntitle\ttitle\n"
     "author\tauthor\ncall_nmbr1\tshelf\n",
     "skip"},
    {"OpenBiblio: members", "members", "mbrid|barcode nmbr|last name|first name",
     "barcode_nmbr\tcard\nlast_name\tlast_name\nfirst_name\tfirst_name\nemail\temail\nhome_phone\tphone\n"
     "school_grade\tgroup\nmembership_end\texpires_on\nclassification\t\nwork_phone\t\n",
     "skip"},
    {"Carrel: titles and copies", "titles", "total copies|available copies|borrow count|version",
     "title\ttitle\ntotal_copies\ttotal_copies\n", "skip"},
    {"Carrel: titles, with their copies apart", "titles",
     "copies apart|available copies|borrow count|version", "title\ttitle\ncopies_apart\tcopies_apart\n",
     "skip"},
    {"Carrel: copies", "copies", "book id|book title|barcode|version",
     "book_id\tbook_id\nbook_isbn\tisbn\nbook_title\ttitle\nbook_author\tauthor\nbook_year\tyear\nbarcode\tbarcode\n",
     "skip"},
    {"Carrel: members", "members", "card|member type|active borrows count|version",
     "card\tcard\nname\tname\n", "skip"},
    {"Carrel: open loans", "loans", "member card|copy barcode|due date|renewals",
     "member_card\tcard\nmember_email\temail\nmember_name\tmember\ncopy_barcode\tbarcode\nbook_isbn\t\n"
     "borrowed_at\tborrowed_on\ndue_date\tdue_on\nrenewals\trenewals\n",
     "skip"},
};

#define BUILT_IN_COUNT (sizeof built_ins / sizeof built_ins[0])

/* Ids that stay the same from one version of the program to the next: their place in the table. */
static struct uuid uuid_at(size_t index)
{
    struct uuid uuid = {.bytes = {0xca, 0x77, 0xe1, 0, 0, 0, 0x70, 0, 0x80}};

    uuid.bytes[UUID_BYTES - 1] = (uint8_t)(index + 1);
    return uuid;
}

bool import_profiles_built_in(size_t index, struct import_profile *out_profile)
{
    if (index >= BUILT_IN_COUNT)
        return false;
    const struct built_in *built_in = &built_ins[index];
    *out_profile = (struct import_profile){.uuid = uuid_at(index),
                                           .name = built_in->name,
                                           .kind = built_in->kind,
                                           .columns = built_in->columns,
                                           .duplicates = built_in->duplicates,
                                           .built_in = true,
                                           .version = 1};
    return true;
}

static bool has_header(struct arena *arena, const char *const *headers, size_t count, const char *words,
                       size_t length)
{
    for (size_t i = 0; i < count; i++) {
        const char *its = import_header_words(arena, headers[i]);
        if (strlen(its) == length && memcmp(its, words, length) == 0)
            return true;
    }
    return false;
}

bool import_profiles_recognise(struct arena *arena, const char *kind, const char *const *headers,
                               size_t count, struct import_profile *out_profile)
{
    for (size_t i = 0; i < BUILT_IN_COUNT; i++) {
        const char *known_by = built_ins[i].known_by;
        bool all = strcmp(built_ins[i].kind, kind) == 0;
        while (all && *known_by) {
            size_t length = strcspn(known_by, "|");
            all = has_header(arena, headers, count, known_by, length);
            known_by += length + (known_by[length] == '|');
        }
        if (all)
            return import_profiles_built_in(i, out_profile);
    }
    return false;
}

const struct import_field *import_profiles_fields_of(const char *kind)
{
    static const struct {
        const char *kind;
        const struct import_field *fields;
    } kinds[] = {{"titles", import_title_fields},
                 {"copies", import_copy_fields},
                 {"members", import_member_fields},
                 {"loans", import_loan_fields}};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].fields;
    return NULL;
}

static const char *const kind_names[] = {"titles", "copies", "members", "loans", NULL};
static const char *const duplicate_names[] = {"skip", "add_copies", "merge", NULL};

/* clang-format off */
/* As csv_encodings and import_delimiters have them (csv_reader.h, import_service.h): a table of fields needs constants. */
static const char *const delimiter_names[] = {"comma", "semicolon", "tab", "bar", NULL};
static const char *const encoding_names[] = {"UTF-8", "Windows-1252", "UTF-16LE", "UTF-16BE", NULL};

const struct field import_profile_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, IMPORT_PROFILE_NAME_MAX, AT(struct import_profile_facts, name), "What people choose it by"},
    {"kind", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct import_profile_facts, kind), "What the rows of such a file are", kind_names},
    {"encoding", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_profile_facts, encoding), "Of the file; null: recognised", encoding_names},
    {"delimiter", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_profile_facts, delimiter), "Between the cells; null: recognised", delimiter_names},
    {"columns", FIELD_TEXT, REQUIRED, 1, IMPORT_COLUMNS_TEXT_MAX, AT(struct import_profile_facts, columns),
     "What its columns become: lines of a header, a tab and a field (none: left out). Those that are not named are recognised"},
    {"duplicates", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_profile_facts, duplicates),
     "What is done with what the library has already (default skip)", duplicate_names},
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"built_in", FIELD_BOOL, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"created_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"updated_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored; say the version you have read in If-Match"},
    {0},
};
/* clang-format on */
