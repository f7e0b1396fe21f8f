/*
 * routes.h — the site map: every slice's route table. A new slice adds a line here and one in routes.c.
 */
#ifndef CARREL_ROUTES_H
#define CARREL_ROUTES_H

#include "http/route.h"

extern const struct route accounts_routes[];
extern const struct route admin_routes[];
extern const struct route metrics_routes[];
extern const struct route log_level_routes[];
extern const struct route backups_routes[];
extern const struct route sealing_routes[];
extern const struct route analytics_routes[];
extern const struct route of_one_routes[];
extern const struct route audit_routes[];
extern const struct route events_routes[];
extern const struct route auth_routes[];
extern const struct route books_routes[];
extern const struct route borrows_routes[];
extern const struct route calendar_routes[];
extern const struct route catalogue_io_routes[];
extern const struct route profiles_routes[];
extern const struct route closures_routes[];
extern const struct route opening_routes[];
extern const struct route copies_routes[];
extern const struct route covers_routes[];
extern const struct route jobs_routes[];
extern const struct route shelves_routes[];
extern const struct route oai_routes[];
extern const struct route sru_routes[];
extern const struct route reading_routes[];
extern const struct route reviews_routes[];
extern const struct route stocktake_routes[];
extern const struct route holds_routes[];
extern const struct route fines_routes[];
extern const struct route marc_routes[];
extern const struct route import_routes[];
extern const struct route lookup_routes[];
extern const struct route member_types_routes[];
extern const struct route members_routes[];
extern const struct route memberships_routes[];
extern const struct route openapi_routes[];
extern const struct route overdue_routes[];
extern const struct route policies_routes[];
extern const struct route renewals_routes[];
extern const struct route reports_routes[];
extern const struct route saved_routes[];
extern const struct route rescue_routes[]; /* instead of all others: src/rescue.h */
extern const struct route restore_routes[];
extern const struct route restore_status_routes[];
extern const struct route roll_over_routes[];
extern const struct route names_routes[];
extern const struct route duplicates_routes[];
extern const struct route search_routes[];
extern const struct route discovery_routes[];
extern const struct route self_routes[];
extern const struct route alerts_routes[];
extern const struct route channels_routes[];
extern const struct route notices_routes[];
extern const struct route templates_routes[];
extern const struct route settings_routes[];
extern const struct route simulator_routes[];
extern const struct route till_routes[];
extern const struct route tls_routes[];
extern const struct route watches_routes[];
extern const struct route webhooks_routes[];

extern const struct route *const route_tables[]; /* ends with NULL */

#endif
