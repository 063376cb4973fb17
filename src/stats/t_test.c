#include "stats/t_test.h"

#include "dist/dist.h"

struct moments moments_from_summary(double n, double mean, double sd) {
    return (struct moments){n, mean, sd * sd * (n - 1)};
}

static struct t_test finish(double estimate, double se, double df, double null, double level,
                            enum stats_alternative alternative) {
    struct t_test r = {estimate, se, NAN, df, NAN, NAN, NAN};
    if (!(se > 0) || !(df > 0)) {
        return r;
    }
    r.t = (estimate - null) / se;
    double tail = alternative == STATS_TWO_SIDED ? (1 + level) / 2 : level;
    double width = dist_t_quantile(tail, df) * se;
    r.low = alternative == STATS_LESS ? -INFINITY : estimate - width;
    r.high = alternative == STATS_GREATER ? INFINITY : estimate + width;
    r.p = alternative == STATS_LESS      ? dist_t_p(r.t, df)
          : alternative == STATS_GREATER ? dist_t_upper(r.t, df)
                                         : 2 * dist_t_upper(fabs(r.t), df);
    return r;
}

struct t_test t_one_sample(const struct moments *x, double mu, double level,
                           enum stats_alternative alternative) {
    return finish(x->mean, sqrt(moments_variance(x) / x->n), x->n - 1, mu, level, alternative);
}

struct t_test t_pooled(const struct moments *x, const struct moments *y, double null, double level,
                       enum stats_alternative alternative) {
    double df = x->n + y->n - 2;
    double squares = (x->n > 1 ? x->squares : 0) + (y->n > 1 ? y->squares : 0);
    double se = sqrt(squares / df * (1 / x->n + 1 / y->n));
    return finish(x->mean - y->mean, se, df, null, level, alternative);
}

struct t_test t_welch(const struct moments *x, const struct moments *y, double null, double level,
                      enum stats_alternative alternative) {
    double vx = moments_variance(x) / x->n;
    double vy = moments_variance(y) / y->n;
    double df = (vx + vy) * (vx + vy) / (vx * vx / (x->n - 1) + vy * vy / (y->n - 1));
    return finish(x->mean - y->mean, sqrt(vx + vy), df, null, level, alternative);
}

struct f_test f_one_way(const struct moments *groups, size_t count) {
    struct f_test r = {0, 0, (double)count - 1, 0, NAN, NAN};
    double n = 0;
    double sum = 0;
    for (size_t g = 0; g < count; g++) {
        n += groups[g].n;
        sum += groups[g].n * groups[g].mean;
        r.within += groups[g].squares;
    }
    for (size_t g = 0; g < count; g++) {
        double d = groups[g].mean - sum / n;
        r.between += groups[g].n * d * d;
    }
    r.df2 = n - (double)count;
    if (r.df1 > 0 && r.df2 > 0 && r.within > 0) {
        r.f = r.between / r.df1 / (r.within / r.df2);
        r.p = dist_f_upper(r.f, r.df1, r.df2);
    }
    return r;
}
