/*
 * token.c — random letters.
 */
#include "auth/token.h"

#include <ctype.h>
#include <string.h>

#include "base/base64url.h"
#include "base/text.h"
#include "base/uuid.h"

#define TOKEN_BYTES 32
#define CODE_GROUP 4

/* Crockford's base 32: no I, L, O, U. 32 of them, so that five random bits choose one evenly. */
static const char code_letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const char *token_new(struct arena *arena)
{
    uint8_t bytes[TOKEN_BYTES];

    random_bytes(bytes, sizeof bytes);
    return base64url_encode(arena, bytes, sizeof bytes);
}

struct digest token_hash(const char *token)
{
    return digest_of(token, strlen(token));
}

const char *code_new(struct arena *arena, int letters)
{
    struct text_buf code;

    text_buf_init(&code, arena);
    for (int i = 0; i < letters; i++) {
        uint8_t byte;
        random_bytes(&byte, 1);
        if (i > 0 && i % CODE_GROUP == 0)
            text_buf_append_char(&code, '-');
        text_buf_append_char(&code, code_letters[byte & 31]);
    }
    return text_buf_string(&code);
}

/* What a person may have written for it; '\0': no letter of a code. */
static char letter_meant(char typed)
{
    char letter = (char)toupper((unsigned char)typed);

    if (letter == 'O')
        return '0';
    if (letter == 'I' || letter == 'L')
        return '1';
    return letter != '\0' && strchr(code_letters, letter) ? letter : '\0';
}

const char *code_normalised(struct arena *arena, const char *typed)
{
    struct text_buf code;

    text_buf_init(&code, arena);
    for (; *typed; typed++) {
        char letter = letter_meant(*typed);
        if (letter != '\0')
            text_buf_append_char(&code, letter);
        else if ((isalnum((unsigned char)*typed)) || code.length > CODE_TYPED_MAX)
            return "";
    }
    return text_buf_string(&code);
}
