#!/bin/sh
# debian.sh FOLDER [PACKAGE...] - a small Debian of this machine's release in FOLDER, with these packages, from where this
# machine has its own. Made once and kept in build/package: debian.tar, debian-PACKAGE-….tar. Needs root and debootstrap.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1
shift
kept=$top/build/package/debian$(printf -- '-%s' "$@" | sed 's/^-$//').tar

if [ ! -f "$kept" ]; then
    work=$top/build/package/debian
    rm -rf "$work"
    mkdir -p "$top/build/package"
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$("$top/vendor/apt-source.sh" mirror "$codename")
    if [ $# = 0 ]; then
        debootstrap --variant=minbase "$codename" "$work" "$mirror" >"$work.log" 2>&1 || { tail -20 "$work.log" >&2; exit 1; }
    else
        "$0" "$work"
        { chroot "$work" apt-get -q update &&
            chroot "$work" env DEBIAN_FRONTEND=noninteractive apt-get -q install --yes --no-install-recommends "$@"; } >"$work.log" 2>&1 ||
            { tail -20 "$work.log" >&2; exit 1; }
    fi
    tar --create --file "$kept.part" --directory "$work" --exclude=./var/cache/apt --exclude=./var/lib/apt/lists --exclude=./usr/share/locale .
    mv "$kept.part" "$kept"
    rm -rf "$work"
fi
mkdir -p "$folder"
tar --extract --file "$kept" --directory "$folder"
