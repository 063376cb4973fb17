/* What a plan wants of records: which resource types, which codes, which elements. Readers keep
 * nothing else, so memory grows with what is asked.
 *
 * Demand is by type, not by path: if anywhere in the plan `.value` is taken of a FHIR.Quantity,
 * every kept FHIR.Quantity has its value. Static types make that sound through functions and
 * choices.
 *
 *   shape of FHIR.Observation: [ effective | status | value ]        one 8-byte cell each
 *   shape of FHIR.Quantity:    [ code | comparator | value ]
 */
#ifndef QUELL_RECORD_DEMAND_H
#define QUELL_RECORD_DEMAND_H

#include "base/arena.h"
#include "base/map.h"
#include "model/model.h"

/* The elements wanted of one type, in ascending element id: cell i of a block holds elements[i]. */
struct shape {
    uint16_t count;
    const uint16_t *elements;
    /* Wanted as a whole (returned, compared, converted to Any): the raw JSON is kept as well. Only
     * resource types have it; a whole structured element makes its resource whole. */
    bool whole;
};

/* A retrieve's filter. Rows carry a bit a filter. */
struct demand_filter {
    uint16_t type;
    uint16_t code_element; /* MODEL_NO_ELEMENT: every resource of the type */
    bool primary_only; /* the code element is directly a CodeableConcept, Coding, code or list */
    struct map codes;  /* "system|code" of all wanted codes; "|code" where a code has no system */
    bool by_value_set; /* for the summary: which declared set */
    struct str name;   /* "CRP" as declared, or the code's display; for causes and summaries */
    uint32_t wanted;   /* counts distinct codes */
};

struct demand {
    const struct shape *shapes; /* [model_type_count()]; count 0 and not whole: nothing wanted */
    uint32_t filter_count;
    const struct demand_filter *filters; /* at most 64: retrieves with equal filters share one */
    uint64_t type_filters_all;           /* filters that want every resource of their type */
    bool everything; /* for a cohort cache: every resource with its codes and its raw JSON */
    bool wants_ids;  /* the resource ids matter to results (equality, output) */
};

/* Index of an element in its type's shape, or -1. */
int demand_cell(const struct demand *demand, uint16_t type, uint16_t element);

#endif
