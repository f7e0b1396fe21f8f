/*
 * limits.h — every bound of the program has its name here.
 *
 * A limit without a name is a bug: whoever meets it must be able to find it, and the error that reports
 * it must be able to say it. Units are in the name or beside it. Changing a value here is the whole change.
 */
#ifndef CARREL_BASE_LIMITS_H
#define CARREL_BASE_LIMITS_H

/* ---- memory ------------------------------------------------------------------------------------- */
#define ARENA_CHUNK_BYTES (16 * 1024) /* what an arena takes from malloc first; then twice as much … */
#define ARENA_KEEP_BYTES (64 * 1024)  /* … up to this, which a worker keeps for its next request */
#define ARENA_REQUEST_MAX (4 * 1024 * 1024) /* hard maximum of one request; past it 503 and rollback */
#define ARENA_IMPORT_MAX (96 * 1024 * 1024) /* one import holds its whole file and its report */
#define ARENA_CHECK_MAX (32 * 1024 * 1024)  /* what `--check` needs besides its findings … */
#define CHECK_LOANS_AT_ONCE 250000          /* … and loans of copies that it looks at closely: 8 MB */
#define CHECK_LOANS_SPAN_MAX \
    20000000 /* ids of loans from the first to the last: an array, however many gaps */

/* ---- HTTP --------------------------------------------------------------------------------------- */
#define HTTP_THREADS_MIN 4
#define HTTP_THREADS_MAX 512
#define HTTP_HEADERS_MAX 63             /* 64 and more are refused */
#define HTTP_HEAD_BYTES_MAX (16 * 1024) /* request line and headers together */
#define HTTP_PATH_MAX 1024
#define HTTP_QUERY_MAX 4096
#define HTTP_BODY_MAX (64 * 1024)          /* ordinary JSON bodies */
#define HTTP_UPLOAD_MAX (32 * 1024 * 1024) /* an import file */
#define HTTP_UPLOADS_MAX 2                 /* at once: each holds its file and what is made of it */
#define HTTP_PATH_PARAMS_MAX 4
#define HTTP_QUERY_PARAMS_MAX 64
#define HTTP_CORRELATION_ID_MAX 128
#define HTTP_TOKEN_MAX 1024                               /* characters of a credential */
#define IDEMPOTENCY_KEY_MAX 128                           /* characters of a key */
#define IDEMPOTENCY_REPLY_MAX (16 * 1024)                 /* bytes of an answer that is kept */
#define IDEMPOTENCY_KEEP_MS (24 * 3600 * 1000)            /* how long */
#define IDEMPOTENCY_KEEP_DESK_MS (30 * INT64_C(86400000)) /* … of an act told with occurred_at */
#define RATE_LIMIT_MAX 100000                             /* of the setting: searches and changes a minute */
#define RATE_LIMIT_STAFF 1200                             /* … of a signed-in librarian */
#define RATE_LIMIT_TYPING 600                             /* … of what is asked while typing */
#define HTTP_REQUEST_TIMEOUT_MS 10000                     /* header and body must arrive within this */
#define HTTP_KEEP_ALIVE_MS 15000                          /* an idle connection, while workers are plenty */
#define HTTP_KEEP_ALIVE_BUSY_MS 1000     /* an idle connection, when more than half are taken */
#define HTTP_CROWDED_HEAD_MS 250         /* for the head, from an address that holds half of the workers */
#define HTTP_CROWDED_BODY_MS 1000        /* … for its body */
#define EVENT_POLL_MS 250                /* a stream of events looks again after this … */
#define EVENTS_AT_ONCE 200               /* … and takes at most so many */
#define EVENT_QUIET_MS 15000             /* nothing to tell: a sign of life, to notice who has gone */
#define EVENT_RETRY_MS 3000              /* a browser comes back after this */
#define EVENT_STREAM_MS (10 * 60 * 1000) /* a stream ends after this: who may listen is asked anew */
#define EVENT_STREAMS_PART 4             /* workers for each stream there may be */
#define HTTP_STOP_MS 10000               /* a graceful stop waits this long for open requests */
#define ROUTES_MAX 512

/* ---- JSON --------------------------------------------------------------------------------------- */
#define JSON_DEPTH_MAX 16
#define JSON_MEMBERS_MAX 1024 /* of one object: names are looked up one after the other */

