/*
 * index_service.h — the search index as a part of the program's memory.
 */
#ifndef CARREL_BOOKS_INDEX_SERVICE_H
#define CARREL_BOOKS_INDEX_SERVICE_H

#include <stddef.h>

/* Bytes; 0 while it is being built, or there is none. */
size_t books_index_memory(void);

#endif
