/*
 * z3950_message.c — messages of Z39.50 as bytes. The only user of YAZ's protocol encoding; its memory (ODR) lives for one
 * message, what is of use is copied.
 */
#include <string.h>
#include <yaz/proto.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/version.h"
#include "net/z3950.h"

#define PADDING 16

/* https://www.loc.gov/z3950/agency/defns/oids.html; they end with -1. */
static Odr_oid bib_1[] = {1, 2, 840, 10003, 3, 1, -1};
static Odr_oid usmarc[] = {1, 2, 840, 10003, 5, 10, -1};

/* ---- writing ------------------------------------------------------------------------------------------- */

static const char *encode(struct arena *arena, ODR odr, Z_APDU *apdu, size_t *out_length)
{
    const char *bytes = NULL;
    int length = 0;

    if (z_APDU(odr, &apdu, 0, NULL)) {
        const char *encoded = odr_getbuf(odr, &length, NULL);
        bytes = arena_memdup(arena, encoded, (size_t)length);
        *out_length = (size_t)length;
    }
    odr_destroy(odr);
    return bytes;
}

static Odr_bitmask *bits(ODR odr, const int *numbers, size_t count)
{
    Odr_bitmask *mask = odr_malloc(odr, sizeof *mask);

    ODR_MASK_ZERO(mask);
    for (size_t i = 0; i < count; i++) { /* ODR_MASK_SET, for compilers that look closely; all are below 8 */
        mask->bits[0] = (char)(mask->bits[0] | 0x80 >> numbers[i]);
        mask->top = 0;
    }
    return mask;
}

static void *zeroed(ODR odr, size_t size)
{
    return memset(odr_malloc(odr, size), 0, size);
}

const char *z3950_write_init(struct arena *arena, size_t *out_length)
{
    ODR odr = odr_createmem(ODR_ENCODE);
    Z_APDU apdu = {.which = Z_APDU_initRequest};
    Z_InitRequest *init = zeroed(odr, sizeof *init);

    init->protocolVersion =
        bits(odr, (int[]){Z_ProtocolVersion_1, Z_ProtocolVersion_2, Z_ProtocolVersion_3}, 3);
    init->options = bits(odr, (int[]){Z_Options_search, Z_Options_present}, 2);
    init->preferredMessageSize = init->maximumRecordSize = odr_intdup(odr, NET_BER_MAX / 2);
    init->implementationName = odr_strdup(odr, "Carrel");
    init->implementationVersion = odr_strdup(odr, CARREL_VERSION);
    apdu.u.initRequest = init;
    return encode(arena, odr, &apdu, out_length);
}

static Z_AttributeElement *attribute(ODR odr, int type, int value)
{
    Z_AttributeElement *element = zeroed(odr, sizeof *element);

    element->attributeType = odr_intdup(odr, type);
    element->which = Z_AttributeValue_numeric;
    element->value.numeric = odr_intdup(odr, value);
    return element;
}

/* Type 1 is what is searched; type 4 how: 6 is "these words", an ISBN is taken as it is. */
static Z_RPNStructure *term(ODR odr, enum z3950_use use, const char *text)
{
    Z_RPNStructure *structure = zeroed(odr, sizeof *structure);
    Z_AttributesPlusTerm *plus = zeroed(odr, sizeof *plus);
    Z_AttributeList *list = zeroed(odr, sizeof *list);

    list->attributes = odr_malloc(odr, 2 * sizeof(Z_AttributeElement *));
    list->attributes[list->num_attributes++] = attribute(odr, 1, (int)use);
    if (use != Z3950_ISBN)
        list->attributes[list->num_attributes++] = attribute(odr, 4, 6);
    plus->attributes = list;
    plus->term = zeroed(odr, sizeof *plus->term);
    plus->term->which = Z_Term_general;
    plus->term->u.general = odr_create_Odr_oct(odr, text, (int)strlen(text));
    structure->which = Z_RPNStructure_simple;
    structure->u.simple = zeroed(odr, sizeof *structure->u.simple);
    structure->u.simple->which = Z_Operand_APT;
    structure->u.simple->u.attributesPlusTerm = plus;
    return structure;
}