/* ---- database ----------------------------------------------------------------------------------- */
#define DB_READ_CONNECTIONS_PER_CORE 2
#define DB_READ_CONNECTIONS_MAX 16
#define DB_CACHE_KIB 8192        /* page cache of each connection */
#define DB_BUILD_CACHE_KIB 32768 /* … of the one that fills a new file; its sorter takes as much */
#define DB_PAGE_BYTES 4096
#define DB_READ_TIMEOUT_MS 30000  /* a read statement is interrupted after this */
#define DB_POOL_WAIT_MS 5000      /* waiting for a free read connection, then 503 */
#define DB_STATEMENTS_MAX 512     /* cached statements of one connection */
#define DB_LOCK_RETRIES 3         /* BEGIN IMMEDIATE against another process */
#define DB_LOCK_RETRY_BASE_MS 100 /* 100 ms · 2^n plus jitter */
#define WRITER_BATCH_MAX 64       /* desk jobs in one transaction */
#define WRITER_QUEUE_MAX 1024     /* waiting desk jobs; full is 503 with Retry-After */
#define WRITER_BULK_QUEUE_MAX 64
#define WRITER_WAIT_MS 10000   /* a job still queued after this is withdrawn: 503 */
#define WRITER_BULK_SLICE_MS 5 /* bulk work yields to the desk after this */
#define WAL_SLICE_PAGES 1000   /* written since the last slice: the next is copied back (db/write_back.h) */
#define WAL_CHECKPOINT_PAGES 16000 /* written since the last checkpoint: the next. All of db/checkpoint.h */
#define WAL_RESTART_PAGES 32000    /* so long: short readers are waited for … */
#define WAL_RESTART_WAIT_MS 20     /* … at most this long */
#define WAL_CUT_PAGES 64000        /* so long: requests that read for long are cut … */
#define WAL_CUT_WAIT_MS 100        /* … and so long they are waited for */
#define WAL_PAUSE_PAGES 128000     /* so long: the writer lets a backup or a check get on … */
#define WAL_PAUSE_MS 50            /* … by pausing after each transaction */
#define WAL_PAGES_MAX 256000       /* so long (1 GiB): backups and checks are cut */
#define WAL_IDLE_MS 2000           /* nothing written for so long: all is copied back */
#define BACKUP_PIECE_PAGES 64      /* read and written at once; */
#define BACKUP_STEP_PIECES_MAX 32  /* so many of these together, as the disk takes in BACKUP_STEP_MS … */
#define BACKUP_STEP_MS 8           /* … so that nobody's fsync waits for much more than that */
#define BACKUP_PAUSE_MS 1          /* between steps: others come first */
#define CONSTRAINT_ROWS_AT_ONCE 500000 /* ids of a table whose CHECKs are looked at by one thread */
#define CONSTRAINT_PIECES_MAX 1000     /* of one table */
#define ROWS_DEPTH_MAX 20      /* levels of a table's tree; six are enough for all that SQLite can hold */
#define ROWS_COLUMNS_MAX 64    /* of a table that is read row by row */
#define ROWS_NUMBER_BYTES 9    /* of the longest number in a record */
#define SALVAGE_COLUMNS_MAX 64 /* of a table; ours have half as many */
#define SALVAGE_TABLES_MAX 100 /* of a library */
#define SALVAGE_ROW_MAX \
    (16 * 1024 * 1024) /* bytes of a row that is believed; the longest of ours are month tallies */
#define SALVAGE_MEMORY_MAX (64 * 1024 * 1024) /* for one row at a time, in all its forms */
#define SALVAGE_BATCH_ROWS 20000              /* of a transaction of the new library */
#define SALVAGE_STRAY_MIN_PERCENT \
    50 /* rows of a page that must keep a table's rules to be taken for that table's … */
