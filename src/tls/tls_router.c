/*
 * tls_router.c — the authority's certificate, for everybody: it is public, and nobody can sign in safely before a
 * device has it.
 */
#include "http/request.h"
#include "http/response.h"
#include "tls/tls_service.h"

/* No Content-Disposition: a telephone offers to install what it shows, and merely stores what it downloads. */
static enum error_kind get_authority(struct request *req, struct response *res)
{
    const char *pem;

    TRY(tls_authority(req->ctx, &pem));
    res->content_type = req->route->content_type;
    text_buf_append(&res->body, pem);
    return OK;
}

const struct route tls_routes[] = {
    {GET, "/ca.crt", ANYONE, UNMANAGED, LIMIT_NONE, get_authority,
     "The certificate authority of --tls auto, to install on other devices (PEM)",
     .content_type = "application/x-x509-ca-cert", .root = true, .during_setup = true},
    {0},
};
