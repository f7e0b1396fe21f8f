/*
 * banned.h — calls that have no place here, made into compile errors. Included before everything by the
 * Makefile (-include). Each has a better one: text_buf_printf, arena_strdup, text_to_int64, clock_…;
 * name look-ups and iconv load shared objects into a static binary at run time (RUNTIME.md).
 * rand() is a member name in OpenSSL's headers; tests/check/banned.sh looks for it instead.
 */
#ifndef CARREL_BASE_BANNED_H
#define CARREL_BASE_BANNED_H

/* The headers that declare them come first, so that only our own uses meet the poison. */
#include <grp.h>
#include <iconv.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* glibc may define these two as macros, and clang will not poison a macro. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r gets
#pragma GCC poison localtime gmtime asctime ctime
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison getaddrinfo gethostbyname gethostbyaddr getpwnam getpwuid getgrnam getgrgid
#pragma GCC poison iconv iconv_open
#pragma GCC poison system popen

#endif
