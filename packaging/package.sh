#!/bin/sh
# package.sh - puts a built program into packages: dist/carrel_VERSION_ARCHITECTURE.deb and the same files as .tar.gz,
# each with its list of what is linked in (SBOM). The same commit gives the same bytes, in any folder, on any day.
#
#   packaging/package.sh ARCHITECTURE PROGRAM
set -eu
cd "$(dirname "$0")/.."
umask 022

architecture=$1 program=$2
version=$(sed -n 's/^#define CARREL_VERSION "\(.*\)"$/\1/p' src/base/version.h)
# The time of everything in a package: the commit's. https://reproducible-builds.org/specs/source-date-epoch/
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
work=build/package/$architecture
root=$work/root
name=carrel-$version-$architecture
rm -rf "$work"
mkdir -p "$root/DEBIAN" dist

into() { # MODE FILE TO
    install -D -m "$1" "$2" "$root/$3"
}
zipped() { # FILE TO
    mkdir -p "$(dirname "$root/$2")"
    gzip -9nc "$1" >"$root/$2"
    chmod 644 "$root/$2"
}

node packaging/sbom.mjs "$architecture" "$version" >"$work/sbom.json"
node packaging/man.mjs "$version" >"$work/carrel.1"
into 755 "$program" usr/bin/carrel
into 644 packaging/carrel.service lib/systemd/system/carrel.service
into 644 packaging/avahi.service etc/avahi/services/carrel.service
into 644 docs/operations.md usr/share/doc/carrel/operations.md
into 644 LICENSE usr/share/doc/carrel/copyright
into 644 "$work/sbom.json" usr/share/doc/carrel/sbom.json
zipped "$work/carrel.1" usr/share/man/man1/carrel.1.gz
zipped CHANGELOG.md usr/share/doc/carrel/changelog.gz

for script in preinst postinst prerm postrm; do install -m 755 "packaging/debian/$script" "$root/DEBIAN/$script"; done
install -m 644 packaging/debian/conffiles "$root/DEBIAN/conffiles"
(cd "$root" && find usr lib etc -type f | LC_ALL=C sort | xargs md5sum) >"$root/DEBIAN/md5sums"
size=$(du -sk --apparent-size "$root" | cut -f1)
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" \
    -e "s/@BUILT_USING@/$(node packaging/sbom.mjs "$architecture" --built-using)/" packaging/debian/control.in >"$root/DEBIAN/control"
find "$root" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "dist/carrel_${version}_$architecture.deb" >/dev/null

# For other systems, and for those who copy one file.
folder=$work/$name
mkdir -p "$folder"
install -m 755 "$program" "$folder/carrel"
cp packaging/carrel.service docs/operations.md LICENSE CHANGELOG.md "$work/carrel.1" "$work/sbom.json" "$folder/"
tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu -C "$work" "$name" | gzip -9n >"dist/$name.tar.gz"
cp "$work/sbom.json" "dist/$name.sbom.json"
echo "  PACK   dist/carrel_${version}_$architecture.deb ($(stat -c %s "dist/carrel_${version}_$architecture.deb") bytes), dist/$name.tar.gz"
