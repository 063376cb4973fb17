/* Code systems and value sets as the plan wants them: no files here, texts go in. Reading folders
 * is the caller's; so the same code is fuzzed and embedded.
 *
 * A value set is known by url and optional version; its members are the expansion when there is
 * one, else the compose: the union of its includes less its excludes. An include is a list of
 * concepts, a whole code system whose content is complete, or other value sets, which intersect
 * with each other and with the concepts (FHIR R4, ValueSet.compose). A filter, a code system that
 * is not here, or an expansion that holds only a page cannot be expanded: terms_find says so in
 * words, and whoever needs the set makes an error of it. A set that nobody needs may stay
 * unexpandable.
 *
 * Membership is by code and system; versions of code systems are carried, not compared. */
#ifndef QUELL_TERMS_TERMS_H
#define QUELL_TERMS_TERMS_H

#include "diag/diag.h"
#include "value/operators.h"

struct terms;

MUST_USE enum status terms_new(struct terms **out);
void terms_free(struct terms *terms);

/* Adds a FHIR ValueSet or CodeSystem (or a Bundle of them). `name` is the file's, for messages.
 * Problems are diagnostics; the rest is kept. Of two sets with one url and version the first stays,
 * and the second is reported. Nothing of `text` is kept. */
MUST_USE enum status terms_add_json(struct terms *terms, struct str name, struct str text,
                                    struct diag_list *diags);

struct value_set;

/* Resolves includes of other sets and sorts. After it, the sets are read-only and shared. */
MUST_USE enum status terms_link(struct terms *terms, struct diag_list *diags);
/* NULL when it is missing or could not be expanded; `why` (may be NULL) then says so in words that
 * live as long as the terms. A reference may be "url|version". Without a version, the one with the
 * highest version, numbers in it compared as numbers. */
const struct value_set *terms_find(const struct terms *terms, struct str url, struct str version,
                                   struct str *why);
/* The value set is here, though it may not be one that can be expanded. */
bool terms_has(const struct terms *terms, struct str url, struct str version);
/* The same for a code system: its members are its concepts. */
const struct value_set *terms_find_system(const struct terms *terms, struct str url,
                                          struct str version, struct str *why);
uint32_t value_set_count(const struct value_set *set);
/* Members in order of code, then system. */
const struct code *value_set_code(const struct value_set *set, uint32_t i);
/* system .at NULL: any system. */
bool value_set_has(const struct value_set *set, struct str system, struct str code);
/* Its title, else its name, else its url. */
struct str value_set_title(const struct value_set *set);

/* For op_context. */
void terms_operations(const struct terms *terms, struct op_terminology *out);

#endif
