/*
 * sru.h — what is asked of the catalogue by SRU 1.1 and 1.2 (https://www.loc.gov/standards/sru/).
 */
#ifndef CARREL_SHARING_SRU_H
#define CARREL_SHARING_SRU_H

/* The parameters as they came; NULL: not given. */
struct sru_request {
    const char *host; /* of the request: "localhost:8000" */
    const char *operation, *version, *query;
    const char *start_record, *maximum_records;
    const char *record_schema, *record_packing, *sort_keys;
};

#endif
