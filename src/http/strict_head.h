/*
 * strict_head.h — finds what the HTTP library reads more kindly than the guard allows, in the traces it leaves.
 */
#ifndef CARREL_HTTP_STRICT_HEAD_H
#define CARREL_HTTP_STRICT_HEAD_H

#include "http/request.h"

/*
 * civetweb accepts bare LF, spaces before a header's colon, and takes a folded line for the end of all
 * headers. It replaces what it skips by NULs, so the layout of its buffer tells: a name's NUL, no other NUL
 * before the value, the value's CR and LF as two NULs, and then the next name or the CR of the empty line.
 * The texts of `headers` must point into that buffer.
 */
bool head_is_strict(const struct name_value *headers, size_t count);

#endif
