#!/bin/sh
# YAZ, of which we take what knows character sets of libraries: MARC-8 (ANSEL, East Asian, Greek, Cyrillic, Arabic,
# Hebrew) and UTF-8, both ways. Its own configure script asks for bison and builds three hundred files; these need none of it.
. "$(dirname "$0")/common.sh"
begin yaz
unpack yaz

options() { sed -n 's/^ *\(-D[A-Za-z0-9_=]*\).*/\1/p' <<'WHY'
    -DHAVE_STDINT_H=1       fixed-width types
    -DNDEBUG                its debug traces
WHY
}
# Left out on purpose: HAVE_ICONV_H (the C library's iconv loads shared objects at run time; what its tables do not
# know is an error here), YAZ_HAVE_XML2 (MARCXML is read with expat), YAZ_HAVE_ICU.

# siconv        yaz_iconv_open and yaz_iconv: from one character set to another, a buffer at a time
# iconv_*       what it offers, one file each; marc8, marc8r, iso5426: their tables, generated from codetables.xml
# utf8 ucs4 iso5428 advancegreek  the plain ones
# xmalloc matchstr snprintf       what those call; the one message, that there is no memory, goes nowhere: see below
sources="siconv utf8 ucs4 iso5428 advancegreek marc8 marc8r iso5426 iconv_decode_marc8 iconv_decode_iso5426
    iconv_decode_danmarc iconv_encode_marc8 iconv_encode_iso_8859_1 iconv_encode_wchar iconv_encode_danmarc
    xmalloc matchstr snprintf"

echo "  VENDOR yaz ($variant)"
: >"$objects/config.h"
cat >"$objects/log.c" <<'C'
#include <yaz/log.h>

int yaz_log_module_level(const char *name)
{
    (void)name;
    return 0;
}

void yaz_log(int level, const char *format, ...)
{
    (void)level;
    (void)format;
}
C
compiled=
for name in $sources log; do
    file=$source/src/$name.c
    [ $name = log ] && file=$objects/log.c
    $CC $flags $(options) -I"$objects" -I"$source/src" -c "$file" -o "$objects/$name.o"
    compiled="$compiled $objects/$name.o"
done
archive libyaz.a $compiled
mkdir -p "$home/include/yaz"
for header in yaz-iconv yconfig xmltypes; do
    cp "$source/src/yaz/$header.h" "$home/include/yaz/"
done
