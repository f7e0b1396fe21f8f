/*
 * routes.c — the site map. What each endpoint is stands in its slice's router; who may use it, too.
 */
#include "routes.h"

#include <stddef.h>

const struct route *const route_tables[] = {
    auth_routes,         /* signing in, setup, one's own password */
    accounts_routes,     /* accounts and API keys */
    books_routes,        /* titles: list, show, archive, restore */
    names_routes,        /* their authors and categories */
    covers_routes,       /* their pictures */
    copies_routes,       /* titles with their copies: create, edit; copies */
    shelves_routes,      /* where copies stand; a barcode in the hand */
    reading_routes,      /* lists of titles that belong together */
    reviews_routes,      /* what readers think of a title */
    stocktake_routes,    /* what is there, what is missing */
    members_routes,      /* readers */
    memberships_routes,  /* renewing, new cards, groups */
    member_types_routes, /* kinds of readers */
    roll_over_routes,    /* the school year's turn */
    self_routes,         /* what readers do for themselves */
    borrows_routes,      /* lending and taking back */
    renewals_routes,     /* a loan goes on */
    overdue_routes,      /* fines posted by hand */
    closures_routes,     /* closed days that are entered later */
    opening_routes,      /* the ordinary week */
    simulator_routes,    /* what would the desk say? */
    holds_routes,        /* waiting for a title */
    watches_routes,      /* being told when it is back */
    fines_routes,        /* charges, payments, waivers */
    till_routes,         /* what came in, and reports */
    analytics_routes,    /* figures: the dashboard */
    of_one_routes,       /* … of a title, with its loans; of a member */
    reports_routes,      /* tables of figures; visits */
    saved_routes,        /* … under a name, sent by e-mail */
    policies_routes,     /* circulation rules and the types of things */
    calendar_routes,     /* closures, day by day */
    search_routes,       /* titles, the best first; suggestions; facets */
    discovery_routes,    /* popular queries, recommendations */
    duplicates_routes,   /* titles that stand there twice, made one */
    catalogue_io_routes, /* import */
    profiles_routes,     /* … and how files of known origin are taken */
    marc_routes,         /* MARC records, in and out */
    import_routes,       /* files brought in steps, and taken back */
    lookup_routes,       /* titles, from other libraries' catalogues */
    oai_routes,          /* the catalogue for harvesters */
    sru_routes,          /* … and for other catalogues */
    notices_routes,      /* what readers are told */
    templates_routes,    /* … in which words, and whether they want it */
    channels_routes,     /* trying e-mail and text messages */
    settings_routes,     /* system configuration */
    audit_routes,        /* who did what */
    events_routes,       /* what happens, as it happens */
    webhooks_routes,     /* … told to programs elsewhere */
    tls_routes,          /* the authority's certificate, for other devices */
    alerts_routes,       /* what is not well, until it is */
    admin_routes,        /* health, check */
    metrics_routes,      /* figures for monitors */
    log_level_routes,    /* how much is logged */
    backups_routes,      /* copies of the library: made, listed */
    restore_routes,      /* … and restored */
    restore_status_routes,
    sealing_routes, /* … and their passphrase */
    jobs_routes,    /* background jobs */
    openapi_routes, /* this list, for programs */
    NULL,
};
