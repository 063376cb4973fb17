/* Adjustment of several p values for multiplicity. */
#ifndef QUELL_STATS_ADJUST_H
#define QUELL_STATS_ADJUST_H

#include "base/arena.h"

/* In the order of the choices of --adjust. */
enum adjust_method {
    ADJUST_NONE,
    ADJUST_BONFERRONI,
    ADJUST_HOLM,       /* Holm 1979 */
    ADJUST_HOCHBERG,   /* Hochberg 1988 */
    ADJUST_HOMMEL,     /* Hommel 1988 */
    ADJUST_SIDAK,      /* 1 - (1 - p)^m */
    ADJUST_HOLM_SIDAK, /* step-down: 1 - (1 - p_(i))^(m - i + 1), cumulative maximum */
    ADJUST_BH,         /* Benjamini and Hochberg 1995 */
    ADJUST_BY          /* Benjamini and Yekutieli 2001 */
};

/* adjusted[i] belongs to p[i]; a NAN stays one and is not counted. Powers of 1 - p are taken as
 * -expm1(k log1p(-p)), so that small ones keep their digits. */
MUST_USE enum status adjust_p(const double *p, uint32_t count, enum adjust_method method,
                              struct arena *scratch, double *adjusted);

#endif
