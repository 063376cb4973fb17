#include "stats/newton.h"

#include "stats/matrix.h"

#include <math.h>
#include <string.h>

/* A step of the linear predictor as short as this is rounding. */
static const double STEP_DONE = 1e-11;
/* Where a step promises less than this of log-likelihood, and still moves a linear predictor by
 * more than RUNAWAY, the standard error of that direction is beyond a thousand. */
static const double GAIN_NONE = 1e-9;
static const double RUNAWAY = 0.05;
static const double COLLINEAR = 1e-10;
static const double VANISHED = 1e-13;
enum { HALVINGS = 30 };

struct search {
    newton_function *function;
    void *model;
    size_t p;
    size_t fixed;
    double *trial;
    double *step;
    double *trial_score;
    double *information;
};

static double evaluate(const struct search *search, const double *beta) {
    memset(search->trial_score, 0, search->p * sizeof(double));
    memset(search->information, 0, search->p * search->p * sizeof(double));
    return search->function(search->model, beta, search->trial_score, search->information);
}

/* A fixed coefficient has no score, and an information of its own alone. */
static void fix(const struct search *search) {
    size_t p = search->p;
    size_t k = search->fixed;
    if (k == p) {
        return;
    }
    search->trial_score[k] = 0.0;
    for (size_t i = 0; i < p; i++) {
        search->information[k * p + i] = search->information[i * p + k] = i == k ? 1.0 : 0.0;
    }
}

static void accept(const struct search *search, struct newton *newton, double loglik) {
    newton->loglik = loglik;
    memcpy(newton->score, search->trial_score, search->p * sizeof(double));
    memcpy(newton->factor, search->information, search->p * search->p * sizeof(double));
}

static size_t largest(const double *step, size_t p) {
    size_t best = 0;
    for (size_t i = 1; i < p; i++) {
        best = fabs(step[i]) > fabs(step[best]) ? i : best;
    }
    return best;
}

/* Walks along the step, shorter and shorter, until the log-likelihood does not fall. */
static bool advance(const struct search *search, struct newton *newton) {
    double slack = 1e-12 * (1.0 + fabs(newton->loglik));
    double length = 1.0;
    for (int k = 0; k < HALVINGS; k++, length /= 2.0) {
        for (size_t i = 0; i < search->p; i++) {
            search->trial[i] = newton->beta[i] + length * search->step[i];
        }
        double loglik = evaluate(search, search->trial);
        if (isfinite(loglik) && loglik >= newton->loglik - slack) {
            fix(search);
            memcpy(newton->beta, search->trial, search->p * sizeof(double));
            accept(search, newton, loglik);
            return true;
        }
    }
    return false;
}

static enum newton_end climb(const struct search *search, struct newton *newton) {
    size_t p = search->p;
    bool done = false;
    for (newton->steps = 0; newton->steps < NEWTON_STEPS; newton->steps++) {
        bool start = newton->steps == 0;
        if (cholesky_factor(newton->factor, p, start ? COLLINEAR : VANISHED) < p) {
            newton->term = cholesky_deficient(newton->factor, p);
            return start ? NEWTON_COLLINEAR : NEWTON_MONOTONE;
        }
        if (done) {
            return NEWTON_CONVERGED;
        }
        memcpy(search->step, newton->score, p * sizeof(double));
        cholesky_solve(newton->factor, p, search->step);
        double gain = dot(search->step, newton->score, p);
        if (start) {
            newton->score_chi2 = gain;
        }
        newton->term = largest(search->step, p);
        double move = fabs(search->step[newton->term]);
        if (move > RUNAWAY && gain < GAIN_NONE) {
            return NEWTON_MONOTONE;
        }
        if (move == 0.0) {
            return NEWTON_CONVERGED;
        }
        if (!advance(search, newton)) {
            return gain < GAIN_NONE ? NEWTON_CONVERGED : NEWTON_NOT_CONVERGED;
        }
        done = move < STEP_DONE || gain < 1e-22;
    }
    return NEWTON_NOT_CONVERGED;
}

enum status newton_maximise(struct arena *arena, newton_function *function, void *model, size_t p,
                            size_t fixed, struct newton *newton) {
    struct search search = {.function = function, .model = model, .p = p, .fixed = fixed};
    search.trial = ARENA_ARRAY(arena, p + 1, double);
    search.step = ARENA_ARRAY(arena, p + 1, double);
    search.trial_score = ARENA_ARRAY(arena, p + 1, double);
    search.information = ARENA_ARRAY(arena, p * p + 1, double);
    newton->score = ARENA_ARRAY(arena, p + 1, double);
    newton->factor = ARENA_ARRAY(arena, p * p + 1, double);
    if (!search.trial || !search.step || !search.trial_score || !search.information ||
        !newton->score || !newton->factor) {
        return STATUS_NO_MEMORY;
    }
    newton->loglik_start = evaluate(&search, newton->beta);
    fix(&search);
    accept(&search, newton, newton->loglik_start);
    newton->end = isfinite(newton->loglik_start) ? climb(&search, newton) : NEWTON_NOT_CONVERGED;
    return STATUS_OK;
}
