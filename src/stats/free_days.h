/* Days alive and free of something within a window, such as ventilator-free days (Schoenfeld and
 * Bernard 2002): 0 for who died within the window, else the window less the days spent. */
#ifndef QUELL_STATS_FREE_DAYS_H
#define QUELL_STATS_FREE_DAYS_H

#include <math.h>
#include <stdbool.h>

/* days >= 0 spent within the window, also when it was resumed; NAN stays NAN unless death decides.
 */
static inline double free_days(double days, bool died, double window) {
    return died ? 0 : isnan(days) ? NAN : fmax(0, window - days);
}

#endif
