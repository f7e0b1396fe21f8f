/*
 * process.h — what the system says of this program: its memory, its time, its threads and files.
 *
 * From /proc, where that is there; in an empty root what only /proc knows is -1.
 */
#ifndef CARREL_BASE_PROCESS_H
#define CARREL_BASE_PROCESS_H

#include <stdint.h>

struct process_figures {
    int64_t resident_bytes;
    int64_t virtual_bytes;
    int64_t cpu_us; /* of all threads, in the program and for it in the system */
    int64_t threads;
    int64_t open_files, open_files_max;
    int64_t started_ms; /* an instant */
    int64_t heap_bytes; /* handed out by malloc */
};

/* Once, at the start of the program. */
void process_note_start(void);

void process_look(struct process_figures *out_figures);

#endif
