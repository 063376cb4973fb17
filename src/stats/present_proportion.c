/* Presenters of methods on counts. */
#include "stats/fisher.h"
#include "stats/present.h"

/* The words of an odds ratio: which odds, of whom over whom. */
static struct str odds_words(struct stats_run *run, const struct stats_cross *cross) {
    return run_text(run, "odds of %.*s, %.*s / %.*s", STR_ARG(cross->column_names[0]),
                    STR_ARG(cross->row_names[0]), STR_ARG(cross->row_names[1]));
}

static void fisher_two(struct stats_run *run, const struct stats_cross *cross) {
    struct two_by_two t = {cross->cells[0], cross->cells[1], cross->cells[2], cross->cells[3]};
    enum stats_alternative alternative = (enum stats_alternative)run_choice(run, STATS_ALTERNATIVE);
    double low;
    double high;
    (void)run_test(run, "Fisher's exact test", NULL, NAN, fisher_p(&t, alternative, false));
    fisher_interval(&t, run_number(run, STATS_LEVEL), alternative, &low, &high);
    struct str words = odds_words(run, cross);
    struct stats_estimate *e =
        run_estimate(run, fisher_odds_ratio(&t), "odds ratio, conditional (%.*s)", STR_ARG(words));
    run_interval(e, low, high, "exact (Cornfield)");
}

void stats_fisher(struct stats_run *run) {
    struct stats_cross cross;
    if (!run_cross(run, &cross)) {
        return;
    }
    if (cross.rows == 2 && cross.columns == 2) {
        fisher_two(run, &cross);
        return;
    }
    run_refuse(run, "tables larger than 2 x 2 are not there yet");
}
