/*
 * version.h — the program's version (Semantic Versioning 2.0.0).
 */
#ifndef CARREL_BASE_VERSION_H
#define CARREL_BASE_VERSION_H

#define CARREL_VERSION "0.1.0"

#endif
