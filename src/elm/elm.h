/* ELM, the Expression Logical Model of CQL 1.5 (schema urn:hl7-org:elm r1), as JSON: the checked
 * tree written for other engines and for people who compare. It is an export; nothing in Quell
 * reads it back. docs/elm.md says what it holds and where it differs from the reference
 * translator's. */
#ifndef QUELL_ELM_ELM_H
#define QUELL_ELM_ELM_H

#include "base/buf.h"
#include "cql/tree.h"

/* When an operator says which of its overloads is meant. */
enum elm_signatures {
    ELM_SIGNATURES_NONE,
    ELM_SIGNATURES_OVERLOADS, /* where the name has overloads of this many operands */
    ELM_SIGNATURES_ALL
};

struct elm_options {
    enum elm_signatures signatures;
    bool result_types; /* the type of every expression */
};

/* Writes one library as {"library": ...}, with two blanks a level and without a line end. The
 * program must be free of errors. STATUS_LIMIT when it would be larger than LIMIT_ELM_BYTES. */
MUST_USE enum status elm_write(const struct program *program, const struct library *library,
                               const struct elm_options *options, struct arena *arena,
                               struct buf *out);

#endif
