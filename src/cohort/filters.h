/* What a plan wants of the codes that a cache knows. */
#ifndef QUELL_COHORT_FILTERS_H
#define QUELL_COHORT_FILTERS_H

#include "cohort/layout.h"

/* Bit i: resources of the type with these codes ("system|code", 0xFF between them) pass filter i.
 */
uint64_t filters_of_codes(const struct demand *demand, uint16_t type, struct str codes);
/* What resources that refer to a Medication with these codes pass because of it. */
uint64_t filters_of_medication(const struct demand *demand, struct str codes);
/* The run, whose codes pass `filters`, may have a resource that passes one. */
bool filters_may_want(const struct demand *demand, const struct cohort_run *run, uint64_t filters);
/* A filter of the type looks elsewhere than at its primary codes. */
bool filters_look_elsewhere(const struct demand *demand, uint16_t type);
/* Something is wanted that blocks of a cache do not hold. */
bool filters_want_more(const struct demand *demand);

#endif
