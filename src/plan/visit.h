/* Walks over checked trees. */
#ifndef QUELL_PLAN_VISIT_H
#define QUELL_PLAN_VISIT_H

#include "cql/tree.h"

/* Calls `visit` for each direct part of an expression, clauses of queries and codes of retrieves
 * included; stops and gives false when one call does. The bodies of what it refers to are not its
 * parts. */
bool expr_each_part(const struct expr *expr, bool (*visit)(void *context, const struct expr *part),
                    void *context);

#endif
