/*
 * journal.h — every change once more, in the second folder: how that stands.
 */
#ifndef CARREL_BACKUPS_JOURNAL_H
#define CARREL_BACKUPS_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

struct journal_overview {
    bool on; /* changes are to be written to the second folder */
    bool folder_is_there;
    bool has_base;           /* a backup lies there from which the present series goes on */
    int64_t lag_ms;          /* since the oldest change that is not there yet; 0: all are */
    int64_t last_written_at; /* instants; 0: none since the start */
    int64_t gap_since;       /* 0: nothing is missing */
    int64_t series_from;     /* 0: there is none now */
};

#endif
