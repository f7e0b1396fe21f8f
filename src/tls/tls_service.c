/*
 * tls_service.c — every handshake asks for the certificate of the moment (take_certificate), so that another one needs no
 * restart and no connection is ended for it.
 */
#include "tls/tls_service.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "tls/identity_file.h"

/*
 * TLS 1.2 with forward secrecy and authenticated encryption only. The client chooses among them: a phone without AES
 * in hardware takes ChaCha20, and all are good.
 */
#define CIPHERS_OF_1_2 "ECDHE+AESGCM:ECDHE+CHACHA20"
#define GROUPS "X25519:P-256:P-384"

static struct {
    pthread_mutex_t mutex; /* over server and authority, which handshakes read while a job replaces them */
    struct tls_options options;
    struct tls_identity authority; /* of `--tls auto` */
    struct tls_identity server;
    SSL_CTX *context;
} tls = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* ---- the folder of --tls auto -------------------------------------------------------------------------- */

static const char *file_in_folder(struct ctx *ctx, const char *name)
{
    return arena_printf(ctx->arena, "%s/%s", tls.options.folder, name);
}

static enum error_kind make_folder(struct ctx *ctx)
{
    const char *folder = tls.options.folder;
    struct stat status;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail(ctx, INTERNAL, "%s: %s", folder, strerror(errno));
    if (lstat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return fail(ctx, CONFLICT, "%s is no folder; it is where --tls auto keeps its keys. Move it away.",
                    folder);
    if ((status.st_mode & 077) != 0 && chmod(folder, 0700) != 0)
        return fail(ctx, INTERNAL, "%s: other users may look into it: %s", folder, strerror(errno));
    return OK;
}

static enum error_kind make_authority(struct ctx *ctx, const char *path, const char *host,
                                      struct tls_identity *out_authority)
{
    TRY(certificate_new_authority(ctx, host, out_authority));
    return identity_write(ctx, path, out_authority);
}

/* A damaged authority is never replaced unasked: every device would have to be told again. */
static enum error_kind open_authority(struct ctx *ctx, const struct tls_names *names,
                                      struct tls_identity *out_authority)
{
    const char *path = file_in_folder(ctx, "ca.pem");
    struct stat status;

    if (lstat(path, &status) != 0 && errno == ENOENT)
        return make_authority(ctx, path, names->host, out_authority);
    TRY(identity_read(ctx, path, path, out_authority));
    if (certificate_begin_ms(out_authority->certificate) > ctx->now)
        LOG(WARN, "the authority of --tls auto is not valid yet; is this machine's clock right?");
    if (!certificate_is_ending(out_authority->certificate, ctx->now))
        return OK;
    tls_identity_release(out_authority);
    LOG(WARN, "the authority of --tls auto is over; devices must install the new one, /ca.crt");
    return make_authority(ctx, path, names->host, out_authority);
}

/* What is there and still good, else a new one. */
static enum error_kind open_server(struct ctx *ctx, const struct tls_identity *authority,
                                   const struct tls_names *names, struct tls_identity *out_server)
{
    const char *path = file_in_folder(ctx, "server.pem");

    if (identity_read(ctx, path, path, out_server) == OK) {
        if (!certificate_is_due(out_server->certificate, authority->certificate, names, ctx->now))
            return OK;
        tls_identity_release(out_server);
    }
    error_clear(ctx);
    TRY(certificate_new_server(ctx, authority, names, out_server));
    LOG(INFO, "a certificate was made", LOG_TEXT("file", path));
    return identity_write(ctx, path, out_server);
}

static enum error_kind open_automatic(struct ctx *ctx, struct tls_identity *out_authority,
                                      struct tls_identity *out_server)
{
    struct tls_names names;

    TRY(make_folder(ctx));
    own_names_list(ctx, tls.options.names, &names);
    TRY(open_authority(ctx, &names, out_authority));
    return open_server(ctx, out_authority, &names, out_server);
}

/* ---- one's own certificate ----------------------------------------------------------------------------- */

static enum error_kind open_own(struct ctx *ctx, struct tls_identity *out_server)
{
    TRY(identity_read(ctx, tls.options.certificate_path, tls.options.key_path, out_server));
    if (certificate_end_ms(out_server->certificate) <= ctx->now)
        LOG(WARN, "the certificate has expired; browsers will refuse it",
            LOG_TEXT("file", tls.options.certificate_path));
    else if (certificate_begin_ms(out_server->certificate) > ctx->now)
        LOG(WARN, "the certificate is not valid yet", LOG_TEXT("file", tls.options.certificate_path));
    return OK;
}

/* ---- what is in use ------------------------------------------------------------------------------------ */

/* Takes both over; 1 when the server's certificate is another one than before. */
static int64_t put_in_use(struct tls_identity *authority, struct tls_identity *server)
{
    pthread_mutex_lock(&tls.mutex);
    bool same = tls.server.certificate && X509_cmp(tls.server.certificate, server->certificate) == 0;
    tls_identity_release(&tls.authority);
    tls_identity_release(&tls.server);
    tls.authority = *authority;
    tls.server = *server;
    pthread_mutex_unlock(&tls.mutex);
    return same ? 0 : 1;
}

enum error_kind tls_renew(struct ctx *ctx, int64_t *out_rows)
{
    struct tls_identity authority = {0};
    struct tls_identity server = {0};

