/*
 * upgrade.h — a library of an older Carrel, brought forward without being touched.
 *
 *     1. It must be whole (quick_check): a damaged one is never brought forward (LIBRARY_DAMAGED).
 *     2. There must be room for UPGRADE_ROOM_COPIES of it (DISK_FULL).
 *     3. A backup of it is made into the backup folder and read back; its kind is "upgrade", its name says the version.
 *     4. A copy beside it, "library.db.upgrading", is brought forward (db/migrate.h) and looked through: references,
 *        quick_check, no record more or fewer than before. The backup is noted in it.
 *     5. The copy takes the library's name, by one rename.
 *
 * So at every moment, also when the power fails or the program is killed, the library's name is that of the old file
 * or of the new one, whole; and whatever goes wrong before the rename leaves the old file as it was, which the older
 * program still opens (UPGRADE_FAILED, and why). Bringing the file itself forward would need no room for the copy, but
 * a way back that can itself fail. What an attempt leaves behind is taken away by the next one.
 *
 * Nobody may have the library open; the caller holds its lock (db/lockfile.h). A new or an up-to-date library is left
 * alone, and so is one that this program cannot read: opening it says why.
 */
#ifndef CARREL_UPGRADE_H
#define CARREL_UPGRADE_H

#include "base/ctx.h"

/* `path` is absolute. ctx->db must be NULL. */
enum error_kind upgrade_library(struct ctx *ctx, const char *path) MUST_CHECK;

#endif
