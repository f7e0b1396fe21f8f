/*
 * cql_query.c — YAZ's parser gives a tree of indexes, relations and terms; what of it the catalogue has an answer for
 * becomes a tree of ours. Its length is bounded before it is parsed, and so is how deep it can be.
 */
#include "sharing/cql_query.h"

#include <string.h>

#include <yaz/cql.h>

#include "base/limits.h"
#include "base/text.h"

#define WORDS_MAX 32 /* of a whole question: each may be a walk through the index */

enum index {
    INDEX_ANYWHERE,
    INDEX_TITLE,
    INDEX_CREATOR,
    INDEX_IDENTIFIER,
    INDEX_DATE,
    INDEX_LANGUAGE,
    INDEX_NONE
};

static const struct {
    const char *name;
    enum index index;
} indexes[] = {
    {"cql.anywhere", INDEX_ANYWHERE},
    {"cql.serverChoice", INDEX_ANYWHERE},
    {"dc.title", INDEX_TITLE},
    {"title", INDEX_TITLE},
    {"dc.creator", INDEX_CREATOR},
    {"creator", INDEX_CREATOR},
    {"dc.identifier", INDEX_IDENTIFIER},
    {"bath.isbn", INDEX_IDENTIFIER},
    {"isbn", INDEX_IDENTIFIER},
    {"dc.date", INDEX_DATE},
    {"date", INDEX_DATE},
    {"dc.language", INDEX_LANGUAGE},
    {"language", INDEX_LANGUAGE},
};

static const char *const sets[] = {"cql.", "dc.", "bath."};

struct reading {
    struct arena *arena;
    enum cql_diagnostic diagnostic;
    const char *detail;
    int clauses;
    size_t words;
};

static struct cql_tree *decline(struct reading *reading, enum cql_diagnostic diagnostic, const char *detail)
{
    if (reading->diagnostic == CQL_FINE) {
        reading->diagnostic = diagnostic;
        reading->detail = detail ? text_clean(reading->arena, detail, strlen(detail)) : NULL;
    }
    return NULL;
}

static struct cql_tree *node(struct reading *reading, enum cql_kind kind, const char *text)
{
    struct cql_tree *tree = arena_alloc(reading->arena, sizeof *tree);

    *tree = (struct cql_tree){.kind = kind, .text = text};
    return tree;
}

/* ---- terms ------------------------------------------------------------------------------------------------ */

/* All of the words, any of them, or one after the other. */
enum manner { MANNER_ALL, MANNER_ANY, MANNER_PHRASE, MANNER_NONE };

static enum manner manner_of(const char *relation)
{
    static const struct {
        const char *name;
        enum manner manner;
    } manners[] = {{"=", MANNER_ALL},        {"all", MANNER_ALL},         {"scr", MANNER_ALL},
                   {"cql.all", MANNER_ALL},  {"any", MANNER_ANY},         {"cql.any", MANNER_ANY},
                   {"adj", MANNER_PHRASE},   {"cql.adj", MANNER_PHRASE},  {"==", MANNER_PHRASE},
                   {"exact", MANNER_PHRASE}, {"cql.exact", MANNER_PHRASE}};

    for (size_t i = 0; i < sizeof manners / sizeof manners[0]; i++)
        if (text_equals_ignoring_case(manners[i].name, relation))
            return manners[i].manner;
    return MANNER_NONE;
}

/* Masked otherwise than by a * at the end of a word? A backslash would make a letter of what masks. */
static bool is_masked(const char *term)
{
    for (const char *at = term; *at; at++)
        if (strchr("?^\\", *at) ||
            (*at == '*' && (at == term || at[-1] == ' ' || (at[1] != '\0' && at[1] != ' '))))
            return true;
    return false;
}

/* Of one word between spaces: those that it folds to, each whole but the last where it ends in *. */
static size_t add_words(struct reading *reading, enum manner manner, const char *word, size_t count,
                        struct text_buf *out)
{
    const char *words[SEARCH_WORDS_MAX];
    size_t length = strlen(word);
    bool cut = length > 0 && word[length - 1] == '*';
    size_t parts = text_words(reading->arena, text_fold(reading->arena, word), words, SEARCH_WORDS_MAX);