#define SALVAGE_STRAY_INDEX_PERCENT 90               /* … and where an index could look the same */
#define HEALTH_EMPTY_BYTES (64LL * 1024 * 1024)      /* empty pages that are worth telling … */
#define HEALTH_WAL_BYTES (512LL * 1024 * 1024)       /* … and changes that are not copied back */
#define HEALTH_ROOM_BAD_BYTES (64LL * 1024 * 1024)   /* left on a disk: act now … */
#define HEALTH_ROOM_WARN_BYTES (512LL * 1024 * 1024) /* … or soon */
#define HEALTH_WAIT_MS 2000                          /* for the disk, of one act: it is slow */
#define HEALTH_JOURNAL_LAG_MS 60000                  /* of the journal behind the library */
#define HEALTH_CERTIFICATE_DAYS 14                   /* left of a certificate: its renewal has not worked */
#define COMPACT_MARGIN_BYTES \
    (8 * 1024 * 1024)         /* room that writing a library anew leaves for the file system */
#define BACKUP_OLD_DAYS 2     /* the last good backup is older: people are told */
#define BACKUP_LIST_MAX 500   /* newest of them that are shown */
#define RESTORE_FILES_MAX 500 /* of one folder, that may be restored */
#define RESTORE_MARGIN_BYTES \
    (8 * 1024 * 1024)            /* room that making one ready leaves for those who work meanwhile */
#define RESTORE_ASK_MS 10000     /* the command line waits for each answer of the server … */
#define RESTORE_ASK_AGAIN_MS 100 /* … asks again after this … */
#define RESTORE_SILENCE_MS 60000 /* … and gives up when there was none for so long */
#define RESTORE_UNTIL_MAX 40     /* characters of a moment to go back to */
#define RESTORE_NAMES_MAX 9      /* libraries kept aside within one second */
#define RESTORE_LOSSES_MAX 12    /* kinds of acts a preview names */
#define BACKUP_MISSING_DAYS 366  /* a file that is not where it was, on a stick that is away, is waited for */
#define BACKUPS_A_SECOND 9       /* of one folder */
#define BACKUP_STRAY_S 3600      /* a part of a backup that nobody has written to for so long is nobody's */
#define UPGRADE_ROOM_COPIES \
    4 /* backup, what it is sealed from, the new library and its WAL: free, as often as it is large */
#define UPGRADE_UNUSED_PERCENT \
    10                         /* of its pages: from here on it is written anew when it was brought forward */
#define BACKUP_UPGRADE_DAYS 90 /* one made before an upgrade is kept for so long */
#define PASSPHRASE_MIN 10      /* characters */
#define PASSPHRASE_MAX 200
#define JOURNAL_QUEUE_MAX \
    (16 * 1024 * 1024) /* bytes of changes that wait for the second folder; past it, a gap */
#define JOURNAL_TRANSACTION_MAX (8 * 1024 * 1024) /* memory for the changes of one; past it, a gap */
#define JOURNAL_ENTRY_MAX (16 * 1024 * 1024)      /* bytes of one entry in a file: no sound one is longer */
#define JOURNAL_SEGMENT_BYTES (16 * 1024 * 1024)  /* so long: another file is begun; and each day */
#define JOURNAL_SYNC_MS 1000                      /* written to the second folder so often */
#define JOURNAL_LOOK_MS (10 * 60 * 1000) /* how often a new base is made, and old files are removed */
#define COVER_BYTES_MAX (256 * 1024)
#define COVER_SIDE_MAX 2000          /* pixels */
#define FILE_STEP_BYTES 262144       /* read and written at a time when a whole file is copied */
#define FOREIGN_KEY_ID_MAX 0x3ffffff /* 8 MiB of bits for one table's ids */

/* ---- lists -------------------------------------------------------------------------------------- */
#define LIST_LIMIT_DEFAULT 20
#define LIST_LIMIT_MAX 100
#define LIST_OFFSET_MAX 10000 /* past it: 400 naming the cursor */
#define LIST_FILTERS_MAX 16
#define LIST_CURSOR_MAX 1024  /* characters of a cursor */
#define LIST_TIME_CAP_MS 2000 /* for a page and its total; past it: 503 with advice */
#define LIST_SORTED_MAX 5000  /* matches of a search that are sorted for a page; more: the order is walked */
#define SEARCH_TERM_MAX 200   /* characters of q */
#define SEARCH_WORDS_MAX 12

