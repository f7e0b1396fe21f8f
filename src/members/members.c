/*
 * members.c — the field tables of a member, and what a status means on a day.
 */
#include "members/members.h"

#include <assert.h>

#include "base/limits.h"

#define FACTS(member) AT(struct member_facts, member)
#define CHANGE(member) AT(struct member_status_change, member)

static const char *const status_names[] = {
    [MEMBER_STATUS_ACTIVE] = "active",
    [MEMBER_STATUS_EXPIRED] = "expired",
    [MEMBER_STATUS_SUSPENDED] = "suspended",
    NULL,
};

/* clang-format off */
const struct field member_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, MEMBER_NAME_MIN, MEMBER_NAME_MAX, FACTS(name), "Full name"},
    {"email", FIELD_EMAIL, OPTIONAL, 0, 0, FACTS(email), "E-mail address; no other member may have it"},
    {"phone", FIELD_PHONE, OPTIONAL, 0, 0, FACTS(phone), "Phone number, kept as it is given"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, FACTS(card),
     "Barcode of the card; generated when it is left out"},
    {"member_type", FIELD_TEXT, OPTIONAL, 1, MEMBER_TEXT_MAX, FACTS(member_type),
     "Code of a member type, as loan rules tell them apart (default adult)"},
    {"expires_on", FIELD_DAY, OPTIONAL, 0, 0, FACTS(expires_on),
     "Last day of the membership; left out in a create: as its type says; null in an edit: it does not end"},
    {"group", FIELD_TEXT, OPTIONAL, 1, MEMBER_TEXT_MAX, FACTS(group), "Class, family, club"},
    {"birth_date", FIELD_DAY, OPTIONAL, 0, 0, FACTS(birth_date), "Day of birth"},
    {"note", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, FACTS(note), "For the desk; the member does not see it"},
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"status", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored; PUT /members/{id}/status changes it"},
    {"status_reason", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"suspended_until", FIELD_DAY, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"active_borrows_count", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"borrow_count", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"balance", FIELD_MONEY, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"last_borrowed_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"created_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"updated_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"deleted_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored; say the version you have read in If-Match"},
    {0},
};

const struct field member_status_fields[] = {
    {"status", FIELD_CHOICE, REQUIRED, 0, 0, CHANGE(status), "active, expired or suspended", status_names, 0},
    {"reason", FIELD_TEXT, OPTIONAL, 1, MEMBER_TEXT_MAX, CHANGE(reason), "Why, for people"},
    {"suspended_until", FIELD_DAY, OPTIONAL, 0, 0, CHANGE(suspended_until),
     "Last day of a suspension; left out: until it is lifted"},
    {0},
};
/* clang-format on */

const char *member_status_name(enum member_status status)
{
    assert(status <= MEMBER_STATUS_SUSPENDED);
    return status_names[status];
}

/* The listing says the same in SQL (MEMBER_STATUS_TODAY in members_sql.h); a test holds the two equal. */
enum member_status member_status_on(const struct member *member, int32_t day)
{
    if (member->status == MEMBER_STATUS_SUSPENDED &&
        (member->suspended_until == NO_NUMBER || member->suspended_until >= day))
        return MEMBER_STATUS_SUSPENDED;
    if (member->status == MEMBER_STATUS_EXPIRED)
        return MEMBER_STATUS_EXPIRED;
    if (member->facts.expires_on != NO_NUMBER && member->facts.expires_on < day)
        return MEMBER_STATUS_EXPIRED;
    return MEMBER_STATUS_ACTIVE;
}