    for (size_t i = 0; i < parts; i++) {
        if (count + i > 0)
            text_buf_append(out, manner == MANNER_PHRASE          ? " + "
                                 : manner == MANNER_ANY && i == 0 ? " OR "
                                                                  : " AND ");
        text_buf_printf(out, "\"%s\"%s", words[i], cut && i + 1 == parts ? " *" : "");
    }
    return count + parts;
}

/* Words have letters and digits alone, so nothing in them means anything to the full-text search. */
static struct cql_tree *read_words(struct reading *reading, enum index index, const char *relation,
                                   const char *term)
{
    static const char *const columns[] = {
        [INDEX_ANYWHERE] = "", [INDEX_TITLE] = "title : ", [INDEX_CREATOR] = "author : "};
    enum manner manner = manner_of(relation);
    struct text_buf question;
    size_t count = 0;

    if (manner == MANNER_NONE)
        return decline(reading, CQL_NO_RELATION, relation);
    if (is_masked(term))
        return decline(reading, CQL_MASKING, term);
    text_buf_init(&question, reading->arena);
    text_buf_printf(&question, "%s(", columns[index]);
    for (const char *at = term; *at && count < SEARCH_WORDS_MAX;) {
        size_t length = strcspn(at, " ");
        const char *word = arena_printf(reading->arena, "%.*s", (int)length, at);
        count = add_words(reading, manner, word, count, &question);
        at += length + strspn(at + length, " ");
    }
    text_buf_append(&question, ")");
    reading->words += count;
    if (reading->words > WORDS_MAX)
        return decline(reading, CQL_TOO_MANY, NULL);
    return count == 0 ? decline(reading, CQL_EMPTY_TERM, NULL)
                      : node(reading, CQL_WORDS, text_buf_string(&question));
}

static bool parse_year(const char *text, int64_t *out_year)
{
    return text_to_int64(text, out_year) && *out_year >= BOOK_YEAR_MIN && *out_year <= BOOK_YEAR_MAX;
}

static bool parse_years(struct reading *reading, const char *term, int64_t *out_from, int64_t *out_to)
{
    size_t length = strcspn(term, " ");

    return term[length] == ' ' &&
           parse_year(arena_printf(reading->arena, "%.*s", (int)length, term), out_from) &&
           parse_year(term + length + strspn(term + length, " "), out_to);
}

static struct cql_tree *read_years(struct reading *reading, const char *relation, const char *term)
{
    struct cql_tree *tree = node(reading, CQL_YEARS, NULL);
    int64_t year = 0;

    tree->from = BOOK_YEAR_MIN;
    tree->to = BOOK_YEAR_MAX;
    if (strcmp(relation, "within") == 0 || strcmp(relation, "cql.within") == 0)
        return parse_years(reading, term, &tree->from, &tree->to) ? tree
                                                                  : decline(reading, CQL_TERM_FORM, term);
    if (!parse_year(term, &year))
        return decline(reading, CQL_TERM_FORM, term);
    if (manner_of(relation) != MANNER_NONE)
        tree->from = tree->to = year;
    else if (strcmp(relation, "<") == 0)
        tree->to = year - 1;
    else if (strcmp(relation, "<=") == 0)
        tree->to = year;
    else if (strcmp(relation, ">") == 0)
        tree->from = year + 1;
    else if (strcmp(relation, ">=") == 0)
        tree->from = year;
    else
        return decline(reading, CQL_NO_RELATION, relation);
    return tree;
}

/* ---- the tree --------------------------------------------------------------------------------------------- */

static enum index index_named(struct reading *reading, const char *name)
{
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++)
        if (text_equals_ignoring_case(indexes[i].name, name))
            return indexes[i].index;
    const char *dot = strchr(name, '.');
    bool known = dot == NULL;
    for (size_t i = 0; dot && i < sizeof sets / sizeof sets[0]; i++)
        known = known || text_equals_ignoring_case(
                             sets[i], arena_printf(reading->arena, "%.*s", (int)(dot - name) + 1, name));
    decline(reading, known ? CQL_NO_INDEX : CQL_NO_SET, name);
    return INDEX_NONE;
}

static struct cql_tree *read_clause(struct reading *reading, const struct cql_node *clause)
{
    const char *relation = clause->u.st.relation ? clause->u.st.relation : "=";
    const char *term = clause->u.st.term ? clause->u.st.term : "";
    enum index index = index_named(reading, clause->u.st.index ? clause->u.st.index : "cql.serverChoice");

