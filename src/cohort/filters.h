/* What a plan wants of the codes that a cache knows. */
#ifndef QUELL_COHORT_FILTERS_H
#define QUELL_COHORT_FILTERS_H

#include "cohort/layout.h"

/* Bit i: resources of the type with these codes ("system|code", 0xFF between them) pass filter i.
 */
uint64_t filters_of_codes(const struct demand *demand, uint16_t type, struct str codes);
/* What resources that refer to a Medication with these codes pass because of it. */
uint64_t filters_of_medication(const struct demand *demand, struct str codes);
bool filters_are_for(const struct demand *demand, uint16_t type);
/* A resource of the type may pass a filter through the Medication that it refers to. */
bool filters_may_refer(const struct demand *demand, uint16_t type);
/* A filter of the type looks elsewhere than at its primary codes. */
bool filters_look_elsewhere(const struct demand *demand, uint16_t type);
/* Something is wanted that blocks of a cache do not hold. */
bool filters_want_more(const struct demand *demand);

#endif
