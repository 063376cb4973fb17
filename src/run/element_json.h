/* Elements of records as FHIR JSON: a whole resource as it was read, a structure from its cells. */
#ifndef QUELL_RUN_ELEMENT_JSON_H
#define QUELL_RUN_ELEMENT_JSON_H

#include "record/record.h"
#include "value/print.h"

struct element_printer {
    const struct demand *demand;
    const struct record *record;
    struct arena *arena; /* for what is decoded on the way */
};

/* A printer for value_print_json; `printer` must outlive it. */
struct print_elements element_json(struct element_printer *printer);

#endif
