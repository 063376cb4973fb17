/* Roots of continuous functions of one variable. */
#ifndef QUELL_STATS_ROOT_H
#define QUELL_STATS_ROOT_H

typedef double root_function(double x, const void *context);

/* A root in [low, high], whose ends have values of different sign (or zero); NAN when they have
 * not. Brent's method (Algorithms for Minimization without Derivatives, 1973, ch. 4), to about
 * 1e-14 of the larger of |x| and 1. */
double root_between(root_function *f, const void *context, double low, double high);
/* The same for a monotone function: steps out from `start` by 1, 2, 4 ... until the sign changes.
 * NAN when it never does. */
double root_from(root_function *f, const void *context, double start);

#endif
