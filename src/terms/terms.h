/* Code systems and value sets as the plan wants them: no files here, texts go in. Reading folders is
 * the caller's; so the same code is fuzzed and embedded.
 *
 * A value set is known by url and optional version; its members are the expansion when there is one,
 * else the compose (include and exclude of concept lists and of other sets; a filter or a whole code
 * system cannot be expanded and is an error that names the set). */
#ifndef QUELL_TERMS_TERMS_H
#define QUELL_TERMS_TERMS_H

#include "diag/diag.h"
#include "value/operators.h"

struct terms;

MUST_USE enum status terms_new(struct terms **out);
void terms_free(struct terms *terms);

/* Adds a FHIR ValueSet or CodeSystem (or a Bundle of them). `name` is for messages. Problems are
 * diagnostics; the rest is kept. */
MUST_USE enum status terms_add_json(struct terms *terms, struct str name, struct str text,
                                    struct diag_list *diags);

struct value_set;

/* Resolves includes of other sets and sorts. After it, the sets are read-only and shared. */
MUST_USE enum status terms_link(struct terms *terms, struct diag_list *diags);
/* NULL when it is missing or could not be expanded; `why` then says so in words. A reference may be
 * "url|version". Without a version, the one with the highest version string. */
const struct value_set *terms_find(const struct terms *terms, struct str url, struct str version,
                                   struct str *why);
uint32_t value_set_count(const struct value_set *set);
const struct code *value_set_code(const struct value_set *set, uint32_t i);
/* system .at NULL: any system. */
bool value_set_has(const struct value_set *set, struct str system, struct str code);
struct str value_set_title(const struct value_set *set);

/* For op_context. */
void terms_operations(const struct terms *terms, struct op_terminology *out);

#endif
