/*
 * marc.c — holding a record. What is no tag, no code, no leader never gets in, so that writers need not look again.
 */
#include "marc/marc.h"

#include <string.h>

#include "base/arena.h"

/* Positions of the leader that a writer fills in: lengths, character set, and how the directory is laid out. */
static bool is_computed(size_t position)
{
    return position < 5 || (position >= 9 && position < 17) || position >= 20;
}

void marc_begin(struct marc_record *record, const char *leader, size_t length)
{
    *record = (struct marc_record){.end = &record->fields};
    for (size_t i = 0; i < MARC_LEADER_LENGTH; i++)
        record->leader[i] = i < length && marc_is_code(leader[i]) ? leader[i] : ' ';
}

static bool is_letter_or_digit(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

bool marc_is_code(char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

bool marc_is_tag(const char *tag)
{
    for (size_t i = 0; i < MARC_TAG_LENGTH; i++) {
        if (!is_letter_or_digit(tag[i]))
            return false;
    }
    return tag[MARC_TAG_LENGTH] == '\0';
}

bool marc_is_control_tag(const char *tag)
{
    return tag[0] == '0' && tag[1] == '0';
}

static struct marc_field *append(struct arena *arena, struct marc_record *record, const char *tag)
{
    struct marc_field *field = arena_alloc(arena, sizeof *field);

    memcpy(field->tag, tag, sizeof field->tag);
    *record->end = field;
    record->end = &field->next;
    return field;
}

bool marc_add_control(struct arena *arena, struct marc_record *record, const char *tag, const char *text)
{
    if (!marc_is_tag(tag) || !marc_is_control_tag(tag))
        return false;
    append(arena, record, tag)->text = text;
    return true;
}

struct marc_field *marc_add_field(struct arena *arena, struct marc_record *record, const char *tag,
                                  char indicator1, char indicator2)
{
    if (!marc_is_tag(tag) || marc_is_control_tag(tag))
        return NULL;
    struct marc_field *field = append(arena, record, tag);
    field->end = &field->subfields;
    field->indicators[0] = marc_is_code(indicator1) ? indicator1 : ' ';
    field->indicators[1] = marc_is_code(indicator2) ? indicator2 : ' ';
    return field;
}

void marc_add_subfield(struct arena *arena, struct marc_field *field, char code, const char *text)
{
    struct marc_subfield *subfield = arena_alloc(arena, sizeof *subfield);

    subfield->code = marc_is_code(code) ? code : ' ';
    subfield->text = text;
    *field->end = subfield;
    field->end = &subfield->next;
}

const struct marc_field *marc_find(const struct marc_field *from, const char *tag)
{
    while (from && strcmp(from->tag, tag) != 0)
        from = from->next;
    return from;
}

const char *marc_subfield(const struct marc_field *field, char code)
{
    for (const struct marc_subfield *subfield = field ? field->subfields : NULL; subfield;
         subfield = subfield->next) {
        if (subfield->code == code)
            return subfield->text;
    }
    return NULL;
}

const char *marc_control(const struct marc_record *record, const char *tag)
{
    const struct marc_field *field = marc_find(record->fields, tag);

    return field ? field->text : NULL;
}

static bool same_field(const struct marc_field *one, const struct marc_field *other)
{
    const struct marc_subfield *a = one->subfields;
    const struct marc_subfield *b = other->subfields;

    if (strcmp(one->tag, other->tag) != 0)
        return false;
    if (one->text || other->text)
        return one->text && other->text && strcmp(one->text, other->text) == 0;
    if (memcmp(one->indicators, other->indicators, sizeof one->indicators) != 0)
        return false;
    for (; a && b; a = a->next, b = b->next) {
        if (a->code != b->code || strcmp(a->text, b->text) != 0)
            return false;
    }
    return !a && !b;
}

bool marc_equal(const struct marc_record *one, const struct marc_record *other)
{
    const struct marc_field *a = one->fields;
    const struct marc_field *b = other->fields;

    for (size_t i = 0; i < MARC_LEADER_LENGTH; i++) {
        if (!is_computed(i) && one->leader[i] != other->leader[i])
            return false;
    }
    for (; a && b; a = a->next, b = b->next) {
        if (!same_field(a, b))
            return false;
    }
    return !a && !b;
}
