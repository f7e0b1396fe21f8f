/*
 * tls_support.h — a ctx at a given time, without a library.
 */
#ifndef CARREL_TESTS_TLS_SUPPORT_H
#define CARREL_TESTS_TLS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* ours (base/error.h) has the name */

#include "base/clock.h"
#include "base/limits.h"
#include "tls/certificate.h"

#define NOW INT64_C(1772445600000) /* 2026-03-02T10:00:00Z */
#define DAYS(n) ((n) * (int64_t)MS_PER_DAY)

static struct arena arena;
static struct ctx ctx;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    ctx = (struct ctx){.arena = &arena, .now = NOW};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#endif
