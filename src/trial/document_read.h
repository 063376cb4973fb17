/* Reads trial.yaml into its structs by the table of trial/schema.def. */
#ifndef QUELL_TRIAL_DOCUMENT_READ_H
#define QUELL_TRIAL_DOCUMENT_READ_H

#include "trial/document.h"

/* Every error of the text is a diagnostic at its place; what could be read is in *out, which is
 * NULL only when the text is no map at all. */
MUST_USE enum status document_read(const struct source *source, struct arena *arena,
                                   struct diag_list *diags, struct trial_document **out);

#endif
