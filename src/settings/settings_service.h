/*
 * settings_service.h — what is set, who says so, and changing it.
 *
 * Two levels. What the process was given (flags, environment) is taken in once, before threads start, and
 * needs no ctx; what the library stores is read from the database where it is asked for (one look-up by
 * primary key), so a change counts from its COMMIT on and nothing is kept twice.
 */
#ifndef CARREL_SETTINGS_SETTINGS_SERVICE_H
#define CARREL_SETTINGS_SETTINGS_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "settings/settings.h"

/* ---- what the process was given: before threads start ---------------------------------------------- */

/* The setting of this name, with '-' or '_' ("card-prefix"). */
bool settings_find(const char *name, enum setting *out_id);

/*
 * Takes `value` (copied) from `source`, unless a source that counts more gave one already. False when it
 * is not acceptable: *out_problem is then one line for people, from malloc ("--threads “0” must be at
 * least 4").
 */
bool settings_override(enum setting id, const char *value, enum setting_source source, char **out_problem);

/*
 * Takes in CARREL_… variables, the files that CARREL_…_FILE name, and `.env` in the folder of
 * `library_path` (lines KEY=VALUE, `export ` before it, quotes, # comments; other programs' keys are
 * ignored, and so is CARREL_DB there). A missing .env is no problem, an unreadable one is. Once with
 * library_path NULL (environment alone: to learn `db`), once with it.
 */
bool settings_load_environment(const char *library_path, char **out_problem);

/* Is it a password, a key? Its value is for those who use it (settings_text()) and for nobody's eyes: neither shown nor audited. */
bool setting_is_concealed(enum setting id);

/* Was it given by flag or environment? Then no stored value counts. */
bool settings_given(enum setting id);

/* "the flag --card-prefix", "CARREL_CARD_PREFIX": for saying why a value cannot be changed here. */
const char *settings_given_by(struct ctx *ctx, enum setting id);

/* The value given, else the default; NULL when there is neither. For settings of the process. */
const char *settings_process_text(enum setting id);
int64_t settings_process_int(enum setting id); /* NO_NUMBER when there is none */

/*
 * What `db` names is this file (absolute, links followed): what stands beside a library stands beside it, whichever link
 * it was named by. Before threads start; the same again changes nothing.
 */
void settings_found_library(const char *path);

/* --auth off: nobody signs in, everyone is an administrator. */
bool settings_auth_is_off(void);

/* Forgets all that was given. For tests. */
void settings_forget(void);

/* ---- in force, with the library at hand ------------------------------------------------------------ */

/*
 * Once at start, when the library's currency is known: whether amounts that were given are amounts of it
 * (VALIDATION_ERROR: "--daily-fine “0.005” must be an amount of money with at most 2 decimals").
 */
enum error_kind settings_check_given(struct ctx *ctx) MUST_CHECK;

/* The value in force. A setting without a default that nobody set: NULL, NO_NUMBER. */
enum error_kind settings_text(struct ctx *ctx, enum setting id, const char **out_value) MUST_CHECK;
/* Money in minor units. */
enum error_kind settings_int(struct ctx *ctx, enum setting id, int64_t *out_value) MUST_CHECK;
enum error_kind settings_is_on(struct ctx *ctx, enum setting id, bool *out_on) MUST_CHECK; /* "on" or "off" */

/*
 * Is public_catalogue on, or metrics_open? Asked for every request, so it is answered from memory: settings_remember()
 * brings that up to date, at start and after a commit that changed settings.
 */
bool settings_catalogue_is_public(void);
bool settings_metrics_are_open(void);
enum error_kind settings_remember(struct ctx *ctx) MUST_CHECK;

/* Number `index` of the table, 0 … SETTING_COUNT - 1. With ctx->db NULL nothing stored is looked at. */
enum error_kind settings_describe(struct ctx *ctx, size_t index, struct setting_state *out_state) MUST_CHECK;

/* ---- changing what is stored ----------------------------------------------------------------------- */

/*
 * Stores one setting, NULL meaning "back to the default"; audited. SETTING_NOT_FOUND; VALIDATION_ERROR for
 * a value that is not acceptable; CONFLICT for a setting of the process and for one that a flag or the
 * environment decides: storing it would change nothing.
 */
enum error_kind settings_set(struct ctx *ctx, const char *name, const char *value) MUST_CHECK;

/*
 * Calls `act` whenever the stored value of a setting has changed, in the transaction that changes it: for what other
 * slices derive from it. One for each setting, named once, before threads start.
 */
typedef enum error_kind settings_follower(struct ctx *ctx);
void settings_follow(enum setting id, settings_follower *act);

/*
 * The stored settings (or their defaults; SETTING_CONCEALED for what is never shown) before a body is laid over them; then
 * what they shall be, NULL meaning "back to the default", SETTING_CONCEALED "as it was". Only what differs is written;
 * errors as above. VALIDATION_ERROR also where a stored password is not given again although the address changes to
 * which it is sent: who could turn that elsewhere would be told the password.
 */
enum error_kind settings_values(struct ctx *ctx, struct setting_values *out_values) MUST_CHECK;
enum error_kind settings_update(struct ctx *ctx, const struct setting_values *values) MUST_CHECK;

#endif
