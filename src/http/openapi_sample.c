/*
 * openapi_sample.c — the table.
 */
#include "http/openapi_sample.h"

#include <stdio.h>
#include <string.h>

struct sample {
    const char *name;
    const char *value; /* NULL: null in a reply, absent from a body */
};

/* clang-format off */
static const struct sample samples[] = {
    /* Titles and copies */
    {"title", "Middlemarch"}, {"subtitle", "A Study of Provincial Life"}, {"author", "George Eliot"}, {"author_name", "George Eliot"},
    {"favorite_author", "George Eliot"}, {"isbn", "9780141439549"}, {"publisher", "Penguin Classics"}, {"edition", "3rd edition"},
    {"year", "1871"}, {"year_from", "1850"}, {"year_to", "1900"}, {"language", "en"}, {"description", "A town, two marriages, and what became of them."},
    {"item_type", "book"}, {"categories", "Novels"}, {"genre", "Novels"}, {"category", "Novels"}, {"cover", "4f1c2a9d0b7e"}, {"book_title", "Middlemarch"},
    {"total_copies", "3"}, {"available_copies", "2"}, {"rating", "4.5"}, {"rating_count", "2"}, {"stars", "5"}, {"deleted_at", NULL},
    {"barcode", "2000000010"}, {"barcodes", "2000000010"}, {"barcode_prefix", "2"}, {"card_prefix", "1"}, {"shelf", "Fiction E"}, {"from_shelf", "Fiction D"},
    {"status", "available"}, {"price", "12.50"}, {"note", "Second cover"}, {"Copy.note", NULL}, {"CopyExport.note", NULL}, {"availability_status", "AVAILABLE"},
    {"marc", NULL}, {"Lookup.present", NULL}, {"first_id", "0192d4c8-1b20-7a41-8c55-0e9a3d6f7b02"}, {"allow_shared_isbn", "false"},
    /* Members */
    {"name", "Amina Diallo"}, {"member_name", "Amina Diallo"}, {"email", "amina@example.org"}, {"phone", "+49 30 123456"}, {"card", "1000000018"},
    {"member_type", "adult"}, {"group", "Class 7b"}, {"group_name", "Class 7b"}, {"from_group", "Class 7b"}, {"to_group", "Class 8b"},
    {"birth_date", "2013-04-02"}, {"Member.note", NULL}, {"status_reason", NULL}, {"suspended_until", NULL}, {"Member.status", "active"}, {"balance", "2.40"},
    {"risk_level", "LOW"}, {"new_name", "English novels"}, {"MemberType.name", "Adult"}, {"MemberType.code", "adult"}, {"ItemType.code", "book"},
    {"ItemType.name", "Book"}, {"MemberGroups.groups.name", "Class 7b"}, {"Shelves.shelves.name", "Fiction E"}, {"UsedNames.names.name", "George Eliot"},
    {"AuthorRenamed.name", "George Eliot"}, {"CategoryChanged.name", "English novels"}, {"membership_months", "12"},
    /* Loans, holds */
    {"Borrow.status", "borrowed"}, {"Reception.status", "returned"}, {"BarcodeReception.status", "returned"}, {"Borrow.returned_at", NULL},
    {"Borrow.overdue", "false"}, {"Borrow.lost", "false"}, {"Reception.lost", "false"}, {"BarcodeReception.lost", "false"}, {"Reception.overdue", "false"},
    {"BarcodeReception.overdue", "false"}, {"borrowed_at", "2026-11-08T09:30:00Z"}, {"due_date", "2026-11-29T22:59:59Z"}, {"returned_at", "2026-11-22T10:00:00Z"},
    {"renewals", "0"}, {"rule", "adult × book"}, {"overdue_step", "0"}, {"outcome", "returned"}, {"next_hold", NULL}, {"Reception.next_hold", NULL},
    {"override_reason", NULL}, {"occurred_at", NULL}, {"error_code", "RENEWAL_LIMIT_EXCEEDED"}, {"Renewed.refused.detail", "“Middlemarch” has been renewed 2 of 2 times. It has to be brought back."},
    {"way", "desk"}, {"renewed_by", "Oskar"}, {"max_loans", "5"}, {"loan_days", "14"}, {"max_renewals", "2"}, {"hold_limit", "5"}, {"fine_per_day", "0.20"},
    {"fine_cap", "10.00"}, {"grace_days", "2"}, {"LoanRule.name", "adult × book"}, {"rule.name", "adult × book"}, {"total_rule.name", "any × any"},
    {"Simulation.refusals.error_code", "MEMBER_BLOCKED"}, {"Simulation.refusals.detail", "Amina Diallo owes 12.00: more than 10.00, up to which the library lends. Take a payment first."},
    {"allowed", "false"}, {"Hold.status", "waiting"}, {"Hold.copy_id", NULL}, {"Hold.ready_at", NULL}, {"Hold.pickup_until", NULL}, {"Hold.ended_at", NULL},
    {"Hold.ended_reason", NULL}, {"Hold.copy.id", NULL}, {"Hold.copy.barcode", NULL}, {"Hold.copy.shelf", NULL}, {"Hold.suspended", "false"}, {"position", "1"},
    {"suspended", "true"}, {"obstacle", NULL}, {"MergePreview.readers.reason", "open_loan"}, {"TitleMerge.undone_at", NULL}, {"TitleMerge.undone_by", NULL},
    {"archived", "false"}, {"CopyScan.hold", NULL},
    {"borrow_count", "12"}, {"total_times_borrowed", "12"}, {"average_borrow_duration", "16.5"}, {"longest_borrow_duration", "34"}, {"shortest_borrow_duration", "3"},
    {"popularity_rank", "41"}, {"return_delay_count", "2"}, {"days_until_due", "7"}, {"duration_days", "14"}, {"total_books_borrowed", "12"},
    {"overdue_count", "1"}, {"overdue_rate_percent", "8.3"},
    /* Money */
    {"amount", "2.40"}, {"settled", "0.00"}, {"open", "2.40"}, {"fine", "0.00"}, {"fines", "2.40"}, {"reason", "The library was closed"}, {"method", "cash"},
    {"reference", NULL}, {"taken_by", "Oskar"}, {"made_by", "Oskar"}, {"asked_by", "Oskar"}, {"decided_by", NULL}, {"Waiver.decided_at", NULL},
    {"Waiver.status", "asked"}, {"kind", "overdue"}, {"charge_kind", "overdue"}, {"currency", "EUR"}, {"allocated", "0.00"}, {"balance_after", "0.00"},
    {"receipt_number", "128"}, {"library", "Village library"}, {"library_name", "Village library"}, {"month", "2026-11"}, {"Charge.note", NULL}, {"Payment.note", NULL},
    {"Receipt.note", NULL}, {"allocations.note", NULL},
    /* Who, when, where from */
    {"actor", "Oskar"}, {"created_by", "Oskar"}, {"started_by", "Oskar"}, {"finished_by", NULL}, {"Stocktake.finished_at", NULL}, {"Stocktake.missing", NULL},
    {"Stocktake.accounted_for", NULL}, {"undone_by", NULL}, {"undone_at", NULL}, {"scanned_by", "Oskar"}, {"Account.name", "Oskar"}, {"account.name", "Oskar"},
    {"account_name", "Amina"}, {"role", "librarian"}, {"access", "librarian"}, {"auth", "on"}, {"reset_asked_at", NULL}, {"locked_until", NULL}, {"disabled_at", NULL},
    {"Account.member_id", NULL}, {"Account.member_name", NULL}, {"ApiKey.name", "Door display"}, {"ApiKey.role", "librarian"}, {"revoked_at", NULL},
    {"key", "carrel_7Xw2vJmQ0rT9"}, {"password", "a long sentence nobody guesses"}, {"current_password", "a long sentence nobody guesses"},
    {"new_password", "another sentence nobody guesses"}, {"code", "7K2M-9QXT"}, {"csrf_token", "b1X0Yl3m"}, {"access_token", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"},
    {"token_type", "Bearer"}, {"expires_in", "900"}, {"refresh_token", "r_5qPz81"}, {"action", "book.updated"}, {"entity", "book"}, {"before", "{\"year\":1872}"},
    {"after", "{\"year\":1871}"}, {"?after", NULL}, {"address", "192.0.2.17"}, {"correlation_id", "0192d4c8-0a51-7c3e-9b1f-6f2f5d0c7a11"}, {"version", "7"},
    {"want", "session"}, {"message", "An administrator has a code for you."}, {"setup_required", "false"}, {"time_zone", "Europe/Berlin"},
    /* Backups, jobs, health */
    {"directory", "/var/lib/carrel/backups"}, {"second_directory", NULL}, {"seal", "off"}, {"gap_since", NULL}, {"Backups.backups.error", NULL}, {"Backup.error", NULL},
    {"Backup.kind", "manual"}, {"Backups.backups.kind", "hourly"}, {"RestoreFiles.files.kind", "hourly"}, {"path", "/var/lib/carrel/backups/library-20261122-1000.db"},
    {"sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}, {"verified", "read back"}, {"passphrase", "four words nobody guesses"}, {"until", NULL}, {"confirm", NULL},
    {"backup_id", NULL}, {"RestoreFiles.files.library", "Village library"}, {"RestorePreview.lost.action", "borrow.lent"}, {"state", "ok"}, {"text", "The newest backup is an hour old."},
    {"HealthCheck.checks.name", "backups"}, {"Jobs.jobs.name", "backup"}, {"JobRun.name", "backup"}, {"summary", "Makes a backup"}, {"JobRun.outcome", "1 made"},
    {"Jobs.jobs.outcome", "1 made"}, {"level", "info"}, {"Restore.state", "none"}, {"Restore.detail", NULL}, {"Restore.from", NULL}, {"kept_aside", NULL}, {"Restore.started_at", NULL},
    {"Restore.finished_at", NULL}, {"findings", NULL}, {"ok", "true"}, {"SystemConfig.settings.name", "library_name"}, {"value", "Village library"}, {"source", "stored"},
    {"meaning", "What it is called"}, {"type", "text"}, {"default", "Library"}, {"SystemConfig.settings.minimum", NULL}, {"SystemConfig.settings.maximum", NULL},
    {"SystemConfig.settings.choices", NULL}, {"subject", "backup"}, {"Alerts.data.state", "warning"}, {"Alert.state", "warning"}, {"ended_at", NULL}, {"seen_by", NULL}, {"seen_at", NULL},
    {"problem", NULL}, {"problems", NULL}, {"db", "connected"}, {"Health.status", "ok"}, {"Readiness.status", "ready"}, {"backup_is_old", "false"}, {"is_old", "false"},
    /* Files */
    {"format", "csv"}, {"encoding", "UTF-8"}, {"delimiter", "comma"}, {"columns", "title,author,isbn"}, {"header", "Title"}, {"field", "title"}, {"reasons", "isbn_is_taken"},
    {"profile", NULL}, {"duplicates", "skip"}, {"choice", "skip"}, {"why", "It was changed since."}, {"error", NULL}, {"ImportBatch.name", "books.csv"}, {"ImportBatch.kind", "titles"},
    {"ImportBatch.status", "done"}, {"ImportBatchWhole.name", "books.csv"}, {"ImportBatchWhole.kind", "titles"}, {"ImportBatchWhole.status", "done"},
    {"ImportProfile.name", "Littera"}, {"ImportProfile.kind", "titles"}, {"ImportProfiles.data.name", "Littera"}, {"ImportProfiles.data.kind", "titles"},
    {"ImportReport.rows.outcome", "refused"}, {"ImportReport.summary.reason", "isbn_is_taken"}, {"ImportReport.summary.meaning", "Another title has the ISBN"},
    {"ImportBatchWhole.summary.reason", "isbn_is_taken"}, {"ImportBatchWhole.summary.meaning", "Another title has the ISBN"}, {"ImportRow.outcome", "duplicate"},
    {"ImportRow.name", "Middlemarch"}, {"match.name", "Middlemarch"}, {"ImportUndoPreview.examples.name", "Middlemarch"},
    /* Other catalogues */
    {"LookupTarget.name", "Library of Congress"}, {"LookupTarget.kind", "z3950"}, {"LookupTarget.address", "z3950.example.org:210/books"}, {"LookupTest.name", "Library of Congress"},
    {"LookupTest.message", "It answers."}, {"LookupTest.detail", NULL}, {"KnownTargets.data.name", "Library of Congress"}, {"KnownTargets.data.kind", "z3950"},
    {"KnownTargets.data.address", "z3950.example.org:210/books"}, {"about", "12 million records"}, {"Lookup.records.source", "Library of Congress"},
    {"Lookup.targets.name", "Library of Congress"}, {"Lookup.targets.message", "1 record"}, {"Lookup.targets.detail", NULL}, {"any", "provincial life"},
    /* Days */
    {"opens", "10:00"}, {"closes", "18:00"}, {"Calendar.days.reason", NULL}, {"weekday", "1"}, {"yearly", "false"}, {"Closure.name", "Winter break"}, {"Closed.name", "Winter break"},
    {"Closure.kind", "closure"}, {"Closed.kind", "closure"}, {"spread_days", NULL}, {"day", "2026-11-22"}, {"first_day", "2026-12-24"}, {"last_day", "2027-01-02"},
    /* Messages */
    {"channel", "email"}, {"Notification.kind", "due_soon"}, {"Notification.state", "sent"}, {"Notification.subject", "Middlemarch is due in two days"},
    {"body", "Dear {name}, “{title}” is due on {due}."}, {"Notification.body", "Dear Amina Diallo, “Middlemarch” is due on 29 November."}, {"Notification.address", "amina@example.org"},
    {"claimed_at", NULL}, {"Notification.ended_at", "2026-11-22T10:00:03Z"}, {"read_at", NULL}, {"why_off", NULL}, {"last_problem", NULL}, {"last_problem_at", NULL},
    {"NotificationKinds.kinds.kind", "due_soon"}, {"NotificationKinds.kinds.summary", "A loan is due soon"}, {"NotificationKinds.kinds.channels", "email"},
    {"placeholders.name", "title"}, {"placeholders.meaning", "The title's name"}, {"NotificationPreferences.language", NULL}, {"preferences.kind", "due_soon"},
    {"templates.kind", "due_soon"}, {"templates.subject", "{title} is due soon"}, {"NotificationPreview.subject", "Middlemarch is due soon"},
    {"NotificationPreview.text", "Dear Amina Diallo, “Middlemarch” is due on 29 November."}, {"MessageTest.address", "amina@example.org"},
    /* Lists, reviews */
    {"ReadingList.name", "Summer reading"}, {"ReadingList.description", "For long afternoons"}, {"ReadingListEntry.note", NULL}, {"Review.status", "shown"}, {"Review.reason", NULL},
    {"Review.text", "I did not want it to end."}, {"ShownReview.text", "I did not want it to end."}, {"why_not", NULL},
    /* Reports, search */
    {"Reports.reports.name", "loans"}, {"Reports.reports.title", "Loans"}, {"Reports.reports.summary", "What was lent"}, {"parameters.name", "period"}, {"parameters.type", "choice"},
    {"parameters.meaning", "Which days"}, {"parameters.choices", "last_month"}, {"parameters.default", NULL}, {"by", "month"}, {"columns.name", "loans"}, {"columns.type", "integer"},
    {"columns.title", "Loans"}, {"chart.kind", "bars"}, {"x", "month"}, {"y", "loans"}, {"report", "loans"}, {"parameters", "period=last_month"}, {"schedule", "monthly"},
    {"SavedReport.name", "Loans of the month"}, {"recipients", "head@example.org"}, {"Report.title", "Loans"}, {"sort", NULL}, {"period", "last_month"}, {"?period", "last_month"},
    {"RollOver.name", "Summer 2026"}, {"RollOverReport.cannot_leave.error_code", "HAS_ACTIVE_BORROWS"},
    {"RollOverReport.cannot_leave.detail", "Amina Diallo cannot be archived with 1 active borrow."}, {"RollOver.undone_at", NULL}, {"facets.value", "Novels"}, {"facets.name", "Novels"},
    {"facets.genre.value", "Novels"}, {"facets.genre.name", "Novels"}, {"facets.author_name.value", "George Eliot"}, {"facets.author_name.name", "George Eliot"},
    {"facets.decade.value", "1870"}, {"facets.decade.name", "1870–1879"}, {"facets.language.value", "en"}, {"facets.language.name", "English"},
    {"facets.item_type.value", "book"}, {"facets.item_type.name", "Book"}, {"facets.available.value", "true"}, {"facets.available.name", "Available now"},
    {"NewApiKey.name", "Door display"}, {"ClosurePreview.name", "Winter break"}, {"RollOverReport.name", "Summer 2026"}, {"ClosurePreview.kind", "closure"},
    {"Me.code", "7K2M-9QXT"}, {"did_you_mean", NULL}, {"perhaps", NULL}, {"perhaps_total", NULL}, {"term", "middlemarch"}, {"Suggestions.data.kind", "title"}, {"Suggestions.data.text", "Middlemarch"},
    {"q", "middlemarch"}, {"next", NULL}, {"Recommendations.data.reason.kind", "borrowed_with"}, {"AnalyticsSummary.recent_activity.type", "borrow"}, {"RecentActivity.data.type", "borrow"},
    /* Stock-taking, webhooks, events */
    {"Stocktake.name", "Summer"}, {"Stocktake.shelf", NULL}, {"MissingCopy.status", "available"}, {"finding", "misplaced"}, {"StocktakeScan.copy.status", "available"},
    {"StocktakeFinding.message", "This copy belongs to Fiction D."}, {"Webhook.name", "Door display"}, {"webhook.name", "Door display"}, {"url", "https://display.example.org/carrel"},
    {"events", "borrow.lent"}, {"rest_until", NULL}, {"secret", "whsec_3kQ9"}, {"WebhookDelivery.type", "borrow.lent"}, {"WebhookDelivery.state", "sent"},
    {"WebhookDelivery.status", "200"}, {"WebhookDelivery.body", "{\"type\":\"borrow.lent\"}"}, {"next_try_at", NULL}, {"EventTypes.data.type", "borrow.lent"},
    {"EventTypes.data.meaning", "A copy was lent"}, {"detail", NULL}, {"Events.events.type", "borrow.lent"}, {"WebhookTest.status", "200"}, {"visits", "42"},
    {"TitlePairs.pairs.reason", "isbn"},
    /* Parameters */
    {"id", "0192d4c8-1b20-7a41-8c55-0e9a3d6f7b01"}, {"cursor", "eyJ2IjoxfQ"}, {"limit", "20"}, {"offset", "0"}, {"row", "3"}, {"identifier", "urn:uuid:0192d4c8-1b20-7a41-8c55-0e9a3d6f7b01"},
    {"metadataPrefix", "oai_dc"}, {"set", NULL}, {"resumptionToken", NULL}, {"operation", "searchRetrieve"}, {"query", "dc.title = middlemarch"}, {"startRecord", "1"},
    {"maximumRecords", "10"}, {"recordSchema", "marcxml"}, {"recordPacking", "xml"}, {"last_cursor", "eyJ2IjozfQ"}, {"pickup_before", "2026-11-22"},
    {"from", "2026-10-24"}, {"to", "2026-11-22"}, {"total", "1"}, {"count", "12"},
};
/* clang-format on */

static const struct sample *find(const char *name)
{
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        /* Hundreds of rows for each of thousands of names: most differ in the first letter. */
        if (samples[i].name[0] == name[0] && strcmp(samples[i].name, name) == 0)
            return &samples[i];
    }
    return NULL;
}

#define NAME_SIZE 256 /* not of the arena: that is the reply's, and there are thousands of names to try */

/* "Schema.group.name", then "group.name" with ever fewer groups, then "name". */
static const struct sample *look_up(const char *schema, const char *path)
{
    const struct sample *found = NULL;

    if (schema) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "%s.%s", schema, path);
        found = find(name);
    }
    while (!found && path) {
        found = find(path);
        const char *dot = strchr(path, '.');
        path = dot ? dot + 1 : NULL;
    }
    return found;
}

const char *sample_of(const char *schema, const char *path)
{
    const struct sample *sample = look_up(schema, path);

    return sample ? sample->value : NULL;
}

bool sample_is_absent(const char *schema, const char *path)
{
    const struct sample *sample = look_up(schema, path);

    return sample && !sample->value;
}
