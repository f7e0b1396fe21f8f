/*
 * cql.c — questions of other catalogues: a tree that is read is whole and bounded, and its full-text questions hold
 * words in quotes and nothing of their own grammar but what we put there.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "sharing/cql_query.h"

/* Outside quotes only our own words stand: title : author : ( ) AND OR + and a * after a word. */
static void check_words(const char *question)
{
    bool quoted = false;
    size_t words = 0;

    for (const char *at = question; *at; at++) {
        if (*at == '"') {
            words += !quoted;
            quoted = !quoted;
            MUST(!quoted || at[1] != '"');
        } else if (!quoted) {
            MUST(strchr("titleauthor:() ANDOR+*", *at));
        }
    }
    MUST(!quoted && words > 0 && words <= 2 * SEARCH_WORDS_MAX);
}

static int check_tree(const struct cql_tree *tree)
{
    bool is_boolean = tree->kind == CQL_AND || tree->kind == CQL_OR || tree->kind == CQL_NOT;

    MUST((tree->left != NULL) == is_boolean && (tree->right != NULL) == is_boolean);
    if (is_boolean)
        return check_tree(tree->left) + check_tree(tree->right);
    if (tree->kind == CQL_YEARS)
        MUST(tree->from >= BOOK_YEAR_MIN && tree->to <= BOOK_YEAR_MAX);
    else
        MUST(tree->text && *tree->text);
    if (tree->kind == CQL_WORDS)
        check_words(tree->text);
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;

    fuzz_begin(&fuzz);
    const char *text = text_clean(&fuzz.arena, (const char *)data, size);
    if (text) {
        struct cql_tree *tree = NULL;
        const char *detail;
        enum cql_diagnostic diagnostic = cql_read(&fuzz.arena, text, &tree, &detail);
        MUST((tree != NULL) == (diagnostic == CQL_FINE));
        MUST(*cql_message(diagnostic));
        if (tree)
            MUST(check_tree(tree) <= CQL_DEPTH_MAX);
        if (detail)
            MUST(text_is_utf8(detail, strlen(detail)));
    }
    return fuzz_end(&fuzz);
}
