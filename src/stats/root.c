#include "stats/root.h"

#include <float.h>
#include <math.h>

enum { STEPS_MAX = 400, DOUBLINGS_MAX = 40 };

struct bracket {
    double a, fa; /* the best so far is b */
    double b, fb;
    double c, fc; /* b and c lie on both sides of the root */
    double d, e;  /* the last step and the one before */
};

static void order_ends(struct bracket *s) {
    if ((s->fb > 0) == (s->fc > 0)) {
        s->c = s->a;
        s->fc = s->fa;
        s->d = s->e = s->b - s->a;
    }
    if (fabs(s->fc) < fabs(s->fb)) {
        s->a = s->b;
        s->fa = s->fb;
        s->b = s->c;
        s->fb = s->fc;
        s->c = s->a;
        s->fc = s->fa;
    }
}

/* Interpolates, or halves when that would not be safe. */
static void choose_step(struct bracket *s, double tolerance) {
    double half = (s->c - s->b) / 2;
    if (fabs(s->e) < tolerance || fabs(s->fa) <= fabs(s->fb)) {
        s->d = s->e = half;
        return;
    }
    double ratio = s->fb / s->fa;
    double p;
    double q;
    if (s->a == s->c) {
        p = 2 * half * ratio;
        q = 1 - ratio;
    } else {
        double u = s->fa / s->fc;
        double v = s->fb / s->fc;
        p = ratio * (2 * half * u * (u - v) - (s->b - s->a) * (v - 1));
        q = (u - 1) * (v - 1) * (ratio - 1);
    }
    q = p > 0 ? -q : q;
    p = fabs(p);
    if (2 * p < fmin(3 * half * q - fabs(tolerance * q), fabs(s->e * q))) {
        s->e = s->d;
        s->d = p / q;
    } else {
        s->d = s->e = half;
    }
}

double root_between(root_function *f, const void *context, double low, double high) {
    struct bracket s = {.a = low, .fa = f(low, context), .b = high, .fb = f(high, context)};
    if (s.fa == 0) {
        return low;
    }
    if (s.fb != 0 && (isnan(s.fa) || isnan(s.fb) || (s.fa > 0) == (s.fb > 0))) {
        return NAN;
    }
    s.c = s.b;
    s.fc = s.fb;
    for (int step = 0; step < STEPS_MAX && s.fb != 0; step++) {
        order_ends(&s);
        double tolerance = 2 * DBL_EPSILON * fabs(s.b) + 1e-15;
        if (fabs(s.c - s.b) / 2 <= tolerance) {
            break;
        }
        choose_step(&s, tolerance);
        s.a = s.b;
        s.fa = s.fb;
        s.b += fabs(s.d) > tolerance ? s.d : copysign(tolerance, s.c - s.b);
        s.fb = f(s.b, context);
    }
    return s.b;
}

double root_from(root_function *f, const void *context, double start) {
    double at = f(start, context);
    if (at == 0) {
        return start;
    }
    double width = 1;
    for (int i = 0; i < DOUBLINGS_MAX && !isnan(at); i++, width *= 2) {
        double below = f(start - width, context);
        double above = f(start + width, context);
        if (isnan(below) || isnan(above)) {
            return NAN;
        }
        if ((below > 0) != (at > 0)) {
            return root_between(f, context, start - width, start);
        }
        if ((above > 0) != (at > 0)) {
            return root_between(f, context, start, start + width);
        }
    }
    return NAN;
}
