#!/bin/sh
# audit.sh - is anything that is linked in, or that the pages bring along, known to be dangerous? Asks Debian's package lists
# whether a newer (security) revision of what this machine builds with is out, and npm's registry for advisories.
# Ends with 1 when something should be renewed. Needs the network.
set -u
cd "$(dirname "$0")/.."
found=0

# Linked in from -dev packages: installed on this machine, so this machine's own lists say what is newest.
for package in libc6-dev libjansson-dev libssl-dev libutf8proc-dev libcsv-dev libexpat1-dev libc-ares-dev zlib1g-dev; do
    has=$(dpkg-query --show --showformat='${Version}' "$package" 2>/dev/null) || { echo "audit: $package is not installed: make deps"; found=1; continue; }
    newest=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
    if dpkg --compare-versions "$has" lt "$newest"; then
        echo "audit: $package $has: $newest is out (apt-get install --only-upgrade $package, then make)"
        found=1
    else
        echo "audit: $package $has is the newest"
    fi
done

# Compiled from Debian's source packages.
for name in sqlite3 civetweb libscrypt yaz; do
    has=$(awk '$1 == "Version:" { print $2; exit }' "build/vendor/download/$name"/*.dsc 2>/dev/null)
    newest=$(vendor/apt-source.sh newest "$name")
    if [ -z "$has" ] || dpkg --compare-versions "$has" lt "$newest"; then
        echo "audit: $name ${has:-(not fetched)}: $newest is out (remove build/vendor/download/$name and build/vendor/$name, then make)"
        found=1
    else
        echo "audit: $name $has is the newest"
    fi
done

# What the pages bring along; what only builds or tests them cannot reach a reader.
for folder in assets tests; do
    echo "audit: npm, $folder"
    (cd "$folder" && npm audit --omit=dev --no-update-notifier --loglevel=error) || found=1
done
exit $found
