/*
 * marc.h — a MARC 21 bibliographic record in memory, whatever it was read from.
 *
 * https://www.loc.gov/marc/bibliographic/ says what the fields mean; here they are only held: a leader, then fields
 * in the record's own order. A control field (00X) has a text, every other has two indicators and subfields.
 * All texts are valid UTF-8 without NUL, exactly as the record has them (neither trimmed nor brought to NFC), so that
 * a record that is written again is, field for field, the one that was read. Records live in an arena.
 */
#ifndef CARREL_MARC_MARC_H
#define CARREL_MARC_MARC_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define MARC_LEADER_LENGTH 24
#define MARC_TAG_LENGTH 3

/* How records are written down: iso2709.h, marcxml.h. */
enum marc_format { MARC_ISO_2709, MARC_XML };

struct marc_subfield {
    char code; /* printable ASCII */
    const char *text;
    struct marc_subfield *next;
};

struct marc_field {
    char tag[MARC_TAG_LENGTH + 1]; /* three letters or digits */
    char indicators[2];            /* printable ASCII; ' ': not defined */
    const char *text;              /* of a control field, else NULL */
    struct marc_subfield *subfields;
    struct marc_subfield **end; /* where the next subfield goes */
    struct marc_field *next;
};

struct marc_record {
    char leader[MARC_LEADER_LENGTH + 1]; /* printable ASCII */
    struct marc_field *fields;
    struct marc_field **end; /* where the next field goes */
};

/* ---- making ---------------------------------------------------------------------------------------------- */

/* No fields yet. `leader` may be shorter or hold anything: what does not fit becomes blanks. */
void marc_begin(struct marc_record *record, const char *leader, size_t length);

/* At the end of the record; texts are not copied. False for what is no tag: nothing is added. */
bool marc_add_control(struct arena *arena, struct marc_record *record, const char *tag, const char *text);
struct marc_field *marc_add_field(struct arena *arena, struct marc_record *record, const char *tag,
                                  char indicator1, char indicator2); /* NULL: no tag */
void marc_add_subfield(struct arena *arena, struct marc_field *field, char code, const char *text);

/* 00X: a text and no subfields. */
bool marc_is_control_tag(const char *tag);

/* Three letters or digits of ASCII. */
bool marc_is_tag(const char *tag);

/* What may stand for an indicator or a subfield's code. */
bool marc_is_code(char byte);

/* ---- asking ---------------------------------------------------------------------------------------------- */

/* The first field of `tag` at or after `from` (a field of the record, or its `fields`); NULL: none. */
const struct marc_field *marc_find(const struct marc_field *from, const char *tag);

/* The text of the first subfield with this code; NULL: none. */
const char *marc_subfield(const struct marc_field *field, char code);

/* The text of a control field; NULL: none. */
const char *marc_control(const struct marc_record *record, const char *tag);

/* Same leader (but for what a writer computes: lengths, base address, character set) and the same fields in the same order? */
bool marc_equal(const struct marc_record *one, const struct marc_record *other);

#endif
