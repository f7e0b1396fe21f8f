/*
 * import_profile_service.h — profiles: finding, keeping and recognising them.
 *
 * Functions that change something leave an audit row in the same transaction.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_PROFILE_SERVICE_H
#define CARREL_CATALOGUE_IO_IMPORT_PROFILE_SERVICE_H

#include "base/ctx.h"
#include "catalogue_io/import_columns.h"
#include "catalogue_io/import_profiles.h"

/* The library's own, by name, then those that come with the program; of one kind, or (NULL) of all. */
enum error_kind import_profile_list(struct ctx *ctx, const char *kind,
                                    struct import_profile **out_first) MUST_CHECK;

/* PROFILE_NOT_FOUND. Those that come with the program are found, too; by name, case and accents do not matter. */
enum error_kind import_profile_find(struct ctx *ctx, const struct uuid *uuid,
                                    struct import_profile *out_profile) MUST_CHECK;
enum error_kind import_profile_find_named(struct ctx *ctx, const char *name,
                                          struct import_profile *out_profile) MUST_CHECK;

/*
 * Which profile a file of this kind is for, as its headers tell: one of the library's own, all of whose headers it has
 * (of several, that which names most), else one that comes with the program. That there is none is no error.
 */
enum error_kind import_profile_recognise(struct ctx *ctx, const char *kind,
                                         const struct import_columns *columns,
                                         struct import_profile *out_profile, bool *out_found) MUST_CHECK;

/* DUPLICATE_PROFILE; VALIDATION_ERROR: a field that the kind does not have, two columns for one. CONFLICT: too many. */
enum error_kind import_profile_add(struct ctx *ctx, const struct import_profile_facts *facts,
                                   struct import_profile *out_profile) MUST_CHECK;

/* The same, and PRECONDITION_FAILED (`expected_version`; NO_NUMBER: any); CONFLICT for one that comes with the program. */
enum error_kind import_profile_update(struct ctx *ctx, const struct import_profile *before,
                                      const struct import_profile_facts *facts, int64_t expected_version,
                                      struct import_profile *out_profile) MUST_CHECK;
enum error_kind import_profile_delete(struct ctx *ctx, const struct import_profile *profile) MUST_CHECK;

#endif
