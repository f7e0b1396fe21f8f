#!/bin/sh
# SQLite, as one amalgamated file made from Debian's source package (security patches included), compiled with
# the options below and no others. The programs that ask a database other than ours are not built.
. "$(dirname "$0")/common.sh"
begin sqlite

if [ ! -f "$home/amalgamation/sqlite3.c" ]; then
    unpack sqlite3
    rm -rf "$home/amalgamation.part"
    mkdir "$home/amalgamation.part"
    # The amalgamation lets the compiler see all of SQLite at once (about 5 % faster), and is one file to compile.
    (cd "$home/amalgamation.part" && CC= "$source/configure" --disable-tcl --disable-readline && make sqlite3.c sqlite3.h) \
        >"$home/amalgamation.log" 2>&1 || { tail -20 "$home/amalgamation.log" >&2; exit 1; }
    mv "$home/amalgamation.part" "$home/amalgamation"
fi

options() { sed -n 's/^ *\(-D[A-Z0-9_=]*\).*/\1/p' <<'WHY'
    -DSQLITE_THREADSAFE=2                   one thread at a time per connection (the read pool and the writer see to it): no mutex around every call; connections still run side by side
    -DSQLITE_DQS=0                          "text" in double quotes is a name, never silently a string: a misspelt column is an error
    -DSQLITE_DEFAULT_FOREIGN_KEYS=1         foreign keys hold on every connection, even one that forgot its pragma
    -DSQLITE_DEFAULT_SYNCHRONOUS=2          FULL: what was acknowledged survives a power cut (measured: NORMAL loses it)
    -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=2      and so in WAL mode, where the usual build falls back to NORMAL
    -DSQLITE_DEFAULT_WAL_AUTOCHECKPOINT=0   only the writer checkpoints; a forgotten pragma must not make a second one (WAL race before 3.51.3)
    -DSQLITE_DEFAULT_FILE_PERMISSIONS=0600  readers' names are in there: the file is its owner's alone (-wal and -shm follow it)
    -DSQLITE_DEFAULT_MEMSTATUS=0            no global mutex and counter around each allocation; sqlite3_db_status still tells each connection's cache
    -DSQLITE_TRUSTED_SCHEMA=0               a hostile database file cannot call dangerous functions from its views or triggers
    -DSQLITE_MAX_MMAP_SIZE=0                no memory-mapped database: an I/O error would be a signal, and it worsens the WAL race
    -DSQLITE_MAX_EXPR_DEPTH=200             parser recursion stays well inside a worker's 256 KiB stack; our own statements stay below 60
    -DSQLITE_LIKE_DOESNT_MATCH_BLOBS        LIKE on a blob is a mistake, and this lets an index serve LIKE
    -DSQLITE_USE_ALLOCA                     small scratch from the stack in place of malloc
    -DSQLITE_ENABLE_FTS5                    full-text search of the catalogue
    -DSQLITE_ENABLE_DBSTAT_VTAB             which table uses how many pages: the health report
    -DSQLITE_ENABLE_DBPAGE_VTAB             pages as they lie in the file: --check reads the rows of whole tables itself (db/table_rows.h)
    -DSQLITE_ENABLE_SESSION                 change sets, for undoing an import
    -DSQLITE_ENABLE_PREUPDATE_HOOK          what SESSION stands on
    -DSQLITE_OMIT_LOAD_EXTENSION            no shared object is ever loaded (the program is static, and that is a door less)
    -DSQLITE_OMIT_DEPRECATED                old entry points nobody here may call
    -DSQLITE_OMIT_SHARED_CACHE              unused, costs branches in the b-tree
    -DHAVE_FDATASYNC=1                      without it SQLite falls back to fsync: twice the flash writes for a commit
    -DHAVE_USLEEP=1                         without it a busy wait sleeps whole seconds
    -DHAVE_PREAD=1                          one system call to read a page, not two
    -DHAVE_PWRITE=1                         and one to write it
    -DHAVE_GMTIME_R=1                       the re-entrant one
    -DHAVE_LOCALTIME_R=1                    the re-entrant one
    -DHAVE_STRCHRNUL=1                      glibc has it, it is faster
    -DHAVE_ISNAN=1                          the compiler's own
WHY
}
# Left out on purpose: ENABLE_STAT4 (plans are fixed and proven by a test, ANALYZE never runs), ENABLE_MATH_FUNCTIONS
# and RTREE (nothing asks), OMIT_DECLTYPE (row types may be asked), OMIT_PROGRESS_CALLBACK (long reads are interrupted),
# OMIT_AUTOINIT (a forgotten call would crash), TEMP_STORE (1: big sorts may go to files; the engine points them at
# the database's own folder, an empty chroot has no /tmp).
# API_ARMOR checks every argument of every call: a wrong use by us shows in the sanitizer builds, release is spared.
case $variant in sanitize | race) flags="$flags -DSQLITE_ENABLE_API_ARMOR" ;; esac

# -O3 in place of -O2: the check of a library of four million loans takes 7 % less, the program is 290 KB larger.
case $variant in release | arm64 | armhf) flags="$flags -O3" ;; esac

echo "  VENDOR sqlite ($variant)"
$CC $flags -DNDEBUG $(options) -c "$home/amalgamation/sqlite3.c" -o "$objects/sqlite3.o"
archive libsqlite3.a "$objects/sqlite3.o"
# Some declarations in sqlite3.h stand behind options: our header says which ones the archive was built with.
{
    echo "#define SQLITE_ENABLE_SESSION 1"
    echo "#define SQLITE_ENABLE_PREUPDATE_HOOK 1"
    cat "$home/amalgamation/sqlite3.h"
} >"$home/include/sqlite3.h.$variant"
cmp -s "$home/include/sqlite3.h.$variant" "$home/include/sqlite3.h" && rm "$home/include/sqlite3.h.$variant" ||
    mv "$home/include/sqlite3.h.$variant" "$home/include/sqlite3.h"
