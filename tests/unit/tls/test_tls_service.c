/*
 * test_tls_service.c — the folder of --tls auto, renewal, and certificates of one's own.
 */
#include "tls_support.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture.h"
#include "tls/identity_file.h"
#include "tls/tls_service.h"

static char folder[64];

static int begin(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/carrel-tls-XXXXXX");
    set_up(state);
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    tls_stop();
    remove_directory(folder);
    return tear_down(state);
}

static const char *file(const char *name)
{
    return arena_printf(&arena, "%s/%s", folder, name);
}

static unsigned mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

static const char *read_text(const char *path)
{
    char *text = arena_alloc(&arena, 8192);
    FILE *stream = fopen(path, "r");

    assert_non_null(stream);
    text[fread(text, 1, 8191, stream)] = '\0';
    fclose(stream);
    return text;
}

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");

    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    fclose(stream);
}

static void start_automatic(void)
{
    struct tls_options options = {.folder = folder};

    assert_int_equal(tls_start(&ctx, &options), OK);
}

static void test_tls_service__auto_makes_an_authority_and_keeps_it(void **state)
{
    (void)state;
    assert_int_equal(chmod(folder, 0755), 0);
    start_automatic();
    assert_int_equal(mode_of(folder), 0700);
    assert_int_equal(mode_of(file("ca.pem")), 0600);
    assert_int_equal(mode_of(file("server.pem")), 0600);
    assert_int_equal(strlen(tls_fingerprint(&arena)), 95);
    const char *authority = read_text(file("ca.pem"));
    const char *server = read_text(file("server.pem"));
    tls_stop();
    start_automatic();
    assert_string_equal(read_text(file("ca.pem")), authority);
    assert_string_equal(read_text(file("server.pem")), server);
}

static void test_tls_service__the_authority_is_handed_out_without_its_key(void **state)
{
    const char *pem;

    (void)state;
    start_automatic();
    assert_int_equal(tls_authority(&ctx, &pem), OK);
    assert_true(strncmp(pem, "-----BEGIN CERTIFICATE-----\n", 28) == 0);
    assert_null(strstr(pem, "PRIVATE"));
    assert_non_null(strstr(read_text(file("ca.pem")), pem));
    tls_stop();
    error_clear(&ctx);
    assert_int_not_equal(tls_authority(&ctx, &pem), OK);
    assert_int_equal(ctx.error.code, ERR_CONFLICT);
    assert_null(tls_fingerprint(&arena));
}

static void test_tls_service__renews_while_it_runs(void **state)
{
    int64_t rows;

    (void)state;
    start_automatic();
    const char *authority = read_text(file("ca.pem"));
    const char *server = read_text(file("server.pem"));
    assert_int_equal(tls_renew(&ctx, &rows), OK);
    assert_int_equal(rows, 0);
    ctx.now = NOW + DAYS(360);
    assert_int_equal(tls_renew(&ctx, &rows), OK);
    assert_int_equal(rows, 0);
    ctx.now = NOW + DAYS(370);
    assert_int_equal(tls_renew(&ctx, &rows), OK);
    assert_int_equal(rows, 1);
    assert_string_equal(read_text(file("ca.pem")), authority);
    assert_string_not_equal(read_text(file("server.pem")), server);
    ctx.now = NOW + DAYS(3640);
    assert_int_equal(tls_renew(&ctx, &rows), OK);
    assert_string_not_equal(read_text(file("ca.pem")), authority);
}

/* The certificate that a client is shown now, by a handshake without a network. */
static X509 *shown_certificate(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *client = SSL_new(context);
    SSL *server = SSL_new(tls_context());
    BIO *client_end;
    BIO *server_end;

    assert_non_null(client);
    assert_non_null(server);
    assert_int_equal(BIO_new_bio_pair(&client_end, 0, &server_end, 0), 1);
    SSL_set_bio(client, client_end, client_end);
    SSL_set_bio(server, server_end, server_end);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    for (int i = 0; i < 10 && !SSL_is_init_finished(client); i++) {
        (void)SSL_do_handshake(client);
        (void)SSL_do_handshake(server);
    }
    assert_true(SSL_is_init_finished(client));
    X509 *shown = SSL_get1_peer_certificate(client);
    assert_non_null(shown);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(context);
    return shown;
}

static void test_tls_service__the_next_handshake_shows_the_renewed_certificate(void **state)
{
    int64_t rows;

    (void)state;
    start_automatic();
    X509 *first = shown_certificate();
    X509 *again = shown_certificate();
    assert_int_equal(X509_cmp(first, again), 0);
    ctx.now = NOW + DAYS(370);
    assert_int_equal(tls_renew(&ctx, &rows), OK);
    X509 *renewed = shown_certificate();
    assert_int_not_equal(X509_cmp(first, renewed), 0);
    assert_int_equal(certificate_begin_ms(renewed), NOW + DAYS(369));
    X509_free(first);
    X509_free(again);
    X509_free(renewed);
}

