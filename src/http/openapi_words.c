/*
 * openapi_words.c — the contract in a page, for who opens /docs first.
 */
#include "http/openapi_words.h"

#include <stddef.h>
#include <string.h>

const char words_of_api[] =
    "A small library in one program: catalogue, members, circulation.\n\n"
    "**Who asks.** A browser's session: `POST /api/v1/auth/login`, then the cookie, and with every change the header "
    "`X-CSRF-Token`. A program: `Authorization: Bearer …` with an access token of the same address (`want=token`) or "
    "an API key. A role may do what those before it may: member, librarian, administrator.\n\n"
    "**Values.** UTF-8 JSON. Instants are RFC 3339 in UTC, days YYYY-MM-DD in the library's time zone, durations whole "
    "days unless their name says otherwise (`_ms`, `_s`, `_minutes`, `_months`). Money is an exact decimal number of the "
    "library's currency; bodies take it as text as well. Ids are UUIDs.\n\n"
    "**Lists.** `limit` (1–100, 20), `sort_by`, `order`, and `cursor`: what `meta.next_cursor` says leads to the next page "
    "at the same cost anywhere; rows that come or go meanwhile are neither skipped nor repeated. `Accept: text/csv` "
    "gives all rows.\n\n"
    "**Changes.** PUT and PATCH change the members that are given. What the server owns (ids, times, counts) may be sent "
    "back and is ignored; a member that nobody knows is an error. `If-Match` with the version that was read protects "
    "from overwriting. `Idempotency-Key` makes a POST safe to repeat for a day.\n\n"
    "**Errors.** One shape: `detail` for people, `error_code` for programs, `correlation_id` as in the log; `reason` where "
    "a rule decided, all wrong fields in `validation_errors`. 429 and 503 say in `Retry-After` when to ask again.";

static const struct {
    const char *tag;
    const char *words;
} tags[] = {
    {"admin", "Accounts, API keys, settings, backups, jobs, audit log, health"},
    {"alerts", "What is not well, until it is"},
    {"analytics", "Figures: the dashboard and its parts"},
    {"auth", "Signing in and out, the first administrator, one's own password"},
    {"authors", "Authors' names as titles have them"},
    {"books", "Titles: catalogue, copies, pictures, figures, import and export"},
    {"borrowings", "The same as borrows, under the name that an older interface had"},
    {"borrows", "Lending, taking back, renewing; what is overdue"},
    {"ca", "The authority's certificate of a server with --tls auto"},
    {"calendar", "Open and closed days, one by one"},
    {"categories", "Categories of titles"},
    {"closures", "Days on which the library is closed, and loans that move for them"},
    {"copies", "What stands on the shelves: barcodes, states, places"},
    {"duplicates", "Titles that may be there twice"},
    {"events", "What happens, as it happens (server-sent events)"},
    {"fines", "Charges, payments, waivers, the till"},
    {"health", "Is the server there, and its database?"},
    {"healthz", "Is the program alive? For orchestrators"},
    {"holds", "Waiting for a title, and the hold shelf"},
    {"imports", "Files brought in steps, and taken back"},
    {"lookup", "Titles from other libraries' catalogues"},
    {"member-groups", "Classes, families, clubs"},
    {"members", "Readers: records, status, history, self-service"},
    {"merges", "Titles that were made one"},
    {"metrics", "Figures for monitors"},
    {"notifications", "What readers are told, how, and in which words"},
    {"oai", "The catalogue for harvesters (OAI-PMH 2.0)"},
    {"openapi", "This document"},
    {"opening-hours", "The ordinary week"},
    {"policies", "Loan rules, member types, item types, and what the desk would say"},
    {"reading-lists", "Lists of titles that belong together"},
    {"readyz", "Can it serve now? For load balancers"},
    {"reports", "Tables of figures, on demand and by e-mail"},
    {"rescue", "What can be done while the library cannot be opened"},
    {"reservations", "The same as holds, under the name that other programs use"},
    {"reviews", "What readers think of a title"},
    {"roll-overs", "The school year's turn: groups move up, leavers leave"},
    {"search", "Titles, the best first; suggestions, facets, popular queries"},
    {"shelves", "Where copies stand"},
    {"sru", "The catalogue for other catalogues (SRU 1.2)"},
    {"stocktakes", "What is there, and what is missing"},
    {"visits", "How many people came"},
    {"webhooks", "What happens, told to programs elsewhere"},
};

const char *words_of_tag(const char *tag)
{
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (strcmp(tags[i].tag, tag) == 0)
            return tags[i].words;
    }
    return NULL;
}

static const struct {
    const char *name;
    const char *words;
} groups[] = {
    {"account", "Who has signed in; null: nobody"},
    {"analytics_summary", "What the member has made of it"},
    {"backup", "What is in the backup"},
    {"book", "The title"},
    {"by_due_weekday", "Overdue loans by the weekday they were due"},
    {"charged", "What was charged"},
    {"chart", "How it is drawn; null: not at all"},
    {"chat", "The chat; null: none is set"},
    {"copy", "The copy"},
    {"counts", "What is in it; null: not known"},
    {"credit", "What the library owes members"},
    {"email", "By e-mail; null: no address is set"},
    {"facets", "What the titles can be narrowed down by"},
    {"figures", "Numbers behind the sentence"},
    {"forecast", "What the coming week may bring"},
    {"gone", "The title that was made part of the other"},
    {"hold", "Who waits for the copy; null: nobody"},
    {"inventory_health", "Titles that need a look"},
    {"journal", "What was written since the backup"},
    {"kept", "The title that stays"},
    {"loan", "Who has the copy; null: nobody"},
    {"match", "The record that is there already"},
    {"member", "The member"},
    {"meta", "The page, and what may have been meant"},
    {"next_hold", "Who gets the copy next; null: nobody waits"},
    {"outstanding", "What is owed"},
    {"overdue_breakdown", "Overdue loans by days late"},
    {"overview", "The library in five figures"},
    {"paid", "What was paid"},
    {"present", "What the library has of it; null: nothing"},
    {"reason", "Why"},
    {"review", "The review; null: none yet"},
    {"roll_over", "The roll-over; null in a preview"},
    {"rule", "The rule that decides"},
    {"total_rule", "The rule that limits all loans together"},
    {"totals", "Sums of the columns that have one"},
    {"waived", "What was waived"},
    {"webhook", "The webhook"},
};

const char *words_of_group(const char *name)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (strcmp(groups[i].name, name) == 0)
            return groups[i].words;
    }
    return NULL;
}
