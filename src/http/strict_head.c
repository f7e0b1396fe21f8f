/*
 * strict_head.c — apart from the server because it knows of buffers, not of connections.
 */
#include "http/strict_head.h"

#include <string.h>

bool head_is_strict(const struct name_value *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *between = headers[i].name + strlen(headers[i].name) + 1;
        if (between < headers[i].value && memchr(between, '\0', (size_t)(headers[i].value - between)))
            return false;
        const char *end = headers[i].value + strlen(headers[i].value);
        if (i + 1 < count ? end + 2 != headers[i + 1].name : end[1] != '\0' || end[2] != '\r')
            return false;
    }
    return true;
}
