/*
 * env_file.h — reading a `.env` file, and files that hold one value.
 *
 * The grammar is what the common readers of .env files agree on: KEY=VALUE, one a line; `export ` before
 * the key; blank lines and lines that begin with # mean nothing. A value in single quotes is taken as it
 * is, one in double quotes knows \n \t \" \\; an unquoted one ends before " #" and loses white space at
 * both ends. No line goes on in the next, nothing is expanded.
 */
#ifndef CARREL_SETTINGS_ENV_FILE_H
#define CARREL_SETTINGS_ENV_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define ENV_FILE_BYTES_MAX (64 * 1024)

struct env_line {
    const char *key;
    const char *value;
    int number; /* from 1 */
};

/*
 * Cuts the next line out of *text (which is written to) and moves *text and *number past it. False at the
 * end (line->number is then 0), and at a line that is not of the grammar (line->number says which).
 */
bool env_file_next(char **text, int *number, struct env_line *line);

/* The whole file, NUL-terminated, from malloc; NULL with errno when it cannot be read, EFBIG past the limit. */
char *env_file_read(const char *path);

#endif
