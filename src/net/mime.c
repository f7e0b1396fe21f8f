/*
 * mime.c — headers folded and encoded, the text as quoted-printable, attachments as base64.
 */
#include "net/mime.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define WORD_BYTES 39 /* of text in one encoded word: with its name before it, it fits on a line */
#define LINE_BYTES 57 /* of an attachment on one line: 76 characters */
#define QUOTED_MAX 75 /* characters of quoted-printable on a line, before its = */
#define OUT_BYTES 1024

struct out {
    mime_sink *sink;
    void *argument;
    char bytes[OUT_BYTES];
    size_t length;
    enum net_outcome outcome; /* once it is not NET_OK nothing is handed on any more */
};

static void flush(struct out *out)
{
    if (out->outcome == NET_OK && out->length > 0)
        out->outcome = out->sink(out->argument, out->bytes, out->length);
    out->length = 0;
}

static void put_bytes(struct out *out, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t room = OUT_BYTES - out->length;
        size_t part = length < room ? length : room;
        memcpy(out->bytes + out->length, bytes, part);
        out->length += part;
        bytes += part;
        length -= part;
        if (out->length == OUT_BYTES)
            flush(out);
    }
}

static void put(struct out *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

/* ---- addresses ------------------------------------------------------------------------------------------ */

/* RFC 5322's atext, and the dot. */
static bool is_local_character(char c)
{
    static const char others[] = "!#$%&'*+-/=?^_`{|}~.";

    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(others, c));
}

static bool is_domain(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    static const char literal[] = "0123456789abcdefABCDEFIPv.:";
    size_t length = strlen(text);

    if (length > 2 && text[0] == '[')
        return strspn(text + 1, literal) == length - 2 && text[length - 1] == ']';
    return length > 0 && strspn(text, letters) == length && text[0] != '.' && text[0] != '-' &&
           text[length - 1] != '.' && text[length - 1] != '-' && !strstr(text, "..");
}

bool mime_is_address(const char *text)
{
    const char *at = strchr(text, '@');

    if (!at || at == text || strlen(text) > MIME_ADDRESS_MAX || text[0] == '.' || at[-1] == '.' ||
        text[0] == '-' || strstr(text, ".."))
        return false;
    for (const char *c = text; c < at; c++)
        if (!is_local_character(*c))
            return false;
    return is_domain(at + 1);
}

static bool addresses_are_good(const struct mime_message *message)
{
    if (!mime_is_address(message->from) || !message->to[0])
        return false;
    for (const char *const *to = message->to; *to; to++)
        if (!mime_is_address(*to))
            return false;
    return !message->reply_to || mime_is_address(message->reply_to);
}

/* ---- base64 --------------------------------------------------------------------------------------------- */

size_t mime_base64_length(size_t length)
{
    return (length + 2) / 3 * 4;
}

size_t mime_base64(const void *data, size_t length, char *out)
{
    return (size_t)EVP_EncodeBlock((unsigned char *)out, data, (int)length);
}

static void put_base64(struct out *out, const char *bytes, size_t length)
{
    char line[LINE_BYTES / 3 * 4 + 2];

    for (size_t at = 0; at < length && out->outcome == NET_OK; at += LINE_BYTES) {
        size_t part = length - at < LINE_BYTES ? length - at : LINE_BYTES;
        size_t written = mime_base64(bytes + at, part, line);
        memcpy(line + written, "\r\n", 2);
        put_bytes(out, line, written + 2);
    }
}

/* ---- headers -------------------------------------------------------------------------------------------- */

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool is_plain(const char *text)
{
    for (const char *c = text; *c; c++)
        if (is_control(*c) || (unsigned char)*c > 0x7e)
            return false;
    return !strstr(text, "=?");
}

static size_t whole_characters(const char *text, size_t max)
{
    size_t length = strlen(text);

    if (length <= max)
        return length;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    return max > 0 ? max : length;
}

/* RFC 2047: words of their own, each of whole characters. A control character becomes a space. */
static void put_words(struct out *out, const char *text)
{
    char bytes[WORD_BYTES];
    char word[WORD_BYTES / 3 * 4 + 1];

    for (bool is_first = true; *text; is_first = false) {
        size_t length = whole_characters(text, WORD_BYTES);
        length = length > WORD_BYTES ? WORD_BYTES : length;
        for (size_t i = 0; i < length; i++)
            bytes[i] = is_control(text[i]) ? ' ' : text[i];
        put(out, is_first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        put_bytes(out, word, mime_base64(bytes, length, word));
        put(out, "?=");
        text += length;
    }
}

static void put_subject(struct out *out, const char *subject)
{
    put(out, "Subject: ");
    if (is_plain(subject) && strlen(subject) + sizeof "Subject: " <= MIME_LINE_MAX)
        put(out, subject);
    else
        put_words(out, subject);
    put(out, "\r\n");
}

static void put_address(struct out *out, const char *address)
{
    put(out, "<");
    put(out, address);
    put(out, ">");
}

/* A name in quotes, or as encoded words; the address on a line of its own, so that none is too long. */
static void put_from(struct out *out, const struct mime_message *message)
{
    const char *name = message->from_name;

    put(out, "From: ");
    if (name && *name) {
        if (is_plain(name) && !strpbrk(name, "\"\\") && strlen(name) < MIME_LINE_MAX - 10) {
            put(out, "\"");
            put(out, name);
            put(out, "\"");
        } else {
            put_words(out, name);
        }
        put(out, "\r\n ");
    }
    put_address(out, message->from);
    put(out, "\r\n");
}

static void put_recipients(struct out *out, const struct mime_message *message)
{
    put(out, "To: ");
    for (const char *const *to = message->to; *to; to++) {
        put_address(out, *to);
        put(out, to[1] ? ",\r\n " : "\r\n");
    }
    if (message->reply_to) {
        put(out, "Reply-To: ");
        put_address(out, message->reply_to);
        put(out, "\r\n");
    }
}

static void put_date(struct out *out, int64_t instant)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int32_t day = (int32_t)(instant / MS_PER_DAY);
    int second = (int)(instant % MS_PER_DAY / MS_PER_SECOND);
    char line[64];
    int year, month, day_of_month;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    /* The first day of all was a Thursday. */
    snprintf(line, sizeof line, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[(day + 3) % 7],
             day_of_month, months[month - 1], year, second / 3600, second / 60 % 60, second % 60);
    put(out, line);
}

