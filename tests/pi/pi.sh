#!/bin/sh
# pi.sh GROUP PROGRAM [ARGUMENT...] - runs the program as a small machine would: 256 MiB of memory, page cache included,
# and a card on which every fsync and fdatasync takes PI_SYNC_MS (15) longer. Needs root and strace.
#
# GROUP is the folder of a memory cgroup that the caller has made and will remove. strace delays the two calls from
# outside (the program is the one that ships); with -D it is strace that is the child, so signals and the exit status are
# the program's own.
set -eu
group=$1
shift
echo $$ >"$group/cgroup.procs"
exec strace -D -f --seccomp-bpf -o /dev/null -e trace=fsync,fdatasync \
    -e inject=fsync,fdatasync:delay_enter=$((${PI_SYNC_MS:-15} * 1000)) "$@"
