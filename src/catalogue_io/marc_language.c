/*
 * marc_language.c — the two letters of ISO 639-1 that catalogues use, beside those of MARC.
 */
#include "catalogue_io/marc_language.h"

#include <stddef.h>
#include <string.h>

static const char *const codes[][2] = {
    {"af", "afr"}, {"ar", "ara"}, {"bg", "bul"}, {"bn", "ben"}, {"ca", "cat"}, {"cs", "cze"}, {"cy", "wel"},
    {"da", "dan"}, {"de", "ger"}, {"el", "gre"}, {"en", "eng"}, {"eo", "epo"}, {"es", "spa"}, {"et", "est"},
    {"eu", "baq"}, {"fa", "per"}, {"fi", "fin"}, {"fr", "fre"}, {"ga", "gle"}, {"gl", "glg"}, {"he", "heb"},
    {"hi", "hin"}, {"hr", "hrv"}, {"hu", "hun"}, {"hy", "arm"}, {"id", "ind"}, {"is", "ice"}, {"it", "ita"},
    {"ja", "jpn"}, {"ka", "geo"}, {"ko", "kor"}, {"la", "lat"}, {"lb", "ltz"}, {"lt", "lit"}, {"lv", "lav"},
    {"mk", "mac"}, {"ms", "may"}, {"nb", "nob"}, {"ne", "nep"}, {"nl", "dut"}, {"nn", "nno"}, {"no", "nor"},
    {"pl", "pol"}, {"pt", "por"}, {"ro", "rum"}, {"ru", "rus"}, {"sk", "slo"}, {"sl", "slv"}, {"sq", "alb"},
    {"sr", "srp"}, {"sv", "swe"}, {"sw", "swa"}, {"ta", "tam"}, {"th", "tha"}, {"tl", "tgl"}, {"tr", "tur"},
    {"uk", "ukr"}, {"ur", "urd"}, {"vi", "vie"}, {"yi", "yid"}, {"zh", "chi"}, {"zu", "zul"},
};

const char *marc_language(const char *language)
{
    size_t length = language ? strcspn(language, "-_") : 0;

    for (size_t i = 0; length == 2 && i < sizeof codes / sizeof codes[0]; i++) {
        if (strncmp(codes[i][0], language, 2) == 0)
            return codes[i][1];
    }
    return length == 3 && strspn(language, "abcdefghijklmnopqrstuvwxyz") == strlen(language) ? language
                                                                                             : NULL;
}
