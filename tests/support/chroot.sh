#!/bin/sh
# chroot.sh ROOT PROGRAM [ARGUMENT...] - runs the program in an otherwise empty root folder, as nobody in particular.
#
# ROOT must hold nothing but the folder data/ (made if missing), which the program may write to. There is no /etc, /usr,
# /proc, /dev or /tmp: what works here needs nothing of the machine but its kernel. Needs root, to change the root.
set -eu
root=$1 program=$2
shift 2
someone=${CARREL_CHROOT_UID:-65534}
[ "$(id -u)" -eq 0 ] || { echo "chroot.sh: only root can change the root folder" >&2; exit 77; }
mkdir -p "$root/data"
if [ ! -e "$root/carrel" ]; then
    # Several programs may start at once in one root: never a half-written one.
    cp "$program" "$root/carrel.$$"
    chmod 555 "$root/carrel.$$"
    mv "$root/carrel.$$" "$root/carrel"
fi
chmod 755 "$root"
chown "$someone:$someone" "$root/data"
exec chroot --userspec="$someone:$someone" "$root" /carrel "$@"
