#!/bin/sh
# deps.sh - installs what Carrel needs on this machine and says so.
#
#   vendor/deps.sh build [test|bench|package|pictures] [renew]
#
# Only what is missing is installed; with nothing missing it needs no network and no administrator. `renew` looks besides
# whether Debian has newer revisions (security updates) of what is linked into the program, and gets them.
# Where packages come from is this machine's own business (apt's and npm's settings).
set -eu
cd "$(dirname "$0")/.."

for_what=" $* "
wanted="gcc make libc6-dev dpkg-dev xz-utils gzip ca-certificates tcl"  # tcl: SQLite's build assembles its one file with it
linked=$(awk '!/^#/ { print $1 }' vendor/linked.list)
wanted="$wanted $linked"
case $for_what in
    *" test "*) wanted="$wanted clang libclang-rt-dev clang-tidy clang-format libcmocka-dev curl poppler-utils strace yaz libxml2-utils" ;;
    *" bench "*) wanted="$wanted wrk nginx-light" ;;
    # For other machines: their compilers, and what runs a test program of theirs while building.
    *" package "*) wanted="$wanted gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user debootstrap iproute2 procps curl" ;;
esac
case $for_what in
    *" pictures "*) wanted="$wanted pngquant webp" ;; # besides those of a test: they make the browser's pictures small
esac

missing=
for package in $wanted; do
    case $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done
# Programs that may have come from elsewhere than Debian: any version on the path will do.
command -v node >/dev/null || missing="$missing nodejs"
case $for_what in
    *" test "*) command -v chromium >/dev/null || missing="$missing chromium" ;;
esac

lists_are_fresh=
administer() { # COMMAND...
    if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"; else sudo env DEBIAN_FRONTEND=noninteractive "$@"; fi
}
read_lists() { # OPTION...
    [ -n "$lists_are_fresh" ] || administer apt-get -q "$@" update || return 1
    lists_are_fresh=yes
}
install() {
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
        { echo "deps: not root and no sudo here; install these packages and run again: $*" >&2; exit 1; }
    echo "deps: installing with apt: $*"
    { read_lists && administer apt-get -q install --yes --no-install-recommends "$@"; } >build/apt.log 2>&1 ||
        { tail -20 build/apt.log >&2; echo "deps: apt failed (build/apt.log)" >&2; exit 1; }
}

renew_linked() {
    # Without that mode apt calls it a success when nothing could be reached, and goes on with the lists of last time.
    read_lists -o APT::Update::Error-Mode=any >build/apt.log 2>&1 ||
        echo "deps: WARNING: the lists of packages could not be renewed (build/apt.log): a security update may be missing in what is linked in" >&2
    older=
    for package in libc6-dev $linked; do
        has=$(dpkg-query --show --showformat='${Version}' "$package")
        newest=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
        dpkg --compare-versions "$has" ge "${newest:-0}" || older="$older $package"
    done
    [ -z "$older" ] || install $older
}

mkdir -p build
if [ -n "$missing" ]; then
    install $missing
else
    echo "deps: all packages are here"
fi
command -v npm >/dev/null || install npm # after node: some packages of node bring it along

# Prometheus reads /metrics in a test. It is unpacked here and not installed: the package would start a server of its own.
unpack_prometheus() {
    command -v promtool >/dev/null && command -v prometheus >/dev/null && return
    [ -x build/prometheus/usr/bin/promtool ] && return
    echo "deps: unpacking Debian's prometheus into build/prometheus"
    rm -rf build/prometheus.new && mkdir build/prometheus.new
    if (cd build/prometheus.new && apt-get -q download prometheus) >>build/apt.log 2>&1 &&
        dpkg -x build/prometheus.new/prometheus_*.deb build/prometheus.new >>build/apt.log 2>&1; then
        rm -rf build/prometheus && mv build/prometheus.new build/prometheus && rm -f build/prometheus/*.deb
    else
        rm -rf build/prometheus.new
        echo "deps: no prometheus here (build/apt.log): the tests that need it are skipped" >&2
    fi
}
case $for_what in
    *" test "*) unpack_prometheus ;;
esac

compiled=$(awk '!/^#/ { print $1 }' vendor/versions.lock)
case $for_what in
    *" renew "*) renew_linked && vendor/apt-source.sh renew $compiled ;;
    *) vendor/apt-source.sh fetch $compiled ;;
esac

for folder in assets $(case $for_what in *" test "*) echo tests ;; esac); do
    [ -f "$folder/package-lock.json" ] || continue
    if make --question --no-print-directory "$folder/node_modules/.package-lock.json" 2>/dev/null; then
        echo "deps: $folder/node_modules is up to date"
    else
        echo "deps: installing the npm packages of $folder"
        make --no-print-directory "$folder/node_modules/.package-lock.json"
    fi
done
