/*
 * arena_figures.h — how much memory all arenas of the program hold, for /metrics.
 */
#ifndef CARREL_BASE_ARENA_FIGURES_H
#define CARREL_BASE_ARENA_FIGURES_H

#include <stddef.h>

size_t arena_bytes_held(void);

#endif
