/*
 * lookup_address.c — a question, put into the address it is sent to. What people typed is escaped twice: for CQL, whose
 * strings stand in quotes, and for the URL around it.
 */
#include "lookup/lookup_address.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "net/url.h"
#include "net/z3950.h"

enum target_kind lookup_kind(const char *kind)
{
    return strcmp(kind, "z3950") == 0 ? TARGET_Z3950 : strcmp(kind, "sru") == 0 ? TARGET_SRU : TARGET_JSON;
}

bool lookup_address_is_good(struct arena *arena, const char *kind, const char *address)
{
    struct z3950_address z3950;
    struct net_url url;

    if (lookup_kind(kind) == TARGET_Z3950)
        return z3950_address_parse(arena, address, &z3950);
    return net_url_parse(arena, address, &url);
}

const char *lookup_destination(struct arena *arena, const struct target_facts *target)
{
    struct z3950_address z3950;
    struct net_url url;

    if (lookup_kind(target->kind) == TARGET_Z3950)
        return z3950_address_parse(arena, target->address, &z3950)
                   ? arena_printf(arena, "%s:%u", z3950.host, (unsigned)z3950.port)
                   : "";
    return net_url_parse(arena, target->address, &url) ? net_url_authority(arena, &url, true) : "";
}

/* ---- SRU ----------------------------------------------------------------------------------------------- */

/* The value of `name` in "a=b&c=d"; NULL: it is not there. */
static const char *parameter(struct arena *arena, const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; at && *at; at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL) {
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return arena_strndup(arena, at + length + 1, strcspn(at + length + 1, "&"));
    }
    return NULL;
}

/* index="text", after what stands there already. */
static void append_clause(struct arena *arena, struct text_buf *cql, const char *indexes, const char *name,
                          const char *usual, const char *text)
{
    const char *index = indexes ? parameter(arena, indexes, name) : NULL;

    if (!text)
        return;
    if (cql->length > 0)
        text_buf_append(cql, " and ");
    text_buf_append(cql, index ? index : usual);
    if (index ? index[0] : usual[0])
        text_buf_append_char(cql, '=');
    text_buf_append_char(cql, '"');
    for (const char *at = text; *at; at++) {
        if (*at == '"' || *at == '\\')
            text_buf_append_char(cql, '\\');
        text_buf_append_char(cql, *at);
    }
    text_buf_append_char(cql, '"');
}

static void append_parameter(struct arena *arena, struct text_buf *url, const char *given, const char *name,
                             const char *value)
{
    if (parameter(arena, given, name))
        return;
    text_buf_append_char(url, strchr(url->bytes, '?') ? '&' : '?');
    text_buf_append(url, name);
    text_buf_append_char(url, '=');
    net_url_encode(url, value);
}

/* The address up to its #, and the parameters in it. */
static const char *begin_url(struct arena *arena, struct text_buf *url, const char *address)
{
    text_buf_init(url, arena);
    text_buf_append_bytes(url, address, strcspn(address, "#"));
    const char *query = strchr(text_buf_string(url), '?');
    return query ? arena_strdup(arena, query + 1) : "";
}

const char *lookup_sru_url(struct arena *arena, const char *address, const struct lookup_question *question,
                           int64_t records_max)
{
    const char *indexes = strchr(address, '#') ? strchr(address, '#') + 1 : NULL;
    struct text_buf url, cql;
    const char *given = begin_url(arena, &url, address);

    text_buf_init(&cql, arena);
    append_clause(arena, &cql, indexes, "isbn", "bath.isbn", question->isbn);
    append_clause(arena, &cql, indexes, "title", "dc.title", question->title);
    append_clause(arena, &cql, indexes, "author", "dc.creator", question->author);
    append_clause(arena, &cql, indexes, "any", "", question->any);
    append_parameter(arena, &url, given, "version", "1.1");
    append_parameter(arena, &url, given, "operation", "searchRetrieve");
    append_parameter(arena, &url, given, "recordSchema", "marcxml");
    append_parameter(arena, &url, given, "maximumRecords", arena_printf(arena, "%" PRId64, records_max));
    append_parameter(arena, &url, "", "query", text_buf_string(&cql));
    return text_buf_string(&url);
}

const char *lookup_json_url(struct arena *arena, const char *address, const char *isbn)
{
    struct text_buf url;
    const char *given = begin_url(arena, &url, address);

    append_parameter(arena, &url, given, "format", "json");
    append_parameter(arena, &url, given, "jscmd", "data");
    append_parameter(arena, &url, "", "bibkeys", arena_printf(arena, "ISBN:%s", isbn));
    return text_buf_string(&url);
}
