#!/bin/sh
# debian.sh FOLDER - a small Debian of this machine's release in FOLDER, from where this machine has its own packages. Made once
# and kept as build/package/debian.tar. Needs root and debootstrap.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
kept=$top/build/package/debian.tar

if [ ! -f "$kept" ]; then
    work=$top/build/package/debian
    rm -rf "$work"
    mkdir -p "$top/build/package"
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$("$top/vendor/apt-source.sh" mirror "$codename")
    debootstrap --variant=minbase "$codename" "$work" "$mirror" >"$work.log" 2>&1 || { tail -20 "$work.log" >&2; exit 1; }
    tar --create --file "$kept.part" --directory "$work" --exclude=./var/cache/apt --exclude=./var/lib/apt/lists --exclude=./usr/share/locale .
    mv "$kept.part" "$kept"
    rm -rf "$work"
fi
mkdir -p "$1"
tar --extract --file "$kept" --directory "$1"
