/*
 * record_xml.h — a title in the two forms in which it is shared: unqualified Dublin Core
 * (https://www.openarchives.org/OAI/openarchivesprotocol.html#dublincore) and MARC 21 as MARCXML.
 *
 * Both say what the public catalogue says and no more: a record that was imported may hold what a library notes for
 * itself, and barcodes; so the MARC record is one made of the title's facts.
 */
#ifndef CARREL_SHARING_RECORD_XML_H
#define CARREL_SHARING_RECORD_XML_H

#include "base/ctx.h"
#include "base/text.h"
#include "books/books.h"

/* A text between tags or in an attribute. Characters that XML cannot have become U+FFFD. */
void xml_text(struct text_buf *out, const char *text);

/* <name>text</name>; nothing when `text` is NULL. `name` is a constant. */
void xml_element(struct text_buf *out, const char *name, const char *text);

/* The dc elements, each in the prefix dc, without what is around them. */
void record_write_dc(struct ctx *ctx, const struct book *book, struct text_buf *out);

/* A <record> that names its own namespace. */
void record_write_marc(struct ctx *ctx, const struct book *book, struct text_buf *out);

#endif
