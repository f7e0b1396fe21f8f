/*
 * text.c — cleaning, folding, sort keys and the words of a search: all of them end in valid, clean text, and doing it
 * again changes nothing.
 */
#include "fuzz.h"

#define KEY_BYTES 200

static void check_key(const char *key)
{
    MUST(strlen(key) <= KEY_BYTES && text_is_utf8(key, strlen(key)));
}

static void check_words(struct fuzz *fuzz, const char *folded)
{
    const char *words[SEARCH_WORDS_MAX];
    size_t count = text_words(&fuzz->arena, folded, words, SEARCH_WORDS_MAX);

    MUST(count <= SEARCH_WORDS_MAX);
    for (size_t i = 0; i < count; i++) {
        MUST(words[i][0] != '\0' && text_is_utf8(words[i], strlen(words[i])));
        /* Nothing of the query language of full-text search. */
        MUST(strpbrk(words[i], " \"'*+-^():{}\t\n") == NULL);
        MUST(strstr(folded, words[i]));
    }
}

static void check_folded(struct fuzz *fuzz, const char *clean)
{
    const char *folded = text_fold(&fuzz->arena, clean);

    MUST(text_is_utf8(folded, strlen(folded)));
    MUST(!strstr(folded, "  "));
    MUST(strcmp(text_fold(&fuzz->arena, folded), folded) == 0);
    check_words(fuzz, folded);
}

static void check_cut(struct fuzz *fuzz, const char *clean)
{
    size_t length = text_length(clean);

    MUST(length <= strlen(clean));
    for (size_t max = 0; max <= length && max < 8; max++) {
        const char *cut = text_truncate(&fuzz->arena, clean, max);
        MUST(text_length(cut) == max && strncmp(cut, clean, strlen(cut)) == 0);
        MUST(text_is_utf8(cut, strlen(cut)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    const char *bytes = (const char *)data;

    fuzz_begin(&fuzz);
    const char *clean = text_clean(&fuzz.arena, bytes, size);
    MUST((clean != NULL) == (text_is_utf8(bytes, size) && (size == 0 || !memchr(bytes, '\0', size))));
    if (clean) {
        MUST(text_is_utf8(clean, strlen(clean)) && fuzz_is_clean(&fuzz, clean));
        check_folded(&fuzz, clean);
        check_cut(&fuzz, clean);
        check_key(text_name_key(&fuzz.arena, clean));
        const char *key = text_sort_key(&fuzz.arena, clean, size % 2 ? "fr" : NULL);
        check_key(key);
        MUST((*clean == '\0') == (*key == '\0'));
    }
    return fuzz_end(&fuzz);
}
