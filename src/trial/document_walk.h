/* Visits everything in a document by the schema table, in the order of the table: for checks that
 * concern every definition, every mark or every id wherever it stands. */
#ifndef QUELL_TRIAL_DOCUMENT_WALK_H
#define QUELL_TRIAL_DOCUMENT_WALK_H

#include "trial/document.h"
#include "trial/schema.h"

struct document_visitor {
    void *context;
    /* An object, before its members; may be NULL. */
    void (*object)(void *context, enum schema_object_id object, void *at);
    /* A scalar that was given, with the object it stands in; may be NULL. Items of lists of texts
     * and numbers are not visited. */
    void (*scalar)(void *context, const struct schema_key *key, void *object, void *member);
};

void document_walk(struct trial_document *document, const struct document_visitor *visitor);

/* The id of an object, or its key in a map; empty when it has none. */
struct str document_id(enum schema_object_id object, const void *at);
/* Where an object was written, and its mark. */
struct span document_span(const void *object);
const struct trial_mark *document_mark(const void *object);
/* The member of a text key of this object, or NULL. */
const struct trial_text *document_text(enum schema_object_id object, const void *at,
                                       const char *key);

#endif
