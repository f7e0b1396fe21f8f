/*
 * outcome.c — the names and sentences of outcomes.
 */
#include "net/outcome.h"

static const char *const names[] = {
#define X(id, name, sentence) [NET_##id] = (name),
    NET_OUTCOMES(X)
#undef X
};

static const char *const sentences[] = {
#define X(id, name, sentence) [NET_##id] = (sentence),
    NET_OUTCOMES(X)
#undef X
};

const char *net_outcome_name(enum net_outcome outcome)
{
    return names[outcome];
}

const char *net_outcome_sentence(enum net_outcome outcome)
{
    return sentences[outcome];
}