/* ---- the library -------------------------------------------------------------------------------- */
#define BOOK_TITLE_MAX 255 /* characters (code points), as are all below */
#define BOOK_AUTHOR_MAX 100
#define BOOK_TEXT_MAX 255 /* subtitle, publisher, edition, language … */
#define BOOK_DESCRIPTION_MAX 4000
#define BOOK_COPIES_MAX 1000
#define HOLD_QUEUE_MAX 1000 /* readers who wait for one title */
#define WATCHES_MAX 100     /* titles that one reader watches */
#define BOOK_CATEGORIES_MAX 20
#define BOOK_YEAR_MIN (-3000)
#define BOOK_YEAR_MAX 9999
#define ISBN_TEXT_MAX 36
#define BARCODE_MAX 40
#define COPY_BARCODES_MAX 500   /* named in one transfer, or reserved at once */
#define COPY_BARCODE_TRIES 1000 /* running numbers in use already (typed in by hand) that are passed over */
#define COPY_BARCODE_LEAPS 32 /* … and then, in a library that came with its own, twice as many at each try */
#define COPY_MOVED_AT_ONCE 100   /* copies of a shelf, between two looks at the clock */
#define STOCKTAKE_BLOCK_IDS 8192 /* copies of one row of stocktake_unseen: 1 KiB */
#define STOCKTAKE_NAME_MAX 100
#define STOCKTAKE_MARKED_AT_ONCE 20 /* copies looked at, between two looks at the clock */
#define MEMBER_NAME_MIN 2
#define MEMBER_NAME_MAX 100
#define MEMBER_TEXT_MAX 255
#define MEMBER_TYPE_CODE_MAX 40
#define MEMBERSHIP_MONTHS_MAX 1200
#define ROLL_OVER_MOVES_MAX 200
#define ROLL_OVER_KEPT_MAX 500 /* leavers who cannot be archived that are named; the others are counted */
#define ROLL_OVER_AT_ONCE 20   /* members, between two looks at the clock */
#define NOTE_MAX 2000
#define OCCURRED_AT_PAST_DAYS 14     /* how far back a librarian may say it happened */
#define OCCURRED_AT_FUTURE_MS 120000 /* a desk's clock may run this much ahead */
#define CALENDAR_FIRST_DAY 7305      /* 1990-01-01: the table `calendar` begins … */
#define CALENDAR_LAST_DAY 36524      /* 2069-12-31: … and ends; a day before or after it is open */
#define CALENDAR_SEARCH_DAYS 800     /* how far ahead an open day is looked for: a library that rebuilds */
#define CALENDAR_SHOWN_DAYS_MAX 366  /* of one GET /calendar */
#define CLOSURES_MAX 1000            /* closures and exceptional openings: ten years of them */
#define CLOSURE_DAYS_MAX 1100        /* of one that does not come every year: three years */
#define CLOSURE_NAME_MAX 100
#define CLOSURE_SPREAD_MAX 60     /* open days over which loans are spread */
#define CLOSURE_MOVES_MAX 40000   /* loans and holds that one closure moves: a second or two of the writer */
#define CLOSURE_PLAN_DAYS_MAX 500 /* of a preview */
#define CLOSURE_EXAMPLES 20       /* loans that a preview names */
#define RENEW_AT_ONCE_MAX 200     /* loans in one request */
#define ACCRUAL_LOANS_A_SLICE 50  /* overdue loans in one transaction: a few milliseconds */
#define DAYS_OF_A_YEAR 365        /* the shortest: what comes every year is shorter */
#define OPENINGS_MAX 28           /* of a week: four a day */
#define TALLY_DAYS_AT_ONCE 31     /* days packed with the first loan of a later one: one, after a rest more */
#define TALLY_DAYS_BACK 62        /* how far back it looks for days that are not packed */
#define TALLY_MONTHS_BACK 12      /* the same for months; one is packed at a time */
#define TALLY_DAYS_A_SLICE 4      /* missing days packed at a time when nobody waits for it */
#define LEDGER_DAYS_MAX 100000    /* with anything that is counted: 270 years; more are no library's */
#define ANALYTICS_DAYS_MAX 3700   /* of one range: a little more than ten years, one row a day */
#define ANALYTICS_TOP_MAX 100     /* of a list of favourites */
#define ANALYTICS_ACTIVITY_MAX 100
#define JOB_WAIT_MS 8000          /* for the end of a job that was started by hand; less than HTTP_STOP_MS */
#define TILL_DAYS_MAX 366         /* of one look at the till, one row a day */
#define PAYMENT_CHARGES_MAX 100   /* that a payment names */
#define PAYMENT_REFERENCE_MAX 100 /* characters */
#define ACCOUNT_CHARGES_MAX 500   /* open ones on a member's account; the rest is in the list */
#define ACCOUNT_ROWS_MAX 50       /* payments and waivers there, the last ones */
#define DEBTORS_MAX 10            /* in a report */
#define MARC_RECORD_BYTES_MAX (1024 * 1024)           /* ten times what the format foresees */
#define ARENA_RECORD_MAX (32 * MARC_RECORD_BYTES_MAX) /* to read one, lay changes over it and write it */
#define MARC_XML_DEPTH_MAX 100                        /* elements within each other */
#define MARC_PIECE_RECORDS 100                        /* of an export, written from one snapshot … */
#define MARC_PIECE_BYTES (256 * 1024)                 /* … or so much, if that is less */
#define IMPORT_ROWS_MAX 1000000
#define IMPORT_COLUMNS_TEXT_MAX 4000 /* characters that name the columns of a file */
#define IMPORT_COLUMNS_MAX 200
#define IMPORT_REPORT_ROWS_MAX 1000           /* rows told one by one in a report */
#define IMPORT_FILE_MAX (512LL * 1024 * 1024) /* of a file brought to be imported: a million rows and more */
#define SPOOL_MARGIN_BYTES \
    (8 * 1024 * 1024) /* that a body kept in a file leaves free for those who work meanwhile */
