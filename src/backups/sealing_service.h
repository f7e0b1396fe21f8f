/*
 * sealing_service.h — backups that only a passphrase opens.
 *
 * An administrator sets the passphrase once. Carrel keeps the key that it becomes (base/seal.h), never the passphrase:
 * so the backups of every night are sealed without anybody being asked, and nobody who finds one, nor Carrel itself
 * without the library, can open it. Another passphrase later is for what is made from then on.
 */
#ifndef CARREL_BACKUPS_SEALING_SERVICE_H
#define CARREL_BACKUPS_SEALING_SERVICE_H

#include "backups/backups.h"
#include "base/ctx.h"

/* "off", "second", "all". */
const char *sealing_name(enum backups_seal seal);

/* Fills in what place says of sealing; with a connection. */
enum error_kind sealing_look(struct ctx *ctx, struct backup_place *place) MUST_CHECK;

/* The same of a library of an older version, whose schema may have no place for keys yet. */
enum error_kind sealing_look_of_old(struct ctx *ctx, struct backup_place *place) MUST_CHECK;

/*
 * The key that one of this kind is sealed with, NULL: none. PASSPHRASE_REQUIRED when it should be sealed and cannot:
 * it is then not made at all.
 */
enum error_kind sealing_key_for(struct ctx *ctx, const struct backup_place *place, enum backup_kind kind,
                                const struct seal_key **out_key) MUST_CHECK;

/* As if `passphrase` were the one that is set, and all were sealed. Slow (base/scrypt.h); without a connection. */
enum error_kind sealing_with(struct ctx *ctx, const char *passphrase, struct backup_place *place) MUST_CHECK;

/* On the writer: from now on this is the key (sealing_derive() has made it). Audited. */
enum error_kind sealing_derive(struct ctx *ctx, const char *passphrase, struct seal_key *out_key) MUST_CHECK;
enum error_kind sealing_set(struct ctx *ctx, const struct seal_key *key) MUST_CHECK;

/* On the writer: forgets the key. CONFLICT while the setting asks for it, NOT_FOUND when there is none. Audited. */
enum error_kind sealing_remove(struct ctx *ctx) MUST_CHECK;

/* Follows the setting backup_seal: PASSPHRASE_REQUIRED when it asks for a passphrase that nobody has set. */
enum error_kind sealing_follow_setting(struct ctx *ctx) MUST_CHECK;

#endif
