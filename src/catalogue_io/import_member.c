/*
 * import_member.c — a file of readers: with their cards, or without; they are known again by card, e-mail address, or
 * name and day of birth.
 */
#include <string.h>

#include "base/barcode.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/import_record.h"
#include "catalogue_io/import_repair.h"
#include "catalogue_io/import_undo.h"
#include "catalogue_io/import_value.h"
#include "members/finding_service.h"
#include "members/members_service.h"

struct import_member {
    struct member_facts facts;          /* member_type: as the row says it, until look() */
    struct member_status_change status; /* status NULL: active */
};

/* What other systems call readers whose types come with this program. */
static const struct {
    const char *code, *words;
} types[] = {
    {"adult", "adult|adults|erwachsener|erwachsene|adulte|adultes|adulto|adultos|adulta|adulti|volwassene|"
              "volwassenen|pt|patron"},
    {"student",
     "student|students|pupil|schuler|schulerin|schuler in|etudiant|eleve|estudiante|alumno|studente|"
     "alunno|aluno|estudante|leerling|s|st"},
    {"faculty",
     "faculty|teacher|teachers|lehrer|lehrerin|lehrkraft|enseignant|professeur|profesor|docente|maestro|"
     "insegnante|professor|docent|leraar|t"},
    {"child",
     "child|children|juvenile|kind|kinder|enfant|enfants|nino|ninos|infantil|bambino|bambini|ragazzi|"
     "crianca|kinderen|jeugd|j"},
    {"staff",
     "staff|employee|librarian|mitarbeiter|personal|personnel|personale|funcionario|personeel|medewerker"},
};

static const struct {
    const char *status, *words;
} states[] = {
    {"active", "active|aktiv|actif|activo|attivo|ativo|actief|valid|gultig|enabled|ok|1|true|yes"},
    {"expired",
     "expired|abgelaufen|expire|caducado|vencido|scaduto|expirado|verlopen|inactive|inaktiv|inactif|"
     "inactivo|inattivo|inativo|inactief"},
    {"suspended", "suspended|blocked|barred|debarred|gesperrt|suspendu|bloque|suspendido|bloqueado|sospeso|"
                  "bloccato|suspenso|geblokkeerd|geschorst"},
};

/* ---- from the row --------------------------------------------------------------------------------------- */

struct reading {
    struct ctx *ctx;
    const struct import_columns *columns;
    const struct csv_row *row;
    struct import_record *record;
};

static const char *cell(const struct reading *r, int field)
{
    return import_cell(r->ctx, r->columns, r->row, field);
}

/* "Ada Lovelace" from one column or two. "Lovelace, Ada" in one stays as it is: nobody knows what it means. */
static void read_name(const struct reading *r, struct import_member *member)
{
    struct arena *arena = r->ctx->arena;
    const char *name = cell(r, MEMBER_COLUMN_NAME);
    const char *first = cell(r, MEMBER_COLUMN_FIRST_NAME);
    const char *last = cell(r, MEMBER_COLUMN_LAST_NAME);

    if (*name == '\0')
        name = import_one_line(arena, arena_printf(arena, "%s %s", first, last));
    const char *cut = import_cut_text(arena, name, MEMBER_NAME_MAX);
    if (cut != name)
        import_record_repaired(r->ctx, r->record, IMPORT_FIELD_CUT,
                               arena_printf(arena, "name cut to %d characters.", MEMBER_NAME_MAX));
    if (*cut == '\0')
        import_record_refused(r->ctx, r->record, IMPORT_NO_NAME, "The name is missing.");
    member->facts.name = *cut ? cut : NULL;
    r->record->name = member->facts.name;
}

static void read_card(const struct reading *r, struct import_member *member)
{
    const char *card = cell(r, MEMBER_COLUMN_CARD);

    if (*card == '\0')
        return;
    if (!barcode_acceptable(card)) {
        import_record_refused(r->ctx, r->record, IMPORT_BAD_BARCODE,
                              arena_printf(r->ctx->arena,
                                           "Card “%s” is not 1 to %d letters, digits or signs.",
                                           text_truncate(r->ctx->arena, card, BOOK_TEXT_MAX), BARCODE_MAX));
        return;
    }
    member->facts.card = card;
    import_record_key(r->ctx, r->record, "card", card);
}

/* A value that the library's own rules do not let in is left out, with what they say. */
static void read_checked(const struct reading *r, int column, const char *field, struct import_member *member)
{
    const char *text = cell(r, column);
    const char *problem;

    if (!field_store_text(r->ctx, field_find(member_fields, field), text, &member->facts, &problem))
        import_record_repaired(r->ctx, r->record, IMPORT_FIELD_DROPPED,
                               arena_printf(r->ctx->arena, "%s left out: it %s.", field, problem));
}