static Z_RPNStructure *both(ODR odr, Z_RPNStructure *one, Z_RPNStructure *other)
{
    Z_RPNStructure *structure = zeroed(odr, sizeof *structure);
    Z_Complex *complex = zeroed(odr, sizeof *complex);

    complex->s1 = one;
    complex->s2 = other;
    complex->roperator = zeroed(odr, sizeof *complex->roperator);
    complex->roperator->which = Z_Operator_and;
    complex->roperator->u.op_and = odr_nullval();
    structure->which = Z_RPNStructure_complex;
    structure->u.complex = complex;
    return structure;
}

static Z_Query *query(ODR odr, const struct z3950_question *question)
{
    Z_Query *made = zeroed(odr, sizeof *made);
    Z_RPNQuery *rpn = zeroed(odr, sizeof *rpn);

    rpn->attributeSetId = bib_1;
    rpn->RPNStructure = term(odr, question->terms[0].use, question->terms[0].text);
    for (size_t i = 1; i < question->count; i++)
        rpn->RPNStructure =
            both(odr, rpn->RPNStructure, term(odr, question->terms[i].use, question->terms[i].text));
    made->which = Z_Query_type_1;
    made->u.type_1 = rpn;
    return made;
}

const char *z3950_write_search(struct arena *arena, const char *database,
                               const struct z3950_question *question, size_t *out_length)
{
    ODR odr = odr_createmem(ODR_ENCODE);
    Z_APDU apdu = {.which = Z_APDU_searchRequest};
    Z_SearchRequest *search = zeroed(odr, sizeof *search);

    /* No records with the answer: they are asked for when it is known that there are any. */
    search->smallSetUpperBound = odr_intdup(odr, 0);
    search->largeSetLowerBound = odr_intdup(odr, 1);
    search->mediumSetPresentNumber = odr_intdup(odr, 0);
    search->replaceIndicator = odr_booldup(odr, 1);
    search->resultSetName = odr_strdup(odr, "default");
    search->num_databaseNames = 1;
    search->databaseNames = odr_malloc(odr, sizeof *search->databaseNames);
    search->databaseNames[0] = odr_strdup(odr, database);
    search->preferredRecordSyntax = usmarc;
    search->query = query(odr, question);
    apdu.u.searchRequest = search;
    return encode(arena, odr, &apdu, out_length);
}

const char *z3950_write_present(struct arena *arena, int64_t first, int64_t count, size_t *out_length)
{
    ODR odr = odr_createmem(ODR_ENCODE);
    Z_APDU apdu = {.which = Z_APDU_presentRequest};
    Z_PresentRequest *present = zeroed(odr, sizeof *present);

    present->resultSetId = odr_strdup(odr, "default");
    present->resultSetStartPoint = odr_intdup(odr, first);
    present->numberOfRecordsRequested = odr_intdup(odr, count);
    present->preferredRecordSyntax = usmarc;
    present->recordComposition = zeroed(odr, sizeof *present->recordComposition);
    present->recordComposition->which = Z_RecordComp_simple;
    present->recordComposition->u.simple = zeroed(odr, sizeof(Z_ElementSetNames));
    present->recordComposition->u.simple->which = Z_ElementSetNames_generic;
    present->recordComposition->u.simple->u.generic = odr_strdup(odr, "F"); /* full */
    apdu.u.presentRequest = present;
    return encode(arena, odr, &apdu, out_length);
}

/* ---- reading ------------------------------------------------------------------------------------------- */

/* Bib-1 diagnostics that a library meets; the number is told for the others. */
static const char *condition_name(Odr_int condition)
{
    switch (condition) {
    case 1: return "Permanent system error";
    case 2: return "Temporary system error";
    case 3: return "Unsupported search";
    case 13: return "Present request out of range";
    case 108: return "Malformed query";
    case 109: return "Database unavailable";
    case 114: return "Unsupported use attribute";
    case 235: return "Database does not exist";
    case 236: return "Access to the database denied";
    case 238: return "Record not available in this syntax";
    case 239: return "Record syntax not supported";
    default: return "Diagnostic";
    }
}

