#!/bin/sh
# apt-source.sh - third-party source code, taken from Debian's own source packages.
#
#   vendor/apt-source.sh fetch NAME...        download what is missing; needs no network when all is here
#   vendor/apt-source.sh renew NAME...        the same, and again what Debian has a newer revision of; it is then compiled anew
#   vendor/apt-source.sh unpack NAME FOLDER   check, unpack, apply Debian's patches (security fixes are among them)
#   vendor/apt-source.sh foreign ARCHITECTURE FOLDER PACKAGE...
#                                             the newest of another architecture's -dev packages, unpacked into FOLDER
#   vendor/apt-source.sh mirror SUITE         where this machine has that suite of Debian's packages from
#   vendor/apt-source.sh newest NAME          the newest revision of a source package that Debian has; nothing if that cannot be told
#
# apt reads a PRIVATE configuration made here from the machine's own package lists: their Debian entries, turned
# from `deb` into `deb-src`, with lists and cache under build/. So the machine's settings stay untouched, no
# registry address stands in this repository, and no administrator is needed.
# apt checks the signature of what it downloads; vendor/versions.lock names the one upstream tarball we accept.
# Downloads stay in build/vendor/download. `fetch`, `renew`, `foreign` and `newest` are the only steps that need the network.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
lock=$top/vendor/versions.lock
downloads=$top/build/vendor/download
private=$top/build/vendor/apt

die() { echo "vendor: $*" >&2; exit 1; }

# the fields of package $1 in versions.lock: version, revision, tarball, checksum
locked() {
    fields=$(awk -v name="$1" '$1 == name { print $2, $3, $4, $5 }' "$lock")
    [ -n "$fields" ] || die "$1 is not in vendor/versions.lock"
    echo "$fields"
}

check_tarball() { # NAME: is the upstream tarball here, and is it the one we know, with patches not too old?
    name=$1
    set -- $(locked "$name")
    tarball=$downloads/$name/$3
    [ -f "$tarball" ] || return 1
    echo "$4  $tarball" | sha256sum --check --status ||
        die "$name: $3 is not the file that vendor/versions.lock describes (remove build/vendor/download/$name to fetch it again)"
    revision=$(awk '$1 == "Version:" { print $2; exit }' "$downloads/$name"/*.dsc)
    dpkg --compare-versions "$revision" ge "$2" ||
        die "$name: Debian's revision $revision is older than $2, the oldest that vendor/versions.lock accepts"
}

is_fetched() { [ -f "$downloads/$1/complete" ] && check_tarball "$1"; }

# The machine's Debian package lists as deb-src lines. A list is Debian's own when the keyring of Debian's archive
# signs it, or when its suite is this release (bookworm, bookworm-updates, bookworm-security).
debian_source_lists() {
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$list" ] || continue
        awk -v codename="$codename" '
            /^[ \t]*deb[ \t]/ {
                sub(/#.*/, ""); options = ""
                if (match($0, /\[[^]]*\]/)) {
                    options = substr($0, RSTART + 1, RLENGTH - 2)
                    $0 = substr($0, 1, RSTART - 1) " " substr($0, RSTART + RLENGTH)
                }
                gsub(/arch(itectures)?=[^ ]*/, "", options)
                suite = $3; sub(/(-updates|-security|\/updates)$/, "", suite)
                if (options !~ /debian-archive/ && (suite != codename || options ~ /signed-by=/)) next
                line = "deb-src " (options ~ /[^ ]/ ? "[" options "] " : "") $2 " " $3
                for (i = 4; i <= NF; i++) line = line " " $i
                print line
            }' "$list"
    done
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -f "$list" ] || continue
        awk -v codename="$codename" '
            function flush(    u, s, i, j, n, m, base, options) {
                if (field["types"] ~ /(^| )deb( |$)/ && field["enabled"] !~ /^(no|false|0)$/) {
                    options = ""
                    if (field["signed-by"] ~ /^\//) options = "signed-by=" field["signed-by"]
                    if (field["trusted"] ~ /^(yes|true|1)$/) options = options " trusted=yes"
                    n = split(field["uris"], u, " "); m = split(field["suites"], s, " ")
                    for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) {
                        base = s[j]; sub(/(-updates|-security|\/updates)$/, "", base)
                        if (field["signed-by"] !~ /debian-archive/ && (base != codename || field["signed-by"] != "")) continue
                        print "deb-src " (options != "" ? "[" options "] " : "") u[i] " " s[j] " " field["components"]
                    }
                }
                delete field; name = ""
            }
            /^#/ { next }
            /^[ \t]*$/ { flush(); next }
            /^[ \t]/ { sub(/^[ \t]+/, ""); field[name] = field[name] " " $0; next }
            { name = tolower($0); sub(/:.*/, "", name); value = $0; sub(/^[^:]*:[ \t]*/, "", value); field[name] = value }
            END { flush() }' "$list"
    done
}

private_apt_get() { apt-get --config-file "$private/apt.conf" "$@"; }

