/*
 * calendar.c — the words that closures are told apart by.
 */
#include "policies/calendar.h"

const char *const closure_kinds[] = {CLOSURE_KIND_CLOSURE, CLOSURE_KIND_OPENING, NULL};
