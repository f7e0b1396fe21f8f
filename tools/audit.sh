#!/bin/sh
# audit.sh - is anything that is linked in, or that the pages bring along, known to be dangerous? Asks Debian's package lists
# whether a newer (security) revision of what this machine builds with is out, and npm's registry for advisories.
# Ends with 1 when something should be renewed, or when nobody could tell. Needs the network.
set -u
cd "$(dirname "$0")/.."
found=0

# NAME HAS NEWEST
compare() {
    if [ -z "$3" ] || [ "$3" = "(none)" ]; then
        echo "audit: $1: what is newest cannot be told (apt-get update; the network)"
        found=1
    elif [ -z "$2" ] || dpkg --compare-versions "$2" lt "$3"; then
        echo "audit: $1 ${2:-(not fetched)}: $3 is out (make renew, then make)"
        found=1
    else
        echo "audit: $1 $2 is the newest"
    fi
}

# Linked in from -dev packages: installed on this machine, so this machine's own lists say what is newest.
for package in libc6-dev $(awk '!/^#/ { print $1 }' vendor/linked.list); do
    has=$(dpkg-query --show --showformat='${Version}' "$package" 2>/dev/null) || { echo "audit: $package is not installed: make deps"; found=1; continue; }
    newest=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
    compare "$package" "$has" "$newest"
done

# Compiled from Debian's source packages.
for name in $(awk '!/^#/ { print $1 }' vendor/versions.lock); do
    has=$(awk '$1 == "Version:" { print $2; exit }' "build/vendor/download/$name"/*.dsc 2>/dev/null)
    newest=$(vendor/apt-source.sh newest "$name")
    compare "$name" "$has" "$newest"
done

# What the pages bring along; what only builds or tests them cannot reach a reader.
for folder in assets tests; do
    echo "audit: npm, $folder"
    (cd "$folder" && npm audit --omit=dev --no-update-notifier --loglevel=error) || found=1
done
exit $found