# ARCHITECTURE: the private settings in $private, for source packages and that architecture's packages. A mirror that is
# being filled, or a dead network, is no end: lists_are_whole is then empty, and whoever called decides.
prepare_private_apt() {
    command -v apt-get >/dev/null || die "apt-get is not here: the recipes take their sources from Debian (use the Dockerfile elsewhere)"
    mkdir -p "$private/lists/partial" "$private/cache/archives/partial" "$private/empty"
    { debian_source_lists; debian_source_lists | sed 's/^deb-src/deb/'; } | sort -u >"$private/sources.list"
    [ -s "$private/sources.list" ] || die "no Debian package list found under /etc/apt"
    # Given by option and not by APT_CONFIG, so that the machine's proxy and trust settings still count.
    cat >"$private/apt.conf" <<CONF
APT::Architecture "$1";
APT::Architectures "$1";
Dir::Etc::sourcelist "$private/sources.list";
Dir::Etc::sourceparts "$private/empty";
Dir::State::Lists "$private/lists";
Dir::Cache "$private/cache";
APT::Sandbox::User "";
APT::Get::List-Cleanup "true";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb-src::Sources::DefaultEnabled "true";
CONF
    echo "vendor: reading Debian's lists of packages ($1, into ${private#"$top"/})"
    lists_are_whole=yes
    # Without that mode apt calls it a success when nothing could be reached, and goes on with the lists of last time.
    private_apt_get -qq -o APT::Update::Error-Mode=any update >"$private/update.log" 2>&1 || {
        lists_are_whole=
        sed -n 's/^[EW]: /vendor:   /p' "$private/update.log" >&2
        echo "vendor: WARNING: not all of Debian's lists for $1 could be read: a security update may be missing in what comes now" >&2
    }
}

fetch() {
    missing=
    for name in "$@"; do
        is_fetched "$name" || missing="$missing $name"
    done
    if [ -z "$missing" ]; then
        echo "vendor: $* already here"
        return
    fi
    prepare_private_apt "$(dpkg --print-architecture)"
    for name in $missing; do
        set -- $(locked "$name")
        wanted=$3
        echo "vendor: fetching the source of $name $1"
        rm -rf "$downloads/$name"
        mkdir -p "$downloads/$name"
        (cd "$downloads/$name" && private_apt_get -qq source --download-only --only-source "$name")
        check_tarball "$name" ||
            die "$name: Debian offers $(cd "$downloads/$name" && echo *.dsc), but vendor/versions.lock wants $wanted"
        : >"$downloads/$name/complete"
    done
}

# What is compiled from an older revision goes with it, so that the next `make` compiles the newer one.
renew() { # NAME...
    for name in "$@"; do
        is_fetched "$name" || continue
        # A shell of its own: it prepares apt, and must not leave that to the next.
        best=$("$0" newest "$name")
        [ -n "$best" ] || { echo "vendor: $name: whether a newer revision is out cannot be told" >&2; continue; }
        dpkg --compare-versions "$revision" lt "$best" || continue
        echo "vendor: $name $revision is replaced by $best"
        rm -rf "${downloads:?}/$name" "$top/build/vendor/$name"
    done
    fetch "$@"
}

unpack() { # NAME FOLDER
    is_fetched "$1" || die "$1 is not downloaded yet: run \`make deps\`"
    rm -rf "$2" "$2.part"
    mkdir -p "$(dirname "$2")"
    dpkg-source --no-check --no-copy -x "$downloads/$1"/*.dsc "$2.part" >"$2.log" 2>&1 || { cat "$2.log" >&2; die "$1: dpkg-source failed"; }
    mv "$2.part" "$2"
}

# Nothing is installed: the machine's own packages are not touched, and no administrator is needed. What is there already
# stays when it is the newest, or when nobody can tell.
foreign() { # ARCHITECTURE FOLDER PACKAGE...
    architecture=$1 folder=$2
    shift 2
    private=$top/build/vendor/apt-$architecture
    downloads=$top/build/vendor/download/$architecture
    prepare_private_apt "$architecture"
    offered=$(private_apt_get -qq download --print-uris "$@") || offered=
    had=$(cat "$folder/.complete" 2>/dev/null) || had=
    [ -z "$had" ] || { [ -n "$offered" ] && [ "$offered" != "$had" ] && [ -n "$lists_are_whole" ]; } || return 0
    [ -n "$offered" ] || die "where $* for $architecture can be had cannot be told"
    echo "vendor: fetching $* for $architecture"
    rm -rf "$folder" "$downloads"
    mkdir -p "$folder" "$downloads"
    (cd "$downloads" && private_apt_get -qq download "$@")
    for package in "$downloads"/*.deb; do dpkg-deb --extract "$package" "$folder"; done
    echo "$offered" >"$folder/.complete"
}

mirror() { # SUITE
    debian_source_lists | sed 's/\[[^]]*\] //' | awk -v suite="$1" '$3 == suite { print $2; exit }'
}

newest() { # NAME
    prepare_private_apt "$(dpkg --print-architecture)" >&2
    [ -n "$lists_are_whole" ] || return 0
    apt-cache --config-file "$private/apt.conf" showsrc --only-source "$1" | awk '/^Version: / { print $2 }' | while read -r version; do
        dpkg --compare-versions "$version" gt "${best:-0}" && best=$version && echo "$best"; done | tail -1
}

command=${1:-}
[ $# -ge 2 ] || die "usage: vendor/apt-source.sh fetch NAME... | renew NAME... | unpack NAME FOLDER | foreign ARCHITECTURE FOLDER PACKAGE... | mirror SUITE | newest NAME"
shift
case $command in
    fetch) fetch "$@" ;;
    renew) renew "$@" ;;
    unpack) [ $# -eq 2 ] || die "unpack NAME FOLDER"; unpack "$@" ;;
    foreign) [ $# -ge 3 ] || die "foreign ARCHITECTURE FOLDER PACKAGE..."; foreign "$@" ;;
    mirror) mirror "$1" ;;
    newest) newest "$1" ;;
    *) die "unknown command $command" ;;
esac