static void test_tls_service__a_damaged_authority_is_left_alone(void **state)
{
    struct tls_options options = {.folder = folder};

    (void)state;
    write_text(file("ca.pem"), "nothing\n");
    assert_int_not_equal(tls_start(&ctx, &options), OK);
    assert_non_null(strstr(ctx.error.detail, "ca.pem"));
    assert_string_equal(read_text(file("ca.pem")), "nothing\n");
}

static void test_tls_service__a_damaged_certificate_is_made_anew(void **state)
{
    (void)state;
    start_automatic();
    tls_stop();
    write_text(file("server.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
    start_automatic();
    assert_non_null(strstr(read_text(file("server.pem")), "END CERTIFICATE"));
}

static bool is_listed(const char *const *list, const char *name)
{
    for (; *list; list++) {
        if (strcmp(*list, name) == 0)
            return true;
    }
    return false;
}

static void test_tls_service__tells_the_names_of_its_certificate(void **state)
{
    static const char *const also[] = {"books.example.org", NULL};
    static const char *const in_house[] = {"books.lan", NULL};
    struct tls_options options = {.folder = folder, .names = in_house};

    (void)state;
    assert_int_equal(tls_start(&ctx, &options), OK);
    const char *const *list = tls_host_names(&arena, also);
    assert_true(is_listed(list, "books.example.org"));
    assert_true(is_listed(list, "books.lan"));
    assert_true(is_listed(list, "localhost"));
    tls_stop();
    assert_null(*tls_host_names(&arena, NULL));
}

/* ---- certificates of one's own --------------------------------------------------------------------------- */

static const char *refusal(const char *certificate, const char *key)
{
    struct tls_options options = {.certificate_path = file(certificate), .key_path = file(key)};

    tls_stop();
    error_clear(&ctx);
    assert_int_not_equal(tls_start(&ctx, &options), OK);
    return ctx.error.detail;
}

static void make_own_files(void)
{
    struct tls_identity one;
    struct tls_identity other;

    assert_int_equal(certificate_new_authority(&ctx, "one", &one), OK);
    assert_int_equal(certificate_new_authority(&ctx, "other", &other), OK);
    assert_int_equal(identity_write(&ctx, file("one.pem"), &one), OK);
    assert_int_equal(identity_write(&ctx, file("other.pem"), &other), OK);
    write_text(file("cert.pem"), identity_certificate_pem(&arena, one.certificate));
    FILE *stream = fopen(file("locked.pem"), "w");
    assert_non_null(stream);
    assert_int_equal(
        PEM_write_PrivateKey(stream, one.key, EVP_aes_128_cbc(), (unsigned char *)"pass", 4, NULL, NULL), 1);
    fclose(stream);
    tls_identity_release(&one);
    tls_identity_release(&other);
}

static void test_tls_service__says_what_is_wrong_with_files_of_ones_own(void **state)
{
    (void)state;
    make_own_files();
    assert_non_null(strstr(refusal("none.pem", "one.pem"), "none.pem: there is no such file"));
    assert_non_null(strstr(refusal("cert.pem", "none.pem"), "none.pem: there is no such file"));
    assert_non_null(strstr(refusal("cert.pem", "cert.pem"), "no private key"));
    assert_non_null(strstr(refusal("locked.pem", "one.pem"), "no certificate"));
    assert_non_null(strstr(refusal("cert.pem", "locked.pem"), "has a password"));
    assert_non_null(strstr(refusal("cert.pem", "other.pem"), "is not the key of the certificate"));
    assert_null(tls_context());
}

static void test_tls_service__reads_files_of_ones_own_again(void **state)
{
    int64_t rows;

    (void)state;
    make_own_files();
    struct tls_options options = {.certificate_path = file("one.pem"), .key_path = file("one.pem")};
    assert_int_equal(tls_start(&ctx, &options), OK);
    assert_non_null(tls_context());
    assert_int_equal(SSL_CTX_get_min_proto_version(tls_context()), TLS1_2_VERSION);
    assert_false(tls_is_automatic());
    assert_int_equal(tls_renew(&ctx, &rows), OK);
    assert_int_equal(rows, 0);
    assert_int_equal(rename(file("other.pem"), file("one.pem")), 0);
    assert_int_equal(tls_renew(&ctx, &rows), OK);
    assert_int_equal(rows, 1);
    /* What cannot be read leaves the old one in use. */
    write_text(file("one.pem"), "half a fi");
    assert_int_not_equal(tls_renew(&ctx, &rows), OK);
    assert_int_equal(rows, 0);
    assert_non_null(tls_context());
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_tls_service__auto_makes_an_authority_and_keeps_it),
        IN_FOLDER(test_tls_service__the_authority_is_handed_out_without_its_key),
        IN_FOLDER(test_tls_service__renews_while_it_runs),
        IN_FOLDER(test_tls_service__the_next_handshake_shows_the_renewed_certificate),
        IN_FOLDER(test_tls_service__a_damaged_authority_is_left_alone),
        IN_FOLDER(test_tls_service__a_damaged_certificate_is_made_anew),
        IN_FOLDER(test_tls_service__tells_the_names_of_its_certificate),
        IN_FOLDER(test_tls_service__says_what_is_wrong_with_files_of_ones_own),
        IN_FOLDER(test_tls_service__reads_files_of_ones_own_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
