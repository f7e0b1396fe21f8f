/*
 * import_columns.c — the table of headers that people and programs write, best first.
 */
#include "catalogue_io/import_columns.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

#define HEADER_WORDS_MAX 8

/* Headers as words of folded text (base/text.h), best first among those of one column. */
static const struct synonym {
    const char *words;
    enum import_column means;
} synonyms[] = {
    {"title", COLUMN_OF_TITLE},
    {"book title", COLUMN_OF_TITLE},
    {"title proper", COLUMN_OF_TITLE},
    {"main title", COLUMN_OF_TITLE},
    {"titel", COLUMN_OF_TITLE}, /* de, nl */
    {"hauptsachtitel", COLUMN_OF_TITLE},
    {"buchtitel", COLUMN_OF_TITLE},
    {"titre", COLUMN_OF_TITLE},  /* fr */
    {"titulo", COLUMN_OF_TITLE}, /* es, pt */
    {"titolo", COLUMN_OF_TITLE}, /* it */
    {"tytul", COLUMN_OF_TITLE},  /* pl */
    {"name", COLUMN_OF_TITLE},
    {"original title", COLUMN_OF_TITLE},

    {"subtitle", COLUMN_OF_SUBTITLE},
    {"sub title", COLUMN_OF_SUBTITLE},
    {"remainder of title", COLUMN_OF_SUBTITLE},
    {"untertitel", COLUMN_OF_SUBTITLE},
    {"sous titre", COLUMN_OF_SUBTITLE},
    {"subtitulo", COLUMN_OF_SUBTITLE},
    {"sottotitolo", COLUMN_OF_SUBTITLE},
    {"ondertitel", COLUMN_OF_SUBTITLE},

    {"author", COLUMN_OF_AUTHOR},
    {"author name", COLUMN_OF_AUTHOR},
    {"primary author", COLUMN_OF_AUTHOR},
    {"main author", COLUMN_OF_AUTHOR},
    {"autor", COLUMN_OF_AUTHOR}, /* de, es, pt */
    {"verfasser", COLUMN_OF_AUTHOR},
    {"auteur", COLUMN_OF_AUTHOR}, /* fr, nl */
    {"autore", COLUMN_OF_AUTHOR}, /* it */
    {"creator", COLUMN_OF_AUTHOR},
    {"by", COLUMN_OF_AUTHOR},

    {"authors", COLUMN_OF_AUTHORS},
    {"author s", COLUMN_OF_AUTHORS},
    {"autoren", COLUMN_OF_AUTHORS},
    {"auteurs", COLUMN_OF_AUTHORS},
    {"autores", COLUMN_OF_AUTHORS},
    {"autori", COLUMN_OF_AUTHORS},
    {"creators", COLUMN_OF_AUTHORS},

    {"isbn", COLUMN_OF_ISBN},
    {"isbn 10", COLUMN_OF_ISBN},
    {"isbn10", COLUMN_OF_ISBN},
    {"isbn issn", COLUMN_OF_ISBN},
    {"isbn nummer", COLUMN_OF_ISBN},

    {"isbn13", COLUMN_OF_ISBN13},
    {"isbn 13", COLUMN_OF_ISBN13},
    {"ean", COLUMN_OF_ISBN13},
    {"ean13", COLUMN_OF_ISBN13},

    {"publisher", COLUMN_OF_PUBLISHER},
    {"publisher name", COLUMN_OF_PUBLISHER},
    {"verlag", COLUMN_OF_PUBLISHER},
    {"editeur", COLUMN_OF_PUBLISHER},
    {"editorial", COLUMN_OF_PUBLISHER},
    {"editora", COLUMN_OF_PUBLISHER},
    {"editore", COLUMN_OF_PUBLISHER},
    {"uitgever", COLUMN_OF_PUBLISHER},
    {"uitgeverij", COLUMN_OF_PUBLISHER},

    {"edition", COLUMN_OF_EDITION}, /* en, fr */
    {"edition statement", COLUMN_OF_EDITION},
    {"auflage", COLUMN_OF_EDITION},
    {"ausgabe", COLUMN_OF_EDITION},
    {"edicion", COLUMN_OF_EDITION},
    {"edizione", COLUMN_OF_EDITION},
    {"edicao", COLUMN_OF_EDITION},
    {"druk", COLUMN_OF_EDITION},

    {"year", COLUMN_OF_YEAR},
    {"publication year", COLUMN_OF_YEAR},
    {"year published", COLUMN_OF_YEAR},
    {"year of publication", COLUMN_OF_YEAR},
    {"published year", COLUMN_OF_YEAR},
    {"pub year", COLUMN_OF_YEAR},
    {"copyright year", COLUMN_OF_YEAR},
    {"publication date", COLUMN_OF_YEAR},
    {"date published", COLUMN_OF_YEAR},
    {"published", COLUMN_OF_YEAR},
    {"date", COLUMN_OF_YEAR},
    {"jahr", COLUMN_OF_YEAR},
    {"erscheinungsjahr", COLUMN_OF_YEAR},
    {"annee", COLUMN_OF_YEAR},
    {"annee de publication", COLUMN_OF_YEAR},
    {"date de publication", COLUMN_OF_YEAR},
    {"ano", COLUMN_OF_YEAR}, /* es, pt */
    {"ano de publicacion", COLUMN_OF_YEAR},
    {"ano de publicacao", COLUMN_OF_YEAR},
    {"anno", COLUMN_OF_YEAR},
    {"anno di pubblicazione", COLUMN_OF_YEAR},
    {"jaar", COLUMN_OF_YEAR},
    {"original publication year", COLUMN_OF_YEAR},

    {"language", COLUMN_OF_LANGUAGE},
    {"language code", COLUMN_OF_LANGUAGE},
    {"lang", COLUMN_OF_LANGUAGE},
    {"languages", COLUMN_OF_LANGUAGE},
    {"sprache", COLUMN_OF_LANGUAGE},
    {"langue", COLUMN_OF_LANGUAGE},
    {"idioma", COLUMN_OF_LANGUAGE},
    {"lingua", COLUMN_OF_LANGUAGE},
    {"taal", COLUMN_OF_LANGUAGE},

    {"description", COLUMN_OF_DESCRIPTION}, /* en, fr */
    {"summary", COLUMN_OF_DESCRIPTION},
    {"abstract", COLUMN_OF_DESCRIPTION},
    {"beschreibung", COLUMN_OF_DESCRIPTION},
    {"zusammenfassung", COLUMN_OF_DESCRIPTION},
    {"resume", COLUMN_OF_DESCRIPTION},
    {"descripcion", COLUMN_OF_DESCRIPTION},
    {"resumen", COLUMN_OF_DESCRIPTION},
    {"descrizione", COLUMN_OF_DESCRIPTION},
    {"descricao", COLUMN_OF_DESCRIPTION},
    {"beschrijving", COLUMN_OF_DESCRIPTION},

    {"item type", COLUMN_OF_ITEM_TYPE},
    {"material type", COLUMN_OF_ITEM_TYPE},

    {"categories", COLUMN_OF_CATEGORIES},
    {"category", COLUMN_OF_CATEGORIES},
    {"genres", COLUMN_OF_CATEGORIES}, /* en, fr, de */
    {"genre", COLUMN_OF_CATEGORIES},
    {"subjects", COLUMN_OF_CATEGORIES},
    {"subject", COLUMN_OF_CATEGORIES},
    {"kategorien", COLUMN_OF_CATEGORIES},
    {"kategorie", COLUMN_OF_CATEGORIES},
    {"sachgebiet", COLUMN_OF_CATEGORIES},
    {"schlagworter", COLUMN_OF_CATEGORIES},
    {"sujets", COLUMN_OF_CATEGORIES},
    {"generos", COLUMN_OF_CATEGORIES},
    {"genero", COLUMN_OF_CATEGORIES},
    {"categorias", COLUMN_OF_CATEGORIES},
    {"categoria", COLUMN_OF_CATEGORIES}, /* es, pt, it */
    {"materias", COLUMN_OF_CATEGORIES},
    {"genere", COLUMN_OF_CATEGORIES},
    {"tags", COLUMN_OF_CATEGORIES},

    /* Not "books_count": that is how many editions the world has. */
    {"total copies", COLUMN_OF_COPIES},
    {"copies", COLUMN_OF_COPIES},
    {"number of copies", COLUMN_OF_COPIES},
    {"copies owned", COLUMN_OF_COPIES},
    {"owned copies", COLUMN_OF_COPIES},
    {"quantity", COLUMN_OF_COPIES},
    {"qty", COLUMN_OF_COPIES},
    {"exemplare", COLUMN_OF_COPIES},
    {"anzahl", COLUMN_OF_COPIES},
    {"anzahl exemplare", COLUMN_OF_COPIES},
    {"exemplaires", COLUMN_OF_COPIES},
    {"nombre d exemplaires", COLUMN_OF_COPIES},
    {"ejemplares", COLUMN_OF_COPIES},
    {"exemplares", COLUMN_OF_COPIES},
    {"copie", COLUMN_OF_COPIES},
    {"exemplaren", COLUMN_OF_COPIES},

    {"barcode", COLUMN_OF_BARCODE},
    {"bar code", COLUMN_OF_BARCODE},
    {"item barcode", COLUMN_OF_BARCODE},
    {"copy barcode", COLUMN_OF_BARCODE},
    {"strichcode", COLUMN_OF_BARCODE},
    {"code barres", COLUMN_OF_BARCODE},
    {"code barre", COLUMN_OF_BARCODE},
    {"codigo de barras", COLUMN_OF_BARCODE},
    {"codice a barre", COLUMN_OF_BARCODE},
};

