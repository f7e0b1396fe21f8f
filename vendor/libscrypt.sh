#!/bin/sh
# libscrypt: the scrypt password hash (RFC 7914), nothing else of the package. Its own command-line program and its
# salt generator are left out: salts come from base/, from getrandom.
. "$(dirname "$0")/common.sh"
begin libscrypt
unpack libscrypt

echo "  VENDOR libscrypt ($variant)"
objects_made=
for file in crypto_scrypt-nosse sha256 slowequals; do
    $CC $flags -c "$source/$file.c" -o "$objects/$file.o"
    objects_made="$objects_made $objects/$file.o"
done
archive libscrypt.a $objects_made
cp "$source/libscrypt.h" "$home/include/"

# A wrong hash would lock everyone out of a library some day, so a compiler that miscompiles it is found here and now:
# the second test vector of RFC 7914.
cat >"$objects/check.c" <<'C'
#include <libscrypt.h>
#include <stdio.h>
int main(void)
{
    unsigned char key[64];
    if (libscrypt_scrypt((const uint8_t *)"password", 8, (const uint8_t *)"NaCl", 4, 1024, 8, 16, key, sizeof(key)) != 0)
        return 1;
    for (unsigned i = 0; i < sizeof(key); i++)
        printf("%02x", key[i]);
    return 0;
}
C
$CC $flags -I"$home/include" "$objects/check.c" "$lib/libscrypt.a" ${cross:+-static} -o "$objects/check"
want=fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
[ "$($run "$objects/check")" = "$want" ] || { rm -f "$lib/libscrypt.a"; echo "libscrypt.sh: wrong hash (compiler options?)" >&2; exit 1; }