static void take_diagnostic(struct arena *arena, const Z_DefaultDiagFormat *format,
                            struct z3950_message *message)
{
    const char *more = format->u.v2Addinfo; /* both members are texts */
    Odr_int condition = format->condition ? *format->condition : 0;

    if (message->diagnostic)
        return;
    more = more ? text_clean(arena, more, strlen(more)) : NULL;
    message->diagnostic =
        arena_printf(arena, "%s (%lld)%s%s", condition_name(condition), (long long)condition,
                     more && more[0] ? ": " : "", more ? text_truncate(arena, more, LOOKUP_TERM_MAX) : "");
}

static void take_record(struct arena *arena, const Z_External *external, struct z3950_message *message)
{
    if (!external || external->which != Z_External_octet || !external->u.octet_aligned)
        return;
    const Odr_oct *octets = external->u.octet_aligned;
    if (octets->len <= 0)
        return;
    struct z3950_record *record = arena_alloc(arena, sizeof *record);
    record->bytes = arena_memdup(arena, octets->buf, (size_t)octets->len);
    record->length = (size_t)octets->len;
    *message->end = record;
    message->end = &record->next;
}

static void take_list(struct arena *arena, const Z_NamePlusRecordList *list, struct z3950_message *message)
{
    for (int i = 0; i < list->num_records; i++) {
        const Z_NamePlusRecord *one = list->records[i];
        if (one->which == Z_NamePlusRecord_databaseRecord)
            take_record(arena, one->u.databaseRecord, message);
        else if (one->which == Z_NamePlusRecord_surrogateDiagnostic &&
                 one->u.surrogateDiagnostic->which == Z_DiagRec_defaultFormat)
            take_diagnostic(arena, one->u.surrogateDiagnostic->u.defaultFormat, message);
    }
}

static void take_records(struct arena *arena, const Z_Records *records, struct z3950_message *message)
{
    if (!records)
        return;
    if (records->which == Z_Records_DBOSD) {
        take_list(arena, records->u.databaseOrSurDiagnostics, message);
    } else if (records->which == Z_Records_NSD) {
        take_diagnostic(arena, records->u.nonSurrogateDiagnostic, message);
    } else if (records->which == Z_Records_multipleNSD) {
        const Z_DiagRecs *several = records->u.multipleNonSurDiagnostics;
        for (int i = 0; i < several->num_diagRecs; i++) {
            if (several->diagRecs[i]->which == Z_DiagRec_defaultFormat)
                take_diagnostic(arena, several->diagRecs[i]->u.defaultFormat, message);
        }
    }
}

static void take_apdu(struct arena *arena, const Z_APDU *apdu, struct z3950_message *message)
{
    switch (apdu->which) {
    case Z_APDU_initResponse:
        message->kind = Z3950_INIT;
        message->succeeded = *apdu->u.initResponse->result;
        break;
    case Z_APDU_searchResponse:
        message->kind = Z3950_SEARCH;
        message->succeeded = *apdu->u.searchResponse->searchStatus;
        message->found = *apdu->u.searchResponse->resultCount;
        take_records(arena, apdu->u.searchResponse->records, message);
        break;
    case Z_APDU_presentResponse:
        message->kind = Z3950_PRESENT;
        message->succeeded = true;
        take_records(arena, apdu->u.presentResponse->records, message);
        break;
    default: message->kind = Z3950_OTHER; break;
    }
}

bool z3950_read(struct arena *arena, const char *bytes, size_t length, struct z3950_message *out_message)
{
    ODR odr = odr_createmem(ODR_DECODE);
    Z_APDU *apdu = NULL;
    /* It looks a byte past the end of a number without bytes: there has to be one. */
    char *padded = arena_alloc(arena, length + PADDING);

    memcpy(padded, bytes, length);
    *out_message = (struct z3950_message){0};
    out_message->end = &out_message->records;
    odr_setbuf(odr, padded, (int)length, 0);
    bool is_read = z_APDU(odr, &apdu, 0, NULL) && apdu;
    if (is_read)
        take_apdu(arena, apdu, out_message);
    odr_destroy(odr);
    return is_read;
}
