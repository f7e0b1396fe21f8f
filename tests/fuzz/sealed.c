/*
 * sealed.c — a sealed file: whatever it is, reading it refuses it or gives back what was sealed; and what we seal opens,
 * unless one bit of it is another.
 */
#include "fuzz.h"

#include "base/seal.h"

static const struct seal_key key = {.salt = {1, 2, 3}, .key = {4, 5, 6}};

#define CHUNK_MAX 4096 /* of the text here: the length makes no difference */

/* Somebody's file: a header, then chunks, as db/sealed.c reads them. None of them was sealed with this key. */
static void check_foreign(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
    uint8_t header[SEAL_HEADER_BYTES] = {0}, plain[CHUNK_MAX];
    struct seal *seal;

    if (size > 0)
        memcpy(header, data, size < sizeof header ? size : sizeof header);
    MUST(seal_is_header(data, size) == (size >= 12 && memcmp(data, "CARRELSEAL1\n", 12) == 0));
    if (seal_open(&fuzz->ctx, "a file", header, &key, &seal) != OK) {
        enum error_code code = fuzz->ctx.error.code;
        MUST(code == ERR_NOT_A_LIBRARY || code == ERR_LIBRARY_DAMAGED || code == ERR_WRONG_PASSPHRASE);
        error_clear(&fuzz->ctx);
        seal = seal_of_file_key(key.key);
    }
    size_t length = size < CHUNK_MAX ? size : CHUNK_MAX;
    MUST(!seal_open_chunk(seal, data, length, false, plain));
    MUST(!seal_open_chunk(seal, data, length, true, plain));
    seal_free(seal);
}

/* The input as a text: sealed, one bit changed and changed back, opened. */
static void check_own(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
    uint8_t header[SEAL_HEADER_BYTES], sealed[CHUNK_MAX + SEAL_TAG_BYTES], plain[CHUNK_MAX];
    size_t length = size < CHUNK_MAX ? size : CHUNK_MAX;
    bool last = size % 2;
    struct seal *seal = seal_new(&key, header);

    seal_chunk(seal, data, length, last, sealed);
    seal_free(seal);
    MUST(seal_is_header(header, sizeof header));
    MUST(seal_open(&fuzz->ctx, "a file", header, &key, &seal) == OK);
    size_t at = size > 0 ? data[0] * 131U % (length + SEAL_TAG_BYTES) : 3;
    sealed[at] ^= (uint8_t)(1 << size % 8);
    MUST(!seal_open_chunk(seal, sealed, length + SEAL_TAG_BYTES, last, plain));
    sealed[at] ^= (uint8_t)(1 << size % 8);
    MUST(!seal_open_chunk(seal, sealed, length + SEAL_TAG_BYTES, !last, plain));
    MUST(seal_open_chunk(seal, sealed, length + SEAL_TAG_BYTES, last, plain));
    MUST(length == 0 || memcmp(plain, data, length) == 0);
    seal_free(seal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;

    fuzz_begin(&fuzz);
    check_foreign(&fuzz, data, size);
    check_own(&fuzz, data, size);
    return fuzz_end(&fuzz);
}
