# common.sh - what every recipe shares; sourced, never run. A recipe is called as
#
#   vendor/NAME.sh [release|sanitize|race|arm64|armhf]
#
# and leaves build/vendor/NAME/{include,lib}; the other variants go to lib-sanitize, lib-race … The last two are for
# other machines; what must run while they are built runs under qemu.
# The sources must have been fetched (`make deps`); no recipe touches the network.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
variant=${1:-release}
CC=${CC:-gcc}

# Everything ends up in one position-independent static program, so every archive is built the same way:
# -O2 -fPIE       speed; address space randomisation needs position-independent code
# -g0             the shipped program is stripped anyway, and paths stay out of it
# -fstack-…, -D_FORTIFY_SOURCE=2, control-flow protection: third-party code is hardened no less than ours
# -fno-strict-aliasing: old code reads one type through another; libscrypt at -O3 gave wrong hashes without it
# -ffile-prefix-map: the folder this was built in does not leak into the program (reproducible builds)
# -ffunction-sections -fdata-sections: the linker drops what nothing calls (--gc-sections)
hardening="-fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection"
cross= run=
case $variant in
    arm64) machine=aarch64 cross=aarch64-linux-gnu run="qemu-aarch64" ;;
    armhf) machine=armv7 cross=arm-linux-gnueabihf run="qemu-arm" ;;
    *) machine=$(uname -m) ;;
esac
[ -z "$cross" ] || CC=$cross-gcc
case $machine in
    x86_64) hardening="$hardening -fcf-protection" ;;
    aarch64) hardening="$hardening -mbranch-protection=standard" ;;
esac

case $variant in
    release) flags="-O2 -fPIE -g0 $hardening" suffix= ;;
    # UBSan stays off here: what it finds in other people's code is not ours to fix, memory errors are.
    sanitize) flags="-O1 -fPIC -g1 -fno-omit-frame-pointer -fsanitize=address" suffix=-sanitize ;;
    arm64) flags="-O2 -fPIE -g0 $hardening" suffix=-arm64 ;;
    # 32 bits, and yet days after January 2038.
    armhf) flags="-O2 -fPIE -g0 $hardening -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64" suffix=-armhf ;;
    race) flags="-O1 -fPIC -g1 -fno-omit-frame-pointer -fsanitize=thread" suffix=-race ;;
    *) echo "usage: $0 [release|sanitize|race|arm64|armhf]" >&2; exit 1 ;;
esac
flags="$flags -fno-strict-aliasing -ffunction-sections -fdata-sections -ffile-prefix-map=$top/=/ -w"
sysroot=$top/build/vendor/sysroot-$variant
[ -z "$cross" ] || flags="$flags -isystem $sysroot/usr/include -isystem $sysroot/usr/include/$cross"

begin() { # NAME: where this recipe works
    home=$top/build/vendor/$1
    lib=$home/lib$suffix
    objects=$home/objects$suffix
    source=$home/source
    mkdir -p "$home/include" "$lib" "$objects"
}

unpack() { # PACKAGE: sources with Debian's patches, once
    [ -d "$source" ] || "$top/vendor/apt-source.sh" unpack "$1" "$source"
}

archive() { # LIBRARY OBJECT...: D makes the archive the same bytes every time
    library=$1
    shift
    rm -f "$lib/$library"
    ${cross:+$cross-}ar rcD "$lib/$library" "$@"
}
