/*
 * seeder.h — fills an empty library with a believable one: titles with their copies, members, and months of
 * lending, as a town's library might have had them.
 *
 *     TRY(seeder_new(ctx, "minimal", 42, &seeder));
 *     TRY(writer_run_bulk(writer, ctx, seeder_step, seeder));
 *     puts(seeder_report(ctx->arena, seeder));
 *
 * Small scenarios go through the ordinary services, one act after the other (lending, renewing, holding, paying),
 * each at the moment it happens (ctx->now runs through the past and ends where it was): so every rule was asked,
 * every counter kept and every invariant of the library holds. What happens is planned first (plan.h), which takes milliseconds.
 *
 * Large ones are written table by table into a file that nobody has yet (seeder_fill(), bulk.h). The same
 * model draws the loans and a test holds both roads to the same library, row by row; only one act in the
 * audit log tells of it instead of millions, besides those of its calendar.
 *
 * The same scenario, random seed, present moment and time zone give the same library, on any machine; only
 * the public ids differ where the services made them (they are random by design). ISBNs are valid and
 * invented: one may by chance be that of a real book.
 *
 * Not for a library in use: acts are dated in the past, and a slice of a few hundred takes longer than
 * WRITER_BULK_SLICE_MS. Whether seeding is allowed at all is the command line's question.
 */
#ifndef CARREL_SEEDER_SEEDER_H
#define CARREL_SEEDER_SEEDER_H

#include "base/ctx.h"
#include "db/writer.h"
#include "seeder/bulk.h"
#include "seeder/summary.h"

struct seeder;

/* What seeding looks like from outside. */
struct seeder_progress {
    int64_t done, total; /* acts: titles, members, loans, returns …; total is 0 until all is planned */
    const char *phase;   /* for people: "planning", "cataloguing and registering", "lending", "done" …  */
};

/*
 * Prepares; writes nothing and needs no database. The library's present is ctx->now. VALIDATION_ERROR for a
 * scenario that does not exist, naming those that do. The seeder lives until ctx->arena is reset.
 */
enum error_kind seeder_new(struct ctx *ctx, const char *scenario, uint64_t random_seed,
                           struct seeder **out_seeder) MUST_CHECK;

/*
 * A write_function for writer_run_bulk(): the next few hundred acts. WRITE_MORE until the library is full,
 * then WRITE_DONE with the batch's own audit row ("library.seeded") and event. How far it got is what the
 * library itself shows, so a slice that was rolled back is simply made again.
 * LIBRARY_NOT_EMPTY when anything was there before, or comes from elsewhere in between.
 */
enum write_result seeder_step(struct ctx *ctx, void *seeder);

/* Is the scenario so large that seeder_fill() should make it? */
bool seeder_is_large(const struct seeder *seeder);

/*
 * All at once: ctx->db is a DB_BUILD connection to an empty library. `tell(argument)` is called now and then, for
 * whoever shows the progress. LIBRARY_NOT_EMPTY as above. After any failure the file is worth nothing.
 */
enum error_kind seeder_fill(struct ctx *ctx, struct seeder *seeder, enum bulk_road road,
                            void (*tell)(void *argument), void *argument) MUST_CHECK;

/* Callable from any thread while seeder_step() runs. */
void seeder_progress(const struct seeder *seeder, struct seeder_progress *out_progress);

/* After the last step. The report is a few lines of text for people, with a newline after each but the last. */
void seeder_summary(const struct seeder *seeder, struct seeder_summary *out_summary);
const char *seeder_report(struct arena *arena, const struct seeder *seeder);

/* The scenarios by name, for --help: "minimal". In `arena`, parted by ", ". */
const char *seeder_scenario_names(struct arena *arena);

#endif
