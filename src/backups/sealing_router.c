/*
 * sealing_router.c — the passphrase of backups: set, and taken away again. It is never shown.
 */
#include "backups/sealing_service.h"
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

struct passphrase_request {
    const char *passphrase;
};

static const struct field passphrase_fields[] = {
    {"passphrase", FIELD_TEXT, REQUIRED, PASSPHRASE_MIN, PASSPHRASE_MAX,
     AT(struct passphrase_request, passphrase),
     "What opens the backups that are sealed from now on. If it is lost, nobody can open them"},
    {0},
};

/* Its arithmetic takes some tenths of a second. */
static enum error_kind derive_key(struct request *req, struct response *res)
{
    struct passphrase_request wanted = {0};
    struct seal_key *key = arena_alloc(req->ctx->arena, sizeof *key);

    (void)res;
    request_body(req, &wanted);
    req->state = key;
    return sealing_derive(req->ctx, wanted.passphrase, key);
}

static enum error_kind set_passphrase(struct request *req, struct response *res)
{
    (void)res;
    return sealing_set(req->ctx, req->state);
}

static enum error_kind remove_passphrase(struct request *req, struct response *res)
{
    (void)res;
    return sealing_remove(req->ctx);
}

/* clang-format off */
const struct route sealing_routes[] = {
    {PUT, "/admin/backups/passphrase", ADMIN, WRITES, LIMIT_WRITE, set_passphrase,
     "Set the passphrase that sealed backups are opened with", .body = passphrase_fields, .compute = derive_key,
     .secret = true},
    {DELETE, "/admin/backups/passphrase", ADMIN, WRITES, LIMIT_WRITE, remove_passphrase,
     "Forget the passphrase: backups are no longer sealed",
     .errors = ERRORS(ERR_NOT_FOUND, ERR_CONFLICT)},
    {0},
};
