#!/bin/sh
# civetweb: the HTTP server underneath src/http/server.c, cut down to sockets, parsing and worker threads.
. "$(dirname "$0")/common.sh"
begin civetweb
unpack civetweb

options() { sed -n 's/^ *\(-D[A-Za-z0-9_=]*\).*/\1/p' <<'WHY'
    -DNO_FILES                      never maps an address to a file: our pages are compiled in
    -DNO_FILESYSTEMS                never opens a file at all: no .htpasswd, no access files, no log files (logging is ours)
    -DNO_CGI                        never starts a program
    -DNO_POPEN                      nor through popen
    -DNO_CACHING                    its own Cache-Control and ETag stay out of the way of ours
    -DNO_SSL_DL                     OpenSSL is linked in; the default would dlopen it at run time
    -DOPENSSL_API_3_0               the OpenSSL Debian has
    -DUSE_IPV6                      phones resolve NAME.local to a link-local IPv6 address first
    -DUSE_X_DOM_SOCKET              the local socket beside the database (listener x/PATH)
    -DUSE_STACK_SIZE=262144         64 workers × 256 KiB, not × 8 MiB; its own largest frames hold two 8 KiB buffers
    -DSOCKET_TIMEOUT_QUANTUM=500    ms: how late a worker with an idle connection notices that the server stops (2,000 otherwise)
    -DSTOP_FLAG_NEEDS_LOCK          the flag that ends its threads is read and written as one (the thread sanitizer minds)
    -DREENTRANT_TIME                gmtime_r in place of gmtime, which worker threads would share
    -DMG_EXTERNAL_FUNCTION_mg_cry_internal_impl   its messages go to our log (callback log_message) or nowhere: below
    -DMG_EXTERNAL_FUNCTION_log_access             our own log has a line for each request
    -DNDEBUG                        its debug traces
WHY
}
# Left out on purpose: USE_WEBSOCKET (events are streamed), USE_ZLIB (assets are compressed at build time, and
# compressing secrets on the fly is a hole), USE_LUA, USE_DUKTAPE, USE_HTTP2 (experimental), USE_SERVER_STATS (ours
# count), ALTERNATIVE_QUEUE (spins when all workers are busy).

# Mistakes of 1.15, a look that it does not allow, and a detour:
# - for each request over a Unix socket one byte is written past the end of a buffer (sockaddr_to_string);
# - a socket's path with a digit before an s or r (/home/a/2026spring) is taken for a TLS port (is_ssl_port_used);
#   the socket stands last in the list, and nothing before it has an x;
# - when it stops, a connection that was accepted and that no worker has yet is neither served nor closed: whoever made it
#   waits for as long as the process goes on, and it goes on when a restored library takes the place of another. A worker
#   takes one only while it will serve it (consume_socket); what does not go into the queue (produce_socket) or is left in
#   it (master_thread_run) is closed;
# - when it stops, the thread that waits for connections notices that up to a quantum later: its sockets are shut, which
#   wakes it (mg_stop; half a second of every command on a resting library);
# - the callback init_connection may not ask who the client is, though that is known (mg_get_request_info wants a type
#   that is set one line after the callback);
# - for each byte of a head below 128 the C library is asked whether it can be printed (get_http_header_len): half a
#   microsecond of every request with a token, for what two comparisons say as well.
patched=$objects/civetweb.c
sed -e '/strncpy(buf, UNIX_DOMAIN_SOCKET_SERVER_NAME, len);/{n;s/buf\[len\] = 0;/buf[len - 1] = 0;/;}' \
    -e "s/for (i = 0; i < portslen; i++) {/for (i = 0; i < portslen \&\& ports[i] != 'x'; i++) {/" \
    -e 's/^\(\tconn->connection_type = CONNECTION_TYPE_\)INVALID;$/\1REQUEST;/' \
    -e 's/^\(\t\t    && \)!isprint(c)) {$/\1(c < 0x20 || c == 0x7f)) {/' \
    -e '/^#else \/\* ALTERNATIVE_QUEUE \*\/$/,/^#endif \/\* ALTERNATIVE_QUEUE \*\/$/{
        s/^\tif (ctx->sq_head > ctx->sq_tail) {$/\tint serves = STOP_FLAG_IS_ZERO(\&ctx->stop_flag);\n\tif (serves \&\& ctx->sq_head > ctx->sq_tail) {/
        s/^\treturn STOP_FLAG_IS_ZERO(&ctx->stop_flag);$/\treturn serves;/
        s/^\tif (queue_filled < ctx->sq_size) {$/\tif (queue_filled >= ctx->sq_size) closesocket(sp->sock);\n&/
    }' \
    -e '/^\t\t\tmg_join_thread(ctx->worker_threadids\[i\]);$/{n;n;s/^\t}$/&\n\tfor (; ctx->sq_tail < ctx->sq_head; ctx->sq_tail++) closesocket(ctx->squeue[ctx->sq_tail % ctx->sq_size].sock);/;}' \
    -e 's|^\t/\* Set stop flag, so all threads know they have to exit. \*/$|&\n\tfor (unsigned i = 0; i < ctx->num_listening_sockets; i++) shutdown(ctx->listening_sockets[i].sock, SHUT_RDWR);|' \
    "$source/src/civetweb.c" >"$patched"
[ "$(diff "$source/src/civetweb.c" "$patched" | grep -c '^>')" = 10 ] || { echo "civetweb.sh: the patches no longer fit" >&2; exit 1; }

cat >"$objects/external_mg_cry_internal_impl.inl" <<'INL'
static void mg_cry_internal_impl(const struct mg_connection *conn, const char *func, unsigned line, const char *fmt, va_list ap)
{
    char text[1024];

    (void)func;
    (void)line;
    if (!conn || !conn->phys_ctx || !conn->phys_ctx->callbacks.log_message)
        return;
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    (void)conn->phys_ctx->callbacks.log_message(conn, text);
}
INL
cat >"$objects/external_log_access.inl" <<'INL'
static void log_access(const struct mg_connection *conn)
{
    (void)conn;
}
INL

echo "  VENDOR civetweb ($variant)"
$CC $flags $(options) -DBUILD_DATE='"carrel"' -I"$source/include" -I"$source/src" -I"$objects" -c "$patched" -o "$objects/civetweb.o"
rm "$patched"
archive libcivetweb.a "$objects/civetweb.o"
cp "$source/include/civetweb.h" "$home/include/"
