/*
 * sealing_service.c — which backups are sealed, and with what.
 */
#include "backups/sealing_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "backups/journal_service.h"
#include "backups/sealing_repository.h"
#include "settings/settings_service.h"

static const char *const names[] = {[SEAL_OFF] = "off", [SEAL_SECOND] = "second", [SEAL_ALL] = "all"};

const char *sealing_name(enum backups_seal seal)
{
    return names[seal];
}

static enum error_kind read_setting(struct ctx *ctx, enum backups_seal *out_seal)
{
    const char *value;
    enum backups_seal seal = SEAL_OFF;

    TRY(settings_text(ctx, SETTING_BACKUP_SEAL, &value));
    while (seal < SEAL_ALL && strcmp(value, names[seal]) != 0)
        seal++;
    *out_seal = seal;
    return OK;
}

enum error_kind sealing_look(struct ctx *ctx, struct backup_place *place)
{
    TRY(read_setting(ctx, &place->seal));
    return sealing_repo_find(ctx, &place->key, &place->has_key);
}

enum error_kind sealing_look_of_old(struct ctx *ctx, struct backup_place *place)
{
    TRY(read_setting(ctx, &place->seal));
    return place->seal == SEAL_ALL ? sealing_repo_find(ctx, &place->key, &place->has_key) : OK;
}

enum error_kind sealing_key_for(struct ctx *ctx, const struct backup_place *place, enum backup_kind kind,
                                const struct seal_key **out_key)
{
    bool wanted = place->seal == SEAL_ALL || (place->seal == SEAL_SECOND && kind == BACKUP_SECOND);

    /* The pages of a library that is not open yet have no Settings. */
    if (wanted && !place->has_key && kind == BACKUP_UPGRADE)
        return fail(
            ctx, PASSPHRASE_REQUIRED,
            "The backup to be made before that should be sealed, and this library has no passphrase yet. Start "
            "once with --backup-seal off, set a passphrase under Settings, Backups, then seal all again.");
    if (wanted && !place->has_key)
        return fail(ctx, PASSPHRASE_REQUIRED,
                    "The backup was not made: it should be sealed, and no passphrase is set. Set one under "
                    "Settings, Backups.");
    *out_key = wanted ? &place->key : NULL;
    return OK;
}

enum error_kind sealing_derive(struct ctx *ctx, const char *passphrase, struct seal_key *out_key)
{
    return seal_key_derive(ctx, passphrase, out_key);
}

enum error_kind sealing_with(struct ctx *ctx, const char *passphrase, struct backup_place *place)
{
    TRY(sealing_derive(ctx, passphrase, &place->key));
    place->has_key = true;
    place->seal = SEAL_ALL;
    return OK;
}

enum error_kind sealing_set(struct ctx *ctx, const struct seal_key *key)
{
    TRY(sealing_repo_delete(ctx));
    TRY(sealing_repo_insert(ctx, key));
    TRY(backups_journal_follow(ctx));
    return audit_act(ctx, "backup.passphrase_set", "library", NO_NUMBER);
}

enum error_kind sealing_remove(struct ctx *ctx)
{
    struct backup_place place = {0};

    TRY(sealing_look(ctx, &place));
    if (!place.has_key)
        return fail(ctx, NOT_FOUND, "No passphrase is set.");
    if (place.seal != SEAL_OFF)
        return fail(
            ctx, CONFLICT,
            "Backups are sealed with this passphrase. Set backup_seal to off first, then take it away.");
    TRY(sealing_repo_delete(ctx));
    return audit_act(ctx, "backup.passphrase_removed", "library", NO_NUMBER);
}

enum error_kind sealing_follow_setting(struct ctx *ctx)
{
    struct backup_place place = {0};

    TRY(sealing_look(ctx, &place));
    if (place.seal == SEAL_OFF || place.has_key)
        return backups_journal_follow(ctx);
    return fail(
        ctx, PASSPHRASE_REQUIRED,
        "Backups cannot be sealed yet: no passphrase is set. Set one under Settings, Backups, first.");
}