#define SYNONYM_COUNT (sizeof synonyms / sizeof synonyms[0])

/* "Original_Publication-Year" → "original publication year" */
static const char *plain_words(struct arena *arena, const char *header)
{
    const char *words[HEADER_WORDS_MAX];
    struct text_buf joined;

    size_t count = text_words(arena, text_fold(arena, header), words, HEADER_WORDS_MAX);
    text_buf_init(&joined, arena);
    for (size_t i = 0; i < count; i++)
        text_buf_printf(&joined, "%s%s", i > 0 ? " " : "", words[i]);
    return text_buf_string(&joined);
}

/* The row of the table that knows this header; SYNONYM_COUNT: none. */
static size_t find_synonym(const char *words)
{
    size_t i = 0;

    while (i < SYNONYM_COUNT && strcmp(synonyms[i].words, words) != 0)
        i++;
    return i;
}

void import_columns_match(struct arena *arena, const char *const *headers, size_t count,
                          struct import_columns *out_columns)
{
    size_t best[IMPORT_COLUMN_COUNT];

    *out_columns = (struct import_columns){.count = count};
    for (int i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        out_columns->at[i] = -1;
        best[i] = SYNONYM_COUNT;
    }
    for (size_t i = 0; i < count; i++) {
        const char *header = text_clean(arena, headers[i], strlen(headers[i]));
        out_columns->headers[i] = header ? header : "";
        size_t rank = find_synonym(plain_words(arena, out_columns->headers[i]));
        if (rank == SYNONYM_COUNT || rank >= best[synonyms[rank].means])
            continue;
        enum import_column means = synonyms[rank].means;
        if (out_columns->at[means] >= 0)
            out_columns->means[out_columns->at[means]] = COLUMN_LEFT_OUT;
        best[means] = rank;
        out_columns->at[means] = (int)i;
        out_columns->means[i] = means;
    }
    /* One author column: the one that says what it holds more exactly. */
    if (out_columns->at[COLUMN_OF_AUTHOR] >= 0 && out_columns->at[COLUMN_OF_AUTHORS] >= 0) {
        out_columns->means[out_columns->at[COLUMN_OF_AUTHORS]] = COLUMN_LEFT_OUT;
        out_columns->at[COLUMN_OF_AUTHORS] = -1;
    }
}

