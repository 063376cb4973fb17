/* Group-sequential designs: boundaries for the standardised statistic at each look, and what a
 * drift does to them, by recursive numerical integration (Armitage, McPherson and Rowe 1969;
 * Jennison and Turnbull 2000, ch. 19). Golden numbers: rpact; tests/reference/design.R. */
#ifndef QUELL_STATS_GROUP_SEQUENTIAL_H
#define QUELL_STATS_GROUP_SEQUENTIAL_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum sequential_boundary {
    SEQUENTIAL_OBRIEN_FLEMING,   /* c / sqrt(t) (O'Brien and Fleming 1979) */
    SEQUENTIAL_POCOCK,           /* c (Pocock 1977) */
    SEQUENTIAL_LAN_DEMETS_OF,    /* spends 2 - 2 Phi(z / sqrt t) (Lan and DeMets 1983) */
    SEQUENTIAL_LAN_DEMETS_POCOCK /* spends alpha log(1 + (e - 1) t) */
};

struct sequential_design {
    enum sequential_boundary boundary;
    double alpha; /* of the whole test; a two-sided one spends half on each side */
    int sides;    /* 1: stop for a large statistic only */
    uint32_t looks;
    const double *fractions; /* [looks] information at each look, ascending, the last 1 */
    double power;            /* of the fixed design it replaces, for the inflation; NAN: none */
};

struct sequential_look {
    double fraction;
    double critical;  /* |Z| (two-sided) or Z at which to stop */
    double nominal_p; /* of that look alone, on the test's sides */
    double spent;     /* type I error so far */
    double power;     /* probability to have stopped for efficacy by then, at the design's drift */
};

struct sequential_result {
    const char *refusal;
    struct sequential_look *looks;
    double drift;     /* mean of Z at the last look that gives the power; NAN without one */
    double inflation; /* largest information, in units of the fixed design's */
    double expected_null, expected_effect; /* mean information, in the same units */
};

MUST_USE enum status sequential_boundaries(struct arena *arena,
                                           const struct sequential_design *design,
                                           struct sequential_result *out);

#endif
