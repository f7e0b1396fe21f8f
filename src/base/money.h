/*
 * money.h — sums of money in integer minor units (pence, cents; yen have none).
 *
 * Never a float anywhere. The exponent is the currency's number of decimals (ISO 4217). JSON shows an
 * exact decimal number ("12.50"); it is read from a number or a string at the currency's exponent exactly
 * or refused.
 */
#ifndef CARREL_BASE_MONEY_H
#define CARREL_BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#define MONEY_TEXT_SIZE 32
#define MONEY_MAX 1000000000000LL /* minor units: enough for any library, far from overflow in sums */

/* Decimals of an ISO 4217 code (2 for most, 0 for JPY…, 3 for KWD…); -1 for what is no code. */
int money_exponent(const char *currency);

/* 1250, exponent 2 → "12.50"; negative with '-'. */
void money_format(int64_t minor, int exponent, char out[MONEY_TEXT_SIZE]);

/*
 * "12.5", "12.50", "12" at exponent 2 → 1250. False for anything else: more decimals than the currency
 * has, exponents ("1e2"), signs other than a leading '-', white space, more than MONEY_MAX.
 */
bool money_parse(const char *text, int exponent, int64_t *out_minor);

#endif
