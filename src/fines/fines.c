/*
 * fines.c — the words of the ledger, as the tables and the interface have them.
 */
#include "fines/fines.h"

#include <assert.h>
#include <string.h>

static const char *const charge_kinds[] = {
    [CHARGE_OVERDUE] = "overdue",
    [CHARGE_LOST] = "lost",
    [CHARGE_DAMAGE] = "damage",
    [CHARGE_FEE] = "fee",
};

static const char *const methods[] = {
    [PAYMENT_CASH] = "cash",
    [PAYMENT_CARD] = "card",
    [PAYMENT_MOBILE_MONEY] = "mobile_money",
    [PAYMENT_OTHER] = "other",
};

static const char *const waiver_kinds[] = {
    [WAIVER_WAIVER] = "waiver",
    [WAIVER_CORRECTION] = "correction",
    [WAIVER_FOUND] = "found",
};

static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    assert(false);
    return 0;
}

const char *charge_kind_name(enum charge_kind kind)
{
    assert(kind < CHARGE_KIND_COUNT);
    return charge_kinds[kind];
}

const char *payment_method_name(enum payment_method method)
{
    assert(method < PAYMENT_METHOD_COUNT);
    return methods[method];
}

const char *waiver_kind_name(enum waiver_kind kind)
{
    assert(kind < WAIVER_KIND_COUNT);
    return waiver_kinds[kind];
}

enum charge_kind charge_kind_of(const char *name)
{
    return (enum charge_kind)find(charge_kinds, CHARGE_KIND_COUNT, name);
}

enum payment_method payment_method_of(const char *name)
{
    return (enum payment_method)find(methods, PAYMENT_METHOD_COUNT, name);
}

enum waiver_kind waiver_kind_of(const char *name)
{
    return (enum waiver_kind)find(waiver_kinds, WAIVER_KIND_COUNT, name);
}