#define IMPORT_FILES_BYTES_MAX (2048LL * 1024 * 1024) /* of all that wait beside the library */
#define IMPORT_FILE_KEEP_DAYS 30  /* nobody has started it, or it is over: the file goes … */
#define IMPORT_ROWS_KEPT 20000    /* rows worth a look of one batch; the others are counted */
#define IMPORT_ROWS_KEEP_DAYS 400 /* … and how long they are kept */
#define IMPORT_AT_ONCE_ROWS 200   /* read and checked ahead of the writer */
#define IMPORT_NAME_MAX 255       /* characters of a file's name */
#define IMPORT_PROFILES_MAX 200
#define IMPORT_PROFILE_NAME_MAX 100
#define LOOKUP_TARGETS_MAX 20
#define LOOKUP_NAME_MAX 100
#define LOOKUP_ADDRESS_MAX 500
#define LOOKUP_RECORDS_MAX 20              /* of one target, for one question */
#define LOOKUP_WAIT_MS 15000               /* for all targets together */
#define LOOKUP_AT_ONCE 4                   /* targets that are asked at the same time, for one question … */
#define LOOKUPS_AT_ONCE 2                  /* … and questions: others wait their turn or are sent away */
#define LOOKUP_TURN_MS 5000                /* so long */
#define LOOKUP_TERM_MAX 200                /* characters of what is asked for */
#define LOOKUP_ANSWER_BYTES (512 * 1024)   /* of all records of one answer: what comes after is left out */
#define ARENA_LOOKUP_MAX (8 * 1024 * 1024) /* the answer of one target, and what is read in it */
#define NET_RESOLVE_MS 5000                /* a name into addresses */
#define NET_CONNECT_MS 5000
#define NET_EXCHANGE_MS 10000 /* from the first byte sent to the last received */
#define NET_REPLY_MAX (2 * 1024 * 1024)
#define NET_REDIRECTS_MAX 3
#define NET_HEAD_MAX (32 * 1024) /* of an HTTP reply: status line and headers */
#define NET_HEADERS_MAX 100
#define NET_URL_MAX 4000
#define NET_HOST_MAX 253           /* characters of a name: RFC 1035 */
#define NET_ADDRESSES_MAX 8        /* of one name that are tried */
#define NET_ROOTS_KEEP_MS 3600000  /* the system's authorities are read again after this */
#define NET_BER_DEPTH_MAX 32       /* of what stands within each other in a message of Z39.50 … */
#define NET_BER_MAX (512 * 1024)   /* … and its bytes: decoded, it may take fifty times as much */
#define BREAKERS_MAX 64            /* destinations that are remembered */
#define BREAKER_FAILURES 3         /* one after the other: nobody asks there … */
#define BREAKER_REST_MS 60000      /* … for so long, twice as long each time … */
#define BREAKER_REST_MAX_MS 900000 /* … up to this */
#define DUPLICATES_MAX 100         /* pairs shown at once */
#define MERGE_MOVES_MAX 20000      /* copies, loans and holds of one merged title: one transaction */
#define NAMES_SHOWN_MAX 100        /* authors or categories of one answer */
#define RENAME_TITLES_A_SLICE 20   /* titles that get an author's other name, in one transaction */
#define FACET_VALUES_MAX 20        /* of each facet that is shown */
#define SEARCH_TERM_KEPT_MAX 20000 /* terms; those asked least and longest ago go */
#define SEARCH_TERM_KEEP_DAYS 365
#define SEARCH_TERM_QUEUE_MAX 1024 /* noted and not yet written; more are lost */
#define SEARCH_TERM_WRITE_MS (5 * 60 * 1000)
#define SEARCH_TERM_SHOWN_MIN 3 /* asked less often: it may be about somebody */
#define POPULAR_QUERIES_MAX 50
#define RECOMMEND_LOANS 6 /* of the reader: the last ones … */
#define RECOMMEND_READERS 7 /* … of each, who else had it: a page of the file for each, often a cold one … */
#define RECOMMEND_THEIR_LOANS 16 /* … and what those had */
#define RECOMMENDATIONS_MAX 20
#define READING_LISTS_MAX 100 /* of one reader */
#define READING_LIST_NAME_MAX 100
#define READING_LIST_ENTRIES_MAX 2000
#define REVIEW_TEXT_MAX 4000
#define SHARED_RECORDS_MAX 100 /* of one page of OAI-PMH, or of SRU */
#define SHARED_TOKEN_MAX 200   /* characters of a resumption token */
#define CQL_TEXT_MAX 1000
#define CQL_DEPTH_MAX 32           /* of parentheses and booleans within each other */
#define EVENT_CONSUMED_AT_ONCE 100 /* events that one who acts on them takes in one transaction */
#define NOTICE_LOOK_MS 5000        /* how often what happened becomes notifications, and those are sent */
#define NOTICES_A_SLICE 50         /* made, or claimed, in one transaction */
#define NOTICE_TRIES 6             /* then it has failed for good */
#define NOTICE_RETRY_MS 60000      /* after the first failure; three times as long each time … */
#define NOTICE_RETRY_MAX_MS (4LL * 60 * 60 * 1000) /* … up to this */
#define NOTICE_CLAIM_MS (10 * 60 * 1000) /* claimed so long ago and not ended: nobody knows whether it went */
#define NOTICE_TOGETHER_MAX 50           /* told in one message */
#define NOTICE_SUBJECT_MAX 200           /* characters */
#define NOTICE_BODY_MAX 8000
#define NOTICE_SMS_MAX 480     /* characters of a text message: three parts */
#define NOTICE_TEXT_MAX 2000   /* of a free message */
#define NOTICE_MEMBERS_MAX 500 /* readers that one free message goes to */
#define NOTICE_KEEP_DAYS 400
#define TEMPLATES_MAX 500
#define MAIL_EXCHANGE_MS 30000           /* one message, from the connection to the last answer */
#define MAIL_BYTES_MAX (8 * 1024 * 1024) /* with all that is attached */
#define MAIL_RECIPIENTS_MAX 20
#define SMTP_LINE_MAX 1000 /* of an answer, its line end included: RFC 5321, 4.5.3.1.5, and to spare */
#define WEBHOOKS_MAX 20
#define WEBHOOK_NAME_MAX 100
#define WEBHOOK_TRIES 10       /* then the delivery is dead, until somebody sends it again */
#define WEBHOOK_RETRY_MS 30000 /* after the first failure; twice as long each time … */
#define WEBHOOK_RETRY_MAX_MS (6LL * 60 * 60 * 1000) /* … up to this */
#define WEBHOOK_WAITING_MAX 10000                   /* deliveries of one webhook that wait; older ones die */
#define WEBHOOK_KEEP_DAYS 30                        /* deliveries that are over */
#define REPORT_ROWS_MAX 1000                        /* shown; the CSV has all */
#define REPORT_MAIL_ROWS_MAX 50000                  /* attached to an e-mail */
#define REPORT_DAYS_MAX 3700                        /* of one report */
#define SAVED_REPORTS_MAX 100
#define SAVED_REPORT_NAME_MAX 100
#define VISITS_MAX 1000000 /* of one day */
#define ALERT_LOOK_MS 60000
#define ALERT_AFTER_MS 120000 /* so long it must have been there: what passes by itself tells nobody */
#define ALERT_AGAIN_MS (24LL * 60 * 60 * 1000) /* what stays is told again */
#define ALERT_KEEP_DAYS 400
#define SLOW_STATEMENT_MS 250   /* what takes longer is logged with its plan, once … */
#define SLOW_STATEMENTS_KEPT 64 /* … for each of so many statements an hour */
#define EVENT_KEEP_DAYS 30
#define FORGET_LOANS_A_SLICE 50  /* loans that forget their reader in one transaction: about ten rows each */
#define FORGET_HOLDS_A_SLICE 100 /* the same of holds that ended without a loan: some five rows each */
#define FORGET_MEMBERS_A_SLICE 500 /* members looked at for them */
#define FORGET_ROWS_A_SLICE 500    /* events, kept answers */