    term = text_clean(reading->arena, term, strlen(term));
    if (++reading->clauses > CQL_DEPTH_MAX)
        return decline(reading, CQL_TOO_MANY, NULL);
    if (index == INDEX_NONE)
        return NULL;
    if (clause->u.st.extra_terms)
        return decline(reading, CQL_SYNTAX, NULL);
    if (clause->u.st.modifiers)
        return decline(reading, CQL_NO_MODIFIER, clause->u.st.modifiers->u.st.index);
    if (!term || *term == '\0')
        return decline(reading, CQL_EMPTY_TERM, NULL);
    if (index == INDEX_DATE)
        return read_years(reading, relation, term);
    if (index != INDEX_IDENTIFIER && index != INDEX_LANGUAGE)
        return read_words(reading, index, relation, term);
    if (manner_of(relation) == MANNER_NONE)
        return decline(reading, CQL_NO_RELATION, relation);
    if (strpbrk(term, "*?^\\"))
        return decline(reading, CQL_MASKING, term);
    return node(reading, index == INDEX_LANGUAGE ? CQL_LANGUAGE : CQL_IDENTIFIER, term);
}

static struct cql_tree *read_node(struct reading *reading, const struct cql_node *from)
{
    static const struct {
        const char *name;
        enum cql_kind kind;
    } booleans[] = {{"and", CQL_AND}, {"or", CQL_OR}, {"not", CQL_NOT}};

    if (reading->diagnostic != CQL_FINE)
        return NULL;
    if (from->which == CQL_NODE_ST)
        return read_clause(reading, from);
    if (from->which != CQL_NODE_BOOL)
        return decline(reading, from->which == CQL_NODE_SORT ? CQL_NO_SORT : CQL_SYNTAX, NULL);
    if (from->u.boolean.modifiers)
        return decline(reading, CQL_NO_BOOLEAN_MODIFIER, NULL);
    for (size_t i = 0; i < sizeof booleans / sizeof booleans[0]; i++) {
        if (!text_equals_ignoring_case(booleans[i].name, from->u.boolean.value))
            continue;
        struct cql_tree *tree = node(reading, booleans[i].kind, NULL);
        tree->left = read_node(reading, from->u.boolean.left);
        tree->right = read_node(reading, from->u.boolean.right);
        return tree->left && tree->right ? tree : NULL;
    }
    return decline(reading, CQL_NO_BOOLEAN, from->u.boolean.value);
}

enum cql_diagnostic cql_read(struct arena *arena, const char *text, struct cql_tree **out_tree,
                             const char **out_detail)
{
    struct reading reading = {.arena = arena};
    struct cql_tree *tree = NULL;
    CQL_parser parser;

    *out_detail = NULL;
    if (text_length(text) > CQL_TEXT_MAX)
        return CQL_TOO_LONG;
    parser = cql_parser_create();
    cql_parser_strict(parser, 1); /* words in a row without quotes are no term: the standard has it so */
    if (cql_parser_string(parser, text) != 0 || !cql_parser_result(parser))
        decline(&reading, CQL_SYNTAX, NULL);
    else
        tree = read_node(&reading, cql_parser_result(parser));
    cql_parser_destroy(parser);
    *out_detail = reading.detail;
    if (reading.diagnostic == CQL_FINE)
        *out_tree = tree;
    return reading.diagnostic;
}

const char *cql_message(enum cql_diagnostic diagnostic)
{
    switch (diagnostic) {
    case CQL_TOO_LONG: return "Too many characters in query";
    case CQL_NO_SET: return "Unsupported context set";
    case CQL_NO_INDEX: return "Unsupported index";
    case CQL_NO_RELATION: return "Unsupported relation";
    case CQL_NO_MODIFIER: return "Unsupported relation modifier";
    case CQL_EMPTY_TERM: return "Empty term unsupported";
    case CQL_MASKING: return "Masking character not supported";
    case CQL_TERM_FORM: return "Term in invalid format for index or relation";
    case CQL_NO_BOOLEAN: return "Unsupported boolean operator";
    case CQL_TOO_MANY: return "Too many boolean operators in query";
    case CQL_NO_BOOLEAN_MODIFIER: return "Unsupported boolean modifier";
    case CQL_NO_SORT: return "Sort not supported";
    default: return "Query syntax error";
    }
}
