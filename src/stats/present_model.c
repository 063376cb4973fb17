#include "stats/present_model.h"

#include "base/limits.h"

bool run_status(struct stats_run *run, enum status status) {
    run->result->no_memory |= status == STATUS_NO_MEMORY;
    return status == STATUS_OK;
}

bool run_applies(struct stats_run *run, const char *refusal, const struct run_model *model,
                 uint32_t column) {
    if (refusal && model && column < model->design.p) {
        run_refuse(run, "%s (%.*s)", refusal, STR_ARG(model->columns[column]));
    } else if (refusal) {
        run_refuse(run, "%s", refusal);
    }
    return !refusal;
}

void run_chi2(struct stats_run *run, const char *name, double chi2, double df, double p) {
    struct stats_test *test = run_test(run, name, "chi-square", chi2, p);
    test->df = df;
    test->alternative = STATS_TWO_SIDED;
}

/* ---- Time to event ---- */

static bool take_events(struct stats_run *run, uint32_t causes_max, struct run_survival *out) {
    const struct stats_column *event = run_column(run, STATS_EVENT);
    uint32_t *codes = ARENA_ARRAY(run->arena, run->rows + 1, uint32_t);
    run->result->no_memory |= !codes;
    for (uint32_t i = 0; codes && i < run->rows; i++) {
        double value = event->values[i];
        if (!(value >= 0 && value <= LIMIT_CAUSES) || value != floor(value)) {
            run_refuse(run, "--event must hold 0 for censored and 1 for the event; %.*s holds %g",
                       STR_ARG(event->name), value);
            return false;
        }
        if (value > causes_max) {
            run_refuse(
                run,
                "--event must hold 0 for censored and 1 for the event; %.*s holds %g (several "
                "kinds of event are for cumulative-incidence)",
                STR_ARG(event->name), value);
            return false;
        }
        codes[i] = (uint32_t)value;
        out->causes = codes[i] > out->causes ? codes[i] : out->causes;
    }
    out->data.event = codes;
    return codes != NULL;
}

bool run_survival(struct stats_run *run, uint32_t causes_max, struct run_survival *out) {
    const struct stats_column *entry = run_column(run, STATS_ENTRY);
    const struct stats_column *by = run_column(run, STATS_BY);
    const struct stats_column *strata = run_column(run, STATS_STRATA);
    *out = (struct run_survival){.data = {.time = run_column(run, STATS_TIME)->values,
                                          .entry = entry ? entry->values : NULL,
                                          .n = run->rows,
                                          .groups = 1,
                                          .strata = 1}};
    static struct str all[] = {{"all", 3}};
    out->by = out->strata = (struct stats_codes){.count = 1, .names = all};
    if (!take_events(run, causes_max, out)) {
        return false;
    }
    if (by) {
        if (!run_codes(run, by, STATS_REFERENCE, false, &out->by)) {
            return false;
        }
        out->data.group = out->by.codes;
        out->data.groups = out->by.count;
    }
    if (strata) {
        if (!run_codes(run, strata, STATS_OPTION_COUNT, false, &out->strata)) {
            return false;
        }
        out->data.stratum = out->strata.codes;
        out->data.strata = out->strata.count;
    }
    if (run->rows == 0) {
        run_refuse(run, "no row has a value in every column used");
    }
    return run->rows > 0;
}

/* ---- Columns of a model ---- */

struct building {
    struct stats_run *run;
    struct run_model *model;
    double *x;
    struct str *columns;
    struct str *terms;
    bool *factor;
    uint32_t *term;
    struct column_product *product;
    uint32_t p, p_max, term_count;
};

static void name_level(struct building *b, const struct stats_column *column,
                       const struct stats_codes *codes, uint32_t level) {
    b->columns[b->p] = run_text(b->run, "%.*s: %.*s v %.*s", STR_ARG(column->name),
                                STR_ARG(codes->names[level]), STR_ARG(codes->names[0]));
}

static void add_column(struct building *b, const struct stats_column *column,
                       const struct stats_codes *codes, uint32_t level) {
    for (uint32_t i = 0; i < b->run->rows; i++) {
        b->x[(size_t)i * b->p_max + b->p] =
            codes ? (double)(codes->codes[i] == level) : column->values[i];
    }
    if (codes) {
        name_level(b, column, codes, level);
    } else {
        b->columns[b->p] = column->name;
    }
    b->product[b->p] = (struct column_product){b->p, b->p};
    b->term[b->p++] = b->term_count;
}

static bool add_term(struct building *b, const struct stats_column *column,
                     const struct stats_codes *codes) {
    uint32_t levels = codes->count;
    b->terms[b->term_count] = column->name;
    b->factor[b->term_count] = levels > 0;
    if (levels == 1) {
        run_refuse(b->run, "%.*s is %.*s in every row", STR_ARG(column->name),
                   STR_ARG(codes->names[0]));
        return false;
    }
    if (levels == 0) {
        add_column(b, column, NULL, 0);
    }
    for (uint32_t level = 1; level < levels; level++) {
        add_column(b, column, codes, level);
    }
    b->term_count++;
    return true;
}