/* Other systems have it in several words, or in none that are known here: then look() asks the library. */
static const char *known_type(struct arena *arena, const char *text)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (import_word_among(arena, text, types[i].words))
            return types[i].code;
    return NULL;
}

static void read_status(const struct reading *r, struct import_member *member)
{
    struct ctx *ctx = r->ctx;
    const char *text = cell(r, MEMBER_COLUMN_STATUS);
    const char *status = NULL;

    member->status.suspended_until =
        import_cell_day(ctx, r->columns, r->row, MEMBER_COLUMN_SUSPENDED_UNTIL, r->record);
    member->status.reason =
        import_cell_text(ctx, r->columns, r->row, MEMBER_COLUMN_STATUS_REASON, MEMBER_TEXT_MAX, r->record);
    for (size_t i = 0; i < sizeof states / sizeof states[0] && !status; i++)
        if (import_word_among(ctx->arena, text, states[i].words))
            status = states[i].status;
    if (*text && !status)
        import_record_repaired(ctx, r->record, IMPORT_FIELD_DROPPED,
                               arena_printf(ctx->arena, "status left out: “%s” is none that is known here.",
                                            text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
    int32_t today = clock_day_of(ctx->now);
    bool is_over = member->facts.expires_on != NO_NUMBER && member->facts.expires_on < today;
    bool suspended = status && strcmp(status, "suspended") == 0;
    if (suspended && member->status.suspended_until != NO_NUMBER && member->status.suspended_until < today)
        status = NULL; /* it is over */
    /* The last day says it already, and says when. */
    if (status && (strcmp(status, "active") == 0 || (is_over && strcmp(status, "expired") == 0)))
        status = NULL;
    if (!status || strcmp(status, "suspended") != 0)
        member->status.suspended_until = NO_NUMBER;
    if (!status)
        member->status.reason = NULL;
    member->status.status = status;
}

static void read_type(const struct reading *r, struct import_member *member)
{
    const char *text = cell(r, MEMBER_COLUMN_TYPE);

    member->facts.member_type = *text ? text_truncate(r->ctx->arena, text, MEMBER_TEXT_MAX) : NULL;
}

static void read_member(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                        struct import_record *record)
{
    struct import_member *member = arena_alloc(ctx->arena, sizeof *member);
    const struct reading reading = {ctx, columns, row, record};

    *member = (struct import_member){.facts = MEMBER_FACTS_NONE};
    record->facts = member;
    record->match_id = NO_NUMBER;
    read_name(&reading, member);
    read_card(&reading, member);
    read_checked(&reading, MEMBER_COLUMN_EMAIL, "email", member);
    read_checked(&reading, MEMBER_COLUMN_PHONE, "phone", member);
    read_type(&reading, member);
    member->facts.group = import_cell_text(ctx, columns, row, MEMBER_COLUMN_GROUP, MEMBER_TEXT_MAX, record);
    member->facts.note = import_cell_text(ctx, columns, row, MEMBER_COLUMN_NOTE, NOTE_MAX, record);
    member->facts.birth_date = import_cell_day(ctx, columns, row, MEMBER_COLUMN_BIRTH_DATE, record);
    member->facts.expires_on = import_cell_day(ctx, columns, row, MEMBER_COLUMN_EXPIRES_ON, record);
    read_status(&reading, member);
    if (member->facts.email)
        import_record_key(ctx, record, "email", text_fold(ctx->arena, member->facts.email));
    import_check_width(ctx, columns, row, record);
}

/* ---- against the library -------------------------------------------------------------------------------- */

static enum error_kind settle_type(struct ctx *ctx, struct import_record *record,
                                   struct import_member *member)
{
    const char *said = member->facts.member_type;
    const char *code;
    bool found;

    if (!said)
        return OK;
    TRY(member_types_find_called(ctx, said, &code, &found));
    if (!found)
        code = known_type(ctx->arena, said);
    member->facts.member_type = code;
    if (!code)
        import_record_repaired(
            ctx, record, IMPORT_FIELD_DROPPED,
            arena_printf(ctx->arena, "member_type left out: there is no type “%s” here.", said));
    return OK;
}

/* By card, then e-mail address, then name and day of birth. Archived readers keep theirs: they are no match. */
static enum error_kind find(struct ctx *ctx, const struct import_member *import, struct member *out_member,
                            bool *out_found)
{
    const struct member_facts *facts = &import->facts;
    size_t count = 0;

    *out_found = false;
    if (facts->card)
        TRY(members_find_holder_of_card(ctx, facts->card, out_member, out_found));
    if (!*out_found && facts->email)
        TRY(members_find_holder_of_email(ctx, facts->email, out_member, out_found));
    if (*out_found || facts->birth_date == NO_NUMBER)
        return OK;
    TRY(members_find_called(ctx, facts->name, facts->birth_date, out_member, &count));
    *out_found = count == 1;
    return OK;
}

static enum error_kind look_at_member(struct ctx *ctx, struct import_record *record)
{
    struct import_member *import = record->facts;
    struct member member;
    bool found;

    if (record->outcome == IMPORT_REFUSED)
        return OK;
    TRY(settle_type(ctx, record, import));
    if (members_check_facts(ctx, &import->facts) != OK) {
        if (ctx->error.code != ERR_VALIDATION_ERROR)
            return error_code_kind(ctx->error.code);
        import_record_refuse_for_error(ctx, record, IMPORT_NOT_VALID);
        return OK;
    }
    record->match_id = NO_NUMBER;
    TRY(find(ctx, import, &member, &found));
    if (!found)
        return OK;
    if (member.deleted_at != NO_NUMBER) {
        import_record_refused(
            ctx, record, IMPORT_DUPLICATE_MEMBER,
            arena_printf(ctx->arena,
                         "Card or e-mail address belong to %s, who is archived: restore that "
                         "record, or change it first.",
                         member.facts.name));
        return OK;
    }
    record->match_id = member.id;
    record->match_name = arena_printf(ctx->arena, "%s (%s)", member.facts.name, member.facts.card);
    return OK;
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/* What the record there does not say is taken from the row; its card and type are its own. */
static enum error_kind fill(struct ctx *ctx, const struct member *before, const struct import_member *import,
                            struct import_trail *trail)
{
    struct member_facts facts = before->facts;
    struct member after;

    facts.email = facts.email ? facts.email : import->facts.email;
    facts.phone = facts.phone ? facts.phone : import->facts.phone;
    facts.group = facts.group ? facts.group : import->facts.group;
    facts.note = facts.note ? facts.note : import->facts.note;
    if (facts.birth_date == NO_NUMBER)
        facts.birth_date = import->facts.birth_date;
    if (facts.expires_on == NO_NUMBER)
        facts.expires_on = import->facts.expires_on;
    TRY(members_update_in_batch(ctx, before, &facts));
    TRY(members_find_by_id(ctx, before->id, &after));
    for (const struct field_change *change = fields_changes(ctx, member_fields, &before->facts, &after.facts);
         change; change = change->next)
        import_changed(trail, "member", before->id, change->name, change->before, change->after);
    return OK;
}

static enum error_kind write_member(struct ctx *ctx, const struct import_record *record,
                                    enum import_choice choice, struct import_trail *trail,
                                    int64_t *out_copies)
{
    const struct import_member *import = record->facts;
    struct member member;
    bool found;

    *out_copies = 0;
    TRY(find(ctx, import, &member, &found));
    if (found && member.deleted_at == NO_NUMBER && choice != IMPORT_SKIP)
        return fill(ctx, &member, import, trail);
    TRY(members_create_in_batch(ctx, &import->facts, import->status.status ? &import->status : NULL,
                                &member));
    import_made(trail, "member", member.id);
    return OK;
}

/* ---- undoing -------------------------------------------------------------------------------------------- */

static enum error_kind look_at_made(struct ctx *ctx, int64_t batch_id, int64_t id,
                                    struct import_made_record *out_record)
{
    struct member member;

    (void)batch_id; /* whoever changes a member raises the version */
    TRY(members_find_by_id(ctx, id, &member));
    *out_record = (struct import_made_record){.name = member.facts.name, .is_edited = member.version > 1};
    return members_ties(ctx, &member, &out_record->tie);
}

static enum error_kind remove_member(struct ctx *ctx, int64_t id)
{
    struct member member;

    TRY(members_find_by_id(ctx, id, &member));
    return members_remove(ctx, &member);
}

const struct import_undoer import_undo_members = {"member", look_at_made, remove_member};

static const char *const needed[] = {"name|first_name|last_name", NULL};

const struct import_kind import_members = {
    .name = "members",
    .fields = import_member_fields,
    .needed = needed,
    .read = read_member,
    .look = look_at_member,
    .write = write_member,
};
