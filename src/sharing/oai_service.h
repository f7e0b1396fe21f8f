/*
 * oai_service.h — answering a harvester.
 *
 * Records are the titles of the catalogue, as oai_dc and marc21; an archived title is a deleted record. Deletions are
 * *transient*: the titles of an import that was undone are gone without a trace. There are no sets. A list comes in pages
 * of SHARED_RECORDS_MAX at most; a resumption token is a place in the order of changes, holds all that is needed and
 * expires never. Titles that change during a harvest come again at its end.
 */
#ifndef CARREL_SHARING_OAI_SERVICE_H
#define CARREL_SHARING_OAI_SERVICE_H

#include "base/ctx.h"
#include "base/text.h"
#include "sharing/oai.h"

/*
 * The whole reply: XML. What is wrong with the question is said there, in the protocol's own words (badVerb, badArgument,
 * badResumptionToken, cannotDisseminateFormat, idDoesNotExist, noRecordsMatch, noSetHierarchy), and is no error here.
 */
enum error_kind oai_answer(struct ctx *ctx, const struct oai_request *request,
                           struct text_buf *out) MUST_CHECK;

#endif
