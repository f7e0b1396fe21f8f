/*
 * sru_service.h — answering another catalogue that searches ours.
 *
 * explain and searchRetrieve over live titles, in the order in which they were catalogued; records as MARCXML or Dublin
 * Core, SHARED_RECORDS_MAX at a time at most. What cannot be answered is a diagnostic of the standard.
 */
#ifndef CARREL_SHARING_SRU_SERVICE_H
#define CARREL_SHARING_SRU_SERVICE_H

#include "base/ctx.h"
#include "base/text.h"
#include "sharing/sru.h"

/* The whole reply: XML. What is wrong with the question is said there, and is no error here. */
enum error_kind sru_answer(struct ctx *ctx, const struct sru_request *request,
                           struct text_buf *out) MUST_CHECK;

#endif
