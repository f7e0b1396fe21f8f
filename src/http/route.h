/*
 * route.h — a route table is the policy: one row per endpoint, applied by the dispatcher for all alike.
 *
 *     const struct route borrows_routes[] = {
 *         {GET, "/borrows", LIBRARIAN, READS, LIMIT_SEARCH, list_borrows, "List borrows, newest first",
 *          .list = &borrows_listing},
 *         {POST, "/borrows", LIBRARIAN, WRITES, LIMIT_WRITE, lend_copy, "Lend a copy to a member",
 *          .body = lend_fields, .one = &borrows_listing, .status = 201},
 *         {0},
 *     };
 *
 * Paths stand below /api/v1 (ROOT rows: below nothing); `{name}` matches one segment and is read by
 * request_uuid(req, "name") or request_path(req, "name"). ACCESS_UNSET stops the server at start, and so
 * do two rows with the same method and path, a WRITES row that is a GET, and a row without a summary.
 *
 * A handler reads what it needs from the request, calls one service function and writes the reply. It
 * returns OK or the kind of ctx->error; problem.c writes that error. Handlers are ≤ 20 lines.
 */
#ifndef CARREL_HTTP_ROUTE_H
#define CARREL_HTTP_ROUTE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/field.h"
#include "base/listing.h"

/* Of the codes in base/error.h, and none. */
enum {
    ERROR_CODE_COUNT = 1
#define X(code, kind) +1
    ERROR_CODES(X)
#undef X
};

struct request;
struct response;

enum http_method { HTTP_NO_METHOD = 0, GET, POST, PUT, PATCH, DELETE };

enum route_work {
    READS,     /* on the worker, one read connection, one snapshot */
    WRITES,    /* on the writer thread, in a savepoint; answered after COMMIT */
    BULK,      /* `.prepare` on the worker with a read snapshot, then the handler on the writer in slices:
                  again and again while it sets res->more */
    UNMANAGED, /* on the worker without a database: static pages, health, documents */
};

/* What a request of this class may weigh, and how often it may come (http/rate_limit.h). */
enum limit_class {
    LIMIT_NONE = 0, /* no body */
    LIMIT_READ,     /* no body */
    LIMIT_SEARCH,   /* no body */
    LIMIT_TYPING,   /* no body; asked anew with every letter that is typed */
    LIMIT_WRITE,    /* HTTP_BODY_MAX */
    LIMIT_PICTURE,  /* COVER_BYTES_MAX */
    LIMIT_UPLOAD,   /* HTTP_UPLOAD_MAX */
    LIMIT_FILE,     /* IMPORT_FILE_MAX, kept in a file (req->spooled): of a row with `.takes` */
};

/* How requests ended since the start, counted by the dispatcher once the reply is certain. */
struct route_figures {
    _Atomic(int64_t) succeeded;
    _Atomic(int64_t) failed;
    _Atomic(int64_t) failed_with[ERROR_CODE_COUNT]; /* `failed`, by why */
    const char *name;                               /* in /metrics: "carrel_borrows"; NULL: not there */
    const char *help;
};

#define ERRORS(...) ((const enum error_code[]){__VA_ARGS__, ERR_NONE})

typedef enum error_kind route_handler(struct request *req, struct response *res);

struct route {
    enum http_method method;
    const char *path;
    enum access access;
    enum route_work work;
    enum limit_class limit;
    route_handler *handler;
    const char *summary;
    const struct field *body;      /* fields of the JSON body: checked before the handler runs */
    enum field_use body_use;       /* FIELDS_CREATE (default) or FIELDS_EDIT */
    const struct listing *list;    /* the reply is a page of this; query parameters follow from it */
    const struct listing *one;     /* the reply is one row of this */
    const struct reply *reply;     /* the reply is an object described by hand */
    const char *content_type;      /* the reply is bytes of this type, no JSON */
    const char *const *gives;      /* … of one of these, as the handler says */
    const char *const *also_gives; /* beside `.reply`, as Accept asks: text of one of these types */
    const struct field *query;     /* further query parameters */
    route_handler *check;          /* what else is wrong with a body that the field table already refuses: the
                                    service's own checks, so that all wrong fields stand in one answer */
    int status;                    /* of success; 0: 200, or 204 when there is no reply */
    struct route_figures *figures; /* counts how its requests ended; NULL: nobody asks */
    const char *const *takes;      /* the body is bytes of one of these types (req->body_type) */
    bool takes_csv;                /* the body is a file: text/csv as it is, or multipart/form-data `file` */
    bool as_csv;                   /* a `.list` that is always answered as CSV, whatever Accept says */
    bool follows;    /* of READS: a reply may go on for as long as the client listens (event_stream.h) */
    bool in_pieces;  /* of READS: a long reply, made a piece at a time (piece_stream.h) */
    bool root;       /* the path does not stand below /api/v1 */
    const char *own; /* of MEMBER rows: the parameter with a member's id; members need theirs */
    bool catalogue;  /* of ANYONE rows: needs MEMBER while the catalogue is not public */
    bool
        for_monitors; /* asks no sign-in of a program on this machine, nor of anybody while metrics are open */
    bool secret;      /* its replies are the asker's alone: Idempotency-Key keeps none */
    bool during_setup; /* is there before the library has an administrator */
    const char *about; /* what the summary leaves out, in sentences, for /openapi.json */
    const char
        *example; /* a body that works, for /openapi.json; NULL: the field table makes one, which is none
                            where fields exclude each other */
    const enum error_code *errors; /* ERRORS(…): how it fails besides what the other columns lead to
                                      (http/openapi_errors.h). PRECONDITION_FAILED: it reads If-Match */
    route_handler *prepare;        /* runs first, on the worker, with a read snapshot */
    route_handler
        *compute; /* of WRITES and READS: runs after `.prepare`, on the worker, with no connection in
                                    hand: slow arithmetic, a password's hash, asking another server */
    route_handler *committed; /* of WRITES: runs last, on the worker, with a snapshot of what is durable,
                                    and brings up to date what is kept in memory; if it fails, that is logged */
};

/*
 * The shape of a reply that no listing describes, for /openapi.json (the contract test holds replies
 * against it). Types are column types; a nested table makes an object, `many` an array of them.
 */
struct reply_field {
    const char *name;
    enum column_type type; /* 0 when `fields` or `row` is set */
    bool nullable;
    const char *meaning;
    const struct reply_field *fields; /* an object of these */
    const struct listing *row;        /* an object like a row of this listing */
    bool beside; /* … whose members stand beside the other fields; nullable: may all be null */
    bool many;   /* an array of it */
    bool open;   /* an object of any members */
};

struct reply {
    const char *name;                 /* of the schema: "MemberProfile" */
    const struct reply_field *fields; /* ends with {0}; NULL: an object of any members */
};

#endif