/* The columns of --by times those of `partner`. */
static void add_interaction(struct building *b, uint32_t partner) {
    uint32_t mains = b->p;
    b->terms[b->term_count] =
        run_text(b->run, "%.*s x %.*s", STR_ARG(b->terms[0]), STR_ARG(b->terms[partner]));
    b->factor[b->term_count] = false;
    for (uint32_t first = 0; first < mains && b->term[first] == 0; first++) {
        for (uint32_t second = 0; second < mains; second++) {
            if (b->term[second] != partner) {
                continue;
            }
            for (uint32_t i = 0; i < b->run->rows; i++) {
                double *row = b->x + (size_t)i * b->p_max;
                row[b->p] = row[first] * row[second];
            }
            b->columns[b->p] = run_text(b->run, "%.*s x %.*s", STR_ARG(b->columns[first]),
                                        STR_ARG(b->columns[second]));
            b->product[b->p] = (struct column_product){first, second};
            b->term[b->p++] = b->term_count;
        }
    }
    b->term_count++;
}

/* --by, then --covariates, then --factors. */
static const struct stats_column *term_column(const struct stats_run *run, uint32_t term) {
    static const enum stats_option roles[] = {STATS_BY, STATS_COVARIATES, STATS_FACTORS};
    int r = 0;
    while (term >= run->role_counts[roles[r]]) {
        term -= run->role_counts[roles[r++]];
    }
    return &run->roles[roles[r]][term];
}

static uint32_t term_columns(const struct run_model *model, uint32_t term) {
    uint32_t levels = model->codes[term].count;
    return levels ? levels - 1 : 1;
}

/* Codes of the factors, and how many columns the main terms have. */
static bool code_terms(struct building *b, uint32_t mains) {
    for (uint32_t t = 0; t < mains; t++) {
        const struct stats_column *column = term_column(b->run, t);
        bool by = t == 0 && b->run->role_counts[STATS_BY] > 0;
        if (column->is_category &&
            !run_codes(b->run, column, by ? STATS_REFERENCE : STATS_OPTION_COUNT, true,
                       &b->model->codes[t])) {
            return false;
        }
        b->p_max += term_columns(b->model, t);
    }
    return true;
}

/* Which main term each of --interactions is, and the columns it adds. */
static bool find_partners(struct building *b, uint32_t mains, uint32_t *partner) {
    for (uint32_t i = 0; i < b->model->interactions; i++) {
        struct str name = b->run->roles[STATS_INTERACTIONS][i].name;
        uint32_t t = 1;
        while (t < mains && !str_equal(term_column(b->run, t)->name, name)) {
            t++;
        }
        if (t >= mains) {
            run_refuse(b->run,
                       "--interactions %.*s: name a column of --covariates or --factors, which "
                       "then interacts with --by",
                       STR_ARG(name));
            return false;
        }
        partner[i] = t;
        b->p_max += term_columns(b->model, 0) * term_columns(b->model, t);
    }
    b->model->partner = partner;
    return true;
}

static bool make_columns(struct building *b, uint32_t terms) {
    struct stats_run *run = b->run;
    if (b->p_max > LIMIT_MODEL_COLUMNS) {
        run_refuse(run, "the model would have %u coefficients, more than %d", b->p_max,
                   LIMIT_MODEL_COLUMNS);
        return false;
    }
    b->x = run_doubles(run, (size_t)run->rows * b->p_max);
    b->columns = ARENA_ARRAY(run->arena, b->p_max + 1u, struct str);
    b->term = ARENA_ARRAY(run->arena, b->p_max + 1u, uint32_t);
    b->product = ARENA_ARRAY(run->arena, b->p_max + 1u, struct column_product);
    b->terms = ARENA_ARRAY(run->arena, terms, struct str);
    b->factor = ARENA_ARRAY(run->arena, terms, bool);
    run->result->no_memory |=
        !b->x || !b->columns || !b->term || !b->product || !b->terms || !b->factor;
    return !run->result->no_memory;
}

bool run_model(struct stats_run *run, struct run_model *out) {
    uint32_t mains = run->role_counts[STATS_BY] + run->role_counts[STATS_COVARIATES] +
                     run->role_counts[STATS_FACTORS];
    struct building b = {.run = run, .model = out};
    *out = (struct run_model){.interactions = run->role_counts[STATS_INTERACTIONS]};
    uint32_t terms = mains + out->interactions;
    if (mains == 0 || run->rows == 0) {
        run_refuse(run, mains ? "no row has a value in every column used"
                              : "name at least one column in --by, --covariates or --factors");
        return false;
    }
    out->codes = ARENA_ARRAY(run->arena, terms, struct stats_codes);
    uint32_t *partner = ARENA_ARRAY(run->arena, out->interactions + 1u, uint32_t);
    if (!out->codes || !partner) {
        run->result->no_memory = true;
        return false;
    }
    if (!code_terms(&b, mains) || !find_partners(&b, mains, partner) || !make_columns(&b, terms)) {
        return false;
    }
    for (uint32_t t = 0; t < mains; t++) {
        if (!add_term(&b, term_column(run, t), &out->codes[t])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < out->interactions; i++) {
        add_interaction(&b, partner[i]);
    }
    out->design = (struct design_matrix){.x = b.x,
                                         .n = run->rows,
                                         .p = b.p,
                                         .term = b.term,
                                         .terms = b.term_count,
                                         .product = b.product};
    out->columns = b.columns;
    out->terms = b.terms;
    out->factor = b.factor;
    return true;
}
