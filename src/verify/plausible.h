/* Whether printed summaries can come from any data at all, and what they imply. */
#ifndef QUELL_VERIFY_PLAUSIBLE_H
#define QUELL_VERIFY_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>

/* GRIM (Brown and Heathers 2017): some whole sum of n whole numbers has this mean, rounded half up
 * or half to even to so many decimals. */
bool grim_possible(double mean, int decimals, double n);
/* Whether the test can fail at all: n below 10^decimals. */
bool grim_has_power(int decimals, double n);
/* GRIMMER (Anaya 2016, Allard 2018): besides, some whole sum of squares of the parity of that sum
 * gives this SD (divisor n - 1). */
bool grimmer_possible(double mean, int mean_decimals, double sd, int sd_decimals, double n);

/* Occasions of the same n subjects: the F test of equal means when every two occasions correlate by
 * r (compound symmetry of correlations; each occasion keeps its own SD). */
struct occasions {
    size_t count;
    const double *means;
    const double *sds;
    double n;
};
double occasions_p(const struct occasions *o, double r);
/* The r at which that p equals `p`; NAN when none within (-1 / (count - 1), 1) does. */
double occasions_correlation(const struct occasions *o, double p);

#endif
