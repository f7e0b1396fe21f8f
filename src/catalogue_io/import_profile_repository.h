/*
 * import_profile_repository.h — the only writer of import_profile; no rules.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_PROFILE_REPOSITORY_H
#define CARREL_CATALOGUE_IO_IMPORT_PROFILE_REPOSITORY_H

#include "base/ctx.h"
#include "catalogue_io/import_profiles.h"

/* All of them, by name, in the arena; how many there are. */
enum error_kind import_profile_repo_list(struct ctx *ctx, struct import_profile **out_first,
                                         size_t *out_count) MUST_CHECK;

enum error_kind import_profile_repo_find(struct ctx *ctx, const struct uuid *uuid,
                                         struct import_profile *out_profile, bool *out_found) MUST_CHECK;

/* Names are compared folded. */
enum error_kind import_profile_repo_find_named(struct ctx *ctx, const char *name,
                                               struct import_profile *out_profile,
                                               bool *out_found) MUST_CHECK;

/* Sets profile->id. */
enum error_kind import_profile_repo_insert(struct ctx *ctx, struct import_profile *profile) MUST_CHECK;
enum error_kind import_profile_repo_update(struct ctx *ctx, const struct import_profile *profile) MUST_CHECK;
enum error_kind import_profile_repo_delete(struct ctx *ctx, int64_t id) MUST_CHECK;

#endif