/* ---- the door ----------------------------------------------------------------------------------- */
#define PASSWORD_MIN 10 /* characters; being long is the only rule */
#define PASSWORD_MAX 200
#define PASSWORDS_AT_ONCE 2     /* hashed at the same time: each takes 16 MiB */
#define PASSWORDS_WAITING_MAX 8 /* requests that wait for their turn; more are sent away: 503 */
#define PASSWORD_WAIT_MS 8000
#define ACCOUNT_NAME_MIN 2
#define ACCOUNT_NAME_MAX 100
#define LOGIN_FREE_FAILURES 5          /* of an account or name; then 1 s, 2 s, 4 s … */
#define LOGIN_ADDRESS_FREE_FAILURES 20 /* of an address: a whole school sits behind one */
#define LOGIN_DELAY_MAX_MS (15 * 60 * 1000)
#define LOGIN_ADDRESS_DELAY_MAX_MS (60 * 1000)
#define LOGIN_FORGET_MS (24 * 60 * 60 * 1000) /* after so long without a failure, they count no more */
#define LOGIN_ADDRESS_FORGET_MS (15 * 60 * 1000)
#define ATTEMPTS_MAX 8192                           /* names and addresses remembered; the oldest make room */
#define SESSION_MAX_MS (14LL * 24 * 60 * 60 * 1000) /* however busy it is */
#define SESSION_SEEN_MS (5 * 60 * 1000)             /* how exactly "last seen" is known */
#define SEEN_QUEUE_MAX 1024                         /* noted and not yet written; more are lost */
#define KNOWN_CALLERS_MAX 1024                      /* kept in memory (auth/known.h); others make room */
#define KNOWN_CALLERS_ALIKE 4                       /* … of which so many may share a place */
#define KNOWN_ROWS 4096   /* numbers for the rows they rest on; rows that share one are doubted together */
#define KNOWN_FOR_MS 5000 /* then they are looked up again */
#define ACCESS_TOKEN_S (15 * 60)
#define ACCESS_TOKEN_FUTURE_S 60 /* a token from later than this is none of ours */
#define ACCESS_TOKEN_TEXT_MAX 1024
#define REFRESH_TOKEN_MS (30LL * 24 * 60 * 60 * 1000)
#define RESET_CODE_MS (24LL * 60 * 60 * 1000)
#define RESET_CODE_TRIES 5
#define SETUP_CODE_TRIES 10

/* ---- TLS ---------------------------------------------------------------------------------------- */
#define TLS_AUTHORITY_DAYS 3650
#define TLS_SERVER_DAYS 397             /* browsers refuse what is valid longer than 398 */
#define TLS_RENEW_DAYS 30               /* a certificate with less than this left is made anew */
#define TLS_FILE_BYTES_MAX (256 * 1024) /* of a file with keys and certificates */
#define TLS_HSTS_S (30 * 24 * 3600)     /* how long browsers come by https only; own certificates only */

#endif
