/*
 * roots.c — the program is static and knows no distribution: it looks where they keep their lists.
 */
#include "net/roots.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

/* clang-format off */
static const char *const lists[] = {
    "/etc/ssl/certs/ca-certificates.crt", /* Debian, Ubuntu, Alpine, Arch */
    "/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora, RHEL */
    "/etc/ssl/ca-bundle.pem",             /* openSUSE */
    "/etc/ssl/cert.pem",                  /* Alpine, BSD */
};
/* clang-format on */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static SSL_CTX *kept;
static int64_t read_at;

static const char *find_list(void)
{
    const char *named = getenv("SSL_CERT_FILE");

    if (named && named[0])
        return named;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (access(lists[i], R_OK) == 0)
            return lists[i];
    }
    return NULL;
}

static SSL_CTX *read_list(void)
{
    const char *list = find_list();
    SSL_CTX *context = list ? SSL_CTX_new(TLS_client_method()) : NULL;

    if (!context)
        return NULL;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_load_verify_file(context, list) != 1) {
        SSL_CTX_free(context);
        context = NULL;
    }
    ERR_clear_error();
    return context;
}

SSL_CTX *net_roots_context(void)
{
    pthread_mutex_lock(&lock);
    if (!kept || clock_monotonic_ms() - read_at > NET_ROOTS_KEEP_MS) {
        SSL_CTX *context = read_list();
        if (context) {
            SSL_CTX_free(kept);
            kept = context;
            read_at = clock_monotonic_ms();
        }
    }
    if (kept)
        SSL_CTX_up_ref(kept);
    SSL_CTX *context = kept;
    pthread_mutex_unlock(&lock);
    return context;
}