/* A column keeps its own way of holding the field (authors, author), where its header had told it. */
static enum import_column told_column(const char *field, enum import_column meant)
{
    const char *its = import_column_field(meant);

    if (its && strcmp(its, field) == 0)
        return meant;
    for (int i = COLUMN_LEFT_OUT + 1; i < IMPORT_COLUMN_COUNT; i++) {
        if (strcmp(import_column_field((enum import_column)i), field) == 0)
            return (enum import_column)i;
    }
    return COLUMN_LEFT_OUT;
}

static bool stands_there(const struct import_columns *columns, size_t count, const char *field)
{
    for (size_t i = 0; i < count; i++) {
        const char *its = import_column_field(columns->means[i]);
        if (its && strcmp(its, field) == 0)
            return true;
    }
    return false;
}

const char *import_columns_tell(struct arena *arena, const char *told, struct import_columns *columns)
{
    struct import_columns said = {.count = columns->count};
    size_t i = 0;

    memcpy(said.headers, columns->headers, sizeof said.headers);
    for (int column = 0; column < IMPORT_COLUMN_COUNT; column++)
        said.at[column] = -1;
    for (bool more = true; more; i++) {
        size_t length = strcspn(told, ",");
        const char *field = arena_strndup(arena, told, length);
        more = told[length] == ',';
        told += length + more;
        if (length == 0)
            continue;
        if (i >= columns->count)
            return arena_printf(arena, "The file has %zu columns, and more are named.", columns->count);
        enum import_column column = told_column(field, columns->means[i]);
        if (column == COLUMN_LEFT_OUT)
            return arena_printf(arena, "“%s” is no field of a title.", field);
        if (stands_there(&said, i, field))
            return arena_printf(arena, "Two columns are said to be the %s.", field);
        said.means[i] = column;
        said.at[column] = (int)i;
    }
    *columns = said;
    return NULL;
}

bool import_columns_have(const struct import_columns *columns, enum import_column column)
{
    return columns->at[column] >= 0;
}

const char *import_column_field(enum import_column column)
{
    static const char *const fields[] = {NULL,
#define X(id, field) field,
                                         IMPORT_COLUMNS(X)
#undef X
    };

    return fields[column];
}