static void put_head(struct out *out, const struct mime_message *message)
{
    put_date(out, message->date);
    put_from(out, message);
    put_recipients(out, message);
    put_subject(out, message->subject);
    put(out, "Message-ID:\r\n ");
    put_address(out, message->id);
    /* Nobody's holiday notice answers it: RFC 3834; the second is for those who do not know the first. */
    put(out, "\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n");
}

/* ---- the text ------------------------------------------------------------------------------------------- */

/* How a byte is written; what stands before a line end is written out, for spaces there get lost on the way. */
static size_t quote(unsigned char byte, bool is_last, char out[4])
{
    if (byte != '=' && byte >= 0x21 && byte <= 0x7e) {
        out[0] = (char)byte;
        return 1;
    }
    if ((byte == ' ' || byte == '\t') && !is_last) {
        out[0] = (char)byte;
        return 1;
    }
    snprintf(out, 4, "=%02X", byte);
    return 3;
}

static void put_quoted_line(struct out *out, const char *line, size_t length)
{
    size_t column = 0;

    for (size_t i = 0; i < length; i++) {
        char quoted[4];
        size_t size = quote((unsigned char)line[i], i + 1 == length, quoted);
        if (column + size > QUOTED_MAX) {
            put(out, "=\r\n");
            column = 0;
        }
        put_bytes(out, quoted, size);
        column += size;
    }
    put(out, "\r\n");
}

static void put_text(struct out *out, const char *text)
{
    put(out, "Content-Type: text/plain; charset=utf-8\r\n"
             "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    while (*text && out->outcome == NET_OK) {
        size_t length = strcspn(text, "\n");
        size_t without = length > 0 && text[length - 1] == '\r' ? length - 1 : length;
        put_quoted_line(out, text, without);
        text += length + (text[length] == '\n');
    }
}

/* ---- what is attached ----------------------------------------------------------------------------------- */

static bool is_token(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`{|}~";

    return *text && text[strspn(text, letters)] == '\0';
}

/* RFC 2231, in numbered pieces: a name of any letters and a line of any length go together no other way. */
static void put_file_name(struct out *out, const char *name)
{
    size_t length = whole_characters(name, MIME_FILE_NAME_MAX);
    char piece[16];
    size_t column = MIME_LINE_MAX;
    int number = 0;

    if (length == strlen(name) && is_token(name) && length < MIME_LINE_MAX - 20) {
        put(out, ";\r\n filename=\"");
        put(out, name);
        put(out, "\"");
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (column > MIME_LINE_MAX - 8) {
            int head = snprintf(piece, sizeof piece, "filename*%d*=", number);
            put(out, ";\r\n ");
            put(out, piece);
            put(out, number++ == 0 ? "UTF-8''" : "");
            column = (size_t)head + 8;
        }
        char one[2] = {name[i], '\0'};
        if (is_token(one))
            snprintf(piece, sizeof piece, "%c", name[i]);
        else
            snprintf(piece, sizeof piece, "%%%02X", (unsigned)(unsigned char)name[i]);
        put(out, piece);
        column += strlen(piece);
    }
}

static void put_part(struct out *out, const struct mail_part *part)
{
    put(out, "Content-Type: ");
    put(out, is_plain(part->type) && strlen(part->type) < MIME_LINE_MAX - 16 ? part->type
                                                                             : "application/octet-stream");
    put(out, "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment");
    put_file_name(out, part->file_name);
    put(out, "\r\n\r\n");
    put_base64(out, part->bytes, part->length);
}

/* The boundary holds "=_", which neither encoding ever writes (RFC 2045, 6.7). */
static void put_parts(struct out *out, const struct mime_message *message)
{
    static const char boundary[] = "=_carrel_part";

    put(out, "Content-Type: multipart/mixed; boundary=\"");
    put(out, boundary);
    put(out, "\"\r\n\r\n--");
    put(out, boundary);
    put(out, "\r\n");
    put_text(out, message->text);
    for (size_t i = 0; i < message->part_count; i++) {
        put(out, "\r\n--");
        put(out, boundary);
        put(out, "\r\n");
        put_part(out, &message->parts[i]);
    }
    put(out, "\r\n--");
    put(out, boundary);
    put(out, "--\r\n");
}

enum net_outcome mime_write(const struct mime_message *message, mime_sink *sink, void *argument)
{
    struct out out = {.sink = sink, .argument = argument};

    if (!addresses_are_good(message))
        return NET_BAD_ADDRESS;
    put_head(&out, message);
    if (message->part_count > 0)
        put_parts(&out, message);
    else
        put_text(&out, message->text);
    flush(&out);
    return out.outcome;
}
