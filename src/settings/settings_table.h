/*
 * settings_table.h — the table of settings.h as data, for this slice alone.
 */
#ifndef CARREL_SETTINGS_SETTINGS_TABLE_H
#define CARREL_SETTINGS_SETTINGS_TABLE_H

#include "base/ctx.h"
#include "settings/settings.h"

/* Type, bounds and meaning; the offset is the setting's place in struct setting_values. */
const struct field *setting_field(enum setting id);

const char *setting_default(enum setting id); /* NULL: none */
bool setting_is_stored(enum setting id);      /* an administrator may change it */

/* The value as anybody may see it: of a concealed one "" or SETTING_CONCEALED. NULL stays NULL. */
const char *setting_shown(enum setting id, const char *value);

/*
 * Is `text` an acceptable value? NULL, or what is wrong ("must be at least 4"). Beyond its field's bounds a
 * currency must exist, a prefix be digits, and so on. Amounts are read at ctx->currency_exponent.
 */
const char *setting_problem(struct ctx *ctx, enum setting id, const char *text);

/* CARREL_CARD_PREFIX */
#define SETTING_VARIABLE_SIZE 64
void setting_variable(enum setting id, char out[SETTING_VARIABLE_SIZE]);

/* SOURCE_NONE, or where the process was given it. */
enum setting_source setting_given_source(enum setting id);

#endif
