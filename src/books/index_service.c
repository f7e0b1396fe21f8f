/*
 * index_service.c — what is told of the search index.
 */
#include "books/index_service.h"

#include "books/index_repository.h"

size_t books_index_memory(void)
{
    return books_index_memory_now();
}
