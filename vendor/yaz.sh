#!/bin/sh
# YAZ, of which we take what knows character sets of libraries: MARC-8 (ANSEL, East Asian, Greek, Cyrillic, Arabic,
# Hebrew) and UTF-8, both ways; and what writes and reads the messages of Z39.50 (ASN.1, BER). Sockets, name look-ups and
# the loop around them are ours (src/net). Its own configure script asks for bison and builds three hundred files; these
# need none of it.
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
# odr_* ber_*   BER, written and read; z-core: the messages of Z39.50 version 3; nmem, oid_util: their memory and names
# external      ours, below: what stands in a record
# utf8 ucs4 iso5428 advancegreek  the plain ones
# xmalloc matchstr snprintf       what those call; the one message, that there is no memory, goes nowhere: see below
sources="siconv utf8 ucs4 iso5428 advancegreek marc8 marc8r iso5426 iconv_decode_marc8 iconv_decode_iso5426
    iconv_decode_danmarc iconv_encode_marc8 iconv_encode_iso_8859_1 iconv_encode_wchar iconv_encode_danmarc
    odr odr_any odr_bit odr_bool odr_choice odr_cons odr_enum odr_int odr_mem odr_null odr_oct odr_oid odr_seq odr_tag
    odr_use odr_util ber_any ber_bit ber_bool ber_int ber_len ber_null ber_oct ber_oid ber_tag z-core nmem nmemsdup oid_util
    xmalloc matchstr snprintf"

# cql*         the Contextual Query Language, read into a tree (src/sharing/cql_query.c): a grammar and its nodes
sources="$sources cql cqlutil cqlstring"

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
# EXTERNAL in place of YAZ's own (prt-ext.c), which follows a stranger's word into a dozen other formats (GRS-1, OPAC,
# Explain …). A MARC record is bytes; whatever else comes stays unread bytes.
cat >"$objects/external.c" <<'C'
#include <yaz/proto.h>

int z_External(ODR o, Z_External **p, int opt, const char *name)
{
    static Odr_arm arms[] = {
        {ODR_EXPLICIT, ODR_CONTEXT, 0, Z_External_single, (Odr_fun)odr_any, 0},
        {ODR_IMPLICIT, ODR_CONTEXT, 1, Z_External_octet, (Odr_fun)odr_octetstring, 0},
        {ODR_IMPLICIT, ODR_CONTEXT, 2, Z_External_arbitrary, (Odr_fun)odr_bitstring, 0},
        {-1, -1, -1, -1, 0, 0},
    };

    odr_implicit_settag(o, ODR_UNIVERSAL, ODR_EXTERNAL);
    if (!odr_sequence_begin(o, p, sizeof(**p), name))
        return opt && odr_ok(o);
    if (!odr_oid(o, &(*p)->direct_reference, 1, 0) || !odr_integer(o, &(*p)->indirect_reference, 1, 0) ||
        !odr_graphicstring(o, &(*p)->descriptor, 1, 0))
        return 0;
    return odr_choice(o, arms, &(*p)->u, &(*p)->which, name) && odr_sequence_end(o);
}
C

# A string in pieces (constructed) is decoded into the wrong place and leaves a NULL that is then written to: our fuzzing
# found that. Nobody sends one; it is refused.
patched=$objects/ber_oct.c
sed 's|^        if (cons) *\/\* fetch component strings \*\/|        if (cons) { odr_seterror(o, OOTHER, 15); return 0; }\n&|' "$source/src/ber_oct.c" >"$patched"
[ "$(diff "$source/src/ber_oct.c" "$patched" | grep -c '^>')" = 1 ] || { echo "yaz.sh: the patch no longer fits" >&2; exit 1; }

compiled=
for name in $sources log external; do
    file=$source/src/$name.c
    case $name in log | external | ber_oct) file=$objects/$name.c ;; esac
    $CC $flags $(options) -I"$objects" -I"$source/src" -c "$file" -o "$objects/$name.o"
    compiled="$compiled $objects/$name.o"
done
archive libyaz.a $compiled
mkdir -p "$home/include/yaz"
cp "$source"/src/yaz/*.h "$home/include/yaz/"
