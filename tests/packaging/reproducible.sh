#!/bin/sh
# reproducible.sh [ARCHITECTURE...] - the packages of what is committed, made twice: in two folders, under other names, at
# other times, in another time zone and language, by one and by several compilers at a time. Fails when any byte differs.
# Needs what `make package` needs, and nothing from the network after that.
#
#   make test-reproducible ARCHITECTURES="amd64 arm64"
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$top/build/reproducible
native=$(dpkg --print-architecture)
[ $# -gt 0 ] || set -- "$native"

# What has been fetched is no part of a build: both get the same.
prepare() { # FOLDER ARCHITECTURE...
    folder=$1
    shift
    rm -rf "$folder"
    git clone --quiet --shared "$top" "$folder"
    mkdir -p "$folder/build/vendor"
    cp -a "$top/build/vendor/download" "$folder/build/vendor/"
    for machine in "$@"; do
        [ ! -d "$top/build/vendor/sysroot-$machine" ] || cp -a "$top/build/vendor/sysroot-$machine" "$folder/build/vendor/"
    done
    cp -a "$top/assets/node_modules" "$folder/assets/"
    touch "$folder/assets/node_modules/.package-lock.json" # younger than the clone's own list, or make would fetch it all again
}

build() { # FOLDER JOBS ARCHITECTURE...
    folder=$1 jobs=$2
    shift 2
    (
        cd "$folder"
        make --no-print-directory -j"$jobs" all
        for machine in "$@"; do
            [ "$machine" = "$native" ] || make --no-print-directory -j"$jobs" VARIANT="$machine" all
            program=build/$machine/carrel
            [ "$machine" != "$native" ] || program=build/carrel
            packaging/package.sh "$machine" "$program"
        done
    ) >"$folder.log" 2>&1 || { tail -20 "$folder.log" >&2; exit 1; }
}

mkdir -p "$work"
first=$work/a second=$work/another-folder-of-another-length
prepare "$first" "$@"
prepare "$second" "$@"
(umask 022; TZ=UTC LC_ALL=C.UTF-8; export TZ LC_ALL; build "$first" "$(nproc)" "$@")
(umask 077; TZ=Pacific/Kiritimati LC_ALL=C USER=somebody; export TZ LC_ALL USER; build "$second" "$(($(nproc) + 1))" "$@")

differs=0
for file in "$first"/dist/*; do
    name=$(basename "$file")
    if cmp -s "$file" "$second/dist/$name"; then
        echo "reproducible: $(sha256sum <"$file" | cut -c 1-64)  $name"
    else
        echo "reproducible: $name DIFFERS between $first/dist and $second/dist" >&2
        differs=1
    fi
done
[ "$differs" = 1 ] || rm -rf "$first" "$second"
exit $differs
