/*
 * money.c — minor units to text and back, and the decimals of each currency.
 *
 * The table is ISO 4217, list one (currencies and funds in use; metals and test codes have no decimals
 * there and are left out).
 */
#include "base/money.h"

#include <assert.h>
#include <string.h>

#define EXPONENT_MAX 4

static const struct {
    int exponent;
    const char *codes; /* separated by single spaces */
} currencies[] = {
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
    {2, "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
        "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL "
        "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK "
        "PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
        "TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"},
    {3, "BHD IQD JOD KWD LYD OMR TND"},
    {4, "CLF UYW"},
};

int money_exponent(const char *currency)
{
    if (strlen(currency) != 3 || strchr(currency, ' ')) {
        return -1;
    }
    for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++) {
        for (const char *code = currencies[i].codes; *code; code += code[3] ? 4 : 3) {
            if (memcmp(code, currency, 3) == 0) {
                return currencies[i].exponent;
            }
        }
    }
    return -1;
}

void money_format(int64_t minor, int exponent, char out[MONEY_TEXT_SIZE])
{
    assert(exponent >= 0 && exponent <= EXPONENT_MAX);
    uint64_t magnitude = minor < 0 ? -(uint64_t)minor : (uint64_t)minor;
    char text[MONEY_TEXT_SIZE]; /* from its end; at least one digit before the point */
    char *at = &text[sizeof text - 1];
    *at = '\0';
    for (int i = 0; i < exponent; i++, magnitude /= 10) {
        *--at = (char)('0' + magnitude % 10);
    }
    if (exponent > 0) {
        *--at = '.';
    }
    do {
        *--at = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    if (minor < 0) {
        *--at = '-';
    }
    memcpy(out, at, (size_t)(&text[sizeof text] - at));
}

/* Appends digits to *minor until something else comes; returns how many, -1 past MONEY_MAX. */
static int read_digits(const char **at, int64_t *minor)
{
    int count = 0;
    for (; **at >= '0' && **at <= '9'; *at += 1) {
        *minor = *minor * 10 + (**at - '0');
        if (*minor > MONEY_MAX) {
            return -1;
        }
        count++;
    }
    return count;
}

bool money_parse(const char *text, int exponent, int64_t *out_minor)
{
    assert(exponent >= 0 && exponent <= EXPONENT_MAX);
    bool negative = *text == '-';
    text += negative;
    int64_t minor = 0;
    if (read_digits(&text, &minor) <= 0) {
        return false;
    }
    int decimals = 0;
    if (*text == '.') {
        text++;
        decimals = read_digits(&text, &minor);
        if (decimals <= 0 || decimals > exponent) {
            return false;
        }
    }
    for (; decimals < exponent; decimals++) {
        minor *= 10;
    }
    if (*text != '\0' || minor > MONEY_MAX) {
        return false;
    }
    *out_minor = negative ? -minor : minor;
    return true;
}
