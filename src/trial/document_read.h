/* Reads trial.yaml, and the other texts of a trial, into their structs by the table of
 * trial/schema.def. */
#ifndef QUELL_TRIAL_DOCUMENT_READ_H
#define QUELL_TRIAL_DOCUMENT_READ_H

#include "trial/document.h"
#include "trial/schema.h"

/* Reads a text whose whole is an object of the table; *out becomes its struct: trial_document for
 * SCHEMA_OBJECT_document. Every error of the text is a diagnostic at its place; what could be read
 * is in *out, which is NULL only when the text is no map at all. */
MUST_USE enum status document_read(const struct source *source, enum schema_object_id root,
                                   struct arena *arena, struct diag_list *diags, void **out);

#endif