    *out_rows = 0;
    if (!tls.options.folder && !tls.options.certificate_path)
        return OK;
    enum error_kind kind =
        tls.options.folder ? open_automatic(ctx, &authority, &server) : open_own(ctx, &server);
    if (kind == OK) {
        *out_rows = put_in_use(&authority, &server);
    } else {
        tls_identity_release(&authority);
        tls_identity_release(&server);
    }
    return kind;
}

int64_t tls_certificate_end(void)
{
    pthread_mutex_lock(&tls.mutex);
    int64_t end = tls.server.certificate ? certificate_end_ms(tls.server.certificate) : 0;
    pthread_mutex_unlock(&tls.mutex);
    return end;
}

/* cert_cb of SSL_CTX_set_cert_cb(3): 1 is "go on". */
static int take_certificate(SSL *ssl, void *argument)
{
    (void)argument;
    pthread_mutex_lock(&tls.mutex);
    int done = SSL_use_cert_and_key(ssl, tls.server.certificate, tls.server.key, tls.server.chain, 1);
    pthread_mutex_unlock(&tls.mutex);
    return done;
}

static enum error_kind make_context(struct ctx *ctx)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (!context)
        return tls_fail(ctx, "cannot use TLS");
    /* Sessions are resumed by tickets, which the clients keep: nothing here grows. */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    /* An idle connection gives its buffers back. */
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_cert_cb(context, take_certificate, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, CIPHERS_OF_1_2) != 1 ||
        SSL_CTX_set1_groups_list(context, GROUPS) != 1 || SSL_CTX_set_num_tickets(context, 1) != 1) {
        SSL_CTX_free(context);
        return tls_fail(ctx, "cannot use TLS");
    }
    tls.context = context;
    return OK;
}

enum error_kind tls_start(struct ctx *ctx, const struct tls_options *options)
{
    int64_t changed;

    /* No configuration file: what is on the machine must not weaken what is decided here. */
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        return tls_fail(ctx, "cannot use TLS");
    tls.options = *options;
    TRY(tls_renew(ctx, &changed));
    return make_context(ctx);
}

void tls_stop(void)
{
    tls_identity_release(&tls.authority);
    tls_identity_release(&tls.server);
    SSL_CTX_free(tls.context);
    tls.context = NULL;
    tls.options = (struct tls_options){0};
}

/* ---- asking -------------------------------------------------------------------------------------------- */

SSL_CTX *tls_context(void)
{
    return tls.context;
}

bool tls_is_automatic(void)
{
    return tls.options.folder != NULL;
}

static size_t count_of(const char *const *list)
{
    size_t count = 0;

    while (list && list[count])
        count++;
    return count;
}

const char *const *tls_host_names(struct arena *arena, const char *const *also)
{
    pthread_mutex_lock(&tls.mutex);
    GENERAL_NAMES *in_certificate =
        tls.server.certificate ? X509_get_ext_d2i(tls.server.certificate, NID_subject_alt_name, NULL, NULL)
                               : NULL;
    pthread_mutex_unlock(&tls.mutex);
    int found = in_certificate ? sk_GENERAL_NAME_num(in_certificate) : 0;
    const char **list = arena_alloc_array(arena, count_of(also) + (size_t)found + 1, sizeof *list);
    size_t count = 0;

    for (; also && *also; also++)
        list[count++] = *also;
    for (int i = 0; i < found; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(in_certificate, i);
        if (name->type != GEN_DNS ||
            memchr(ASN1_STRING_get0_data(name->d.dNSName), '*', (size_t)ASN1_STRING_length(name->d.dNSName)))
            continue;
        list[count++] = arena_strndup(arena, (const char *)ASN1_STRING_get0_data(name->d.dNSName),
                                      (size_t)ASN1_STRING_length(name->d.dNSName));
    }
    GENERAL_NAMES_free(in_certificate);
    list[count] = NULL;
    return list;
}

enum error_kind tls_authority(struct ctx *ctx, const char **out_pem)
{
    const char *pem = NULL;

    pthread_mutex_lock(&tls.mutex);
    if (tls.authority.certificate)
        pem = identity_certificate_pem(ctx->arena, tls.authority.certificate);
    pthread_mutex_unlock(&tls.mutex);
    if (!pem)
        return fail(ctx, CONFLICT,
                    "This server has no certificate authority of its own; --tls auto makes one.");
    *out_pem = pem;
    return OK;
}

const char *tls_fingerprint(struct arena *arena)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    struct text_buf text;

    pthread_mutex_lock(&tls.mutex);
    bool known = tls.authority.certificate &&
                 X509_digest(tls.authority.certificate, EVP_sha256(), bytes, &length) == 1;
    pthread_mutex_unlock(&tls.mutex);
    if (!known)
        return NULL;
    text_buf_init(&text, arena);
    for (unsigned int i = 0; i < length; i++)
        text_buf_printf(&text, "%s%02X", i > 0 ? ":" : "", bytes[i]);
    return text_buf_string(&text);
}
