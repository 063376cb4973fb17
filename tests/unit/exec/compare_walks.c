#include "compare_walks.h"

#include "exact.h"
#include "plan/code.h"
#include "value/print.h"
#include "value/ucum.h"
#include "walker.h"

#include "base/mem.h"

static uint32_t filter_of(const void *context, const struct retrieve *retrieve) {
    const struct plan *plan = context;
    return plan->retrieves[retrieve->number].filter;
}

static void differ(struct comparison *c, const struct definition *d, const char *what,
                   const struct value *machine, const struct value *other) {
    c->differing++;
    buf_add_format(c->out, "%.*s: machine ", STR_ARG(d->name));
    value_print_cql(machine, c->out);
    buf_add_format(c->out, ", %s ", what);
    value_print_cql(other, c->out);
    buf_add_char(c->out, '\n');
}

static bool compare_one(struct comparison *c, struct machine *plain, struct machine *traced,
                        struct walker *walker, const struct definition *d) {
    struct value a, b, w;
    const struct run_error *errors;
    uint32_t errors_before = machine_errors(plain, &errors);
    uint32_t walker_before = walker->errors;
    if (machine_eval(plain, d, &a) != STATUS_OK || machine_eval(traced, d, &b) != STATUS_OK ||
        !walker_eval(walker, d, &w)) {
        return false;
    }
    c->compared++;
    if (!value_is_exactly(&a, &b, c->now.offset_min)) {
        differ(c, d, "traced", &a, &b);
    }
    if (!value_is_exactly(&a, &w, c->now.offset_min)) {
        differ(c, d, "walker", &a, &w);
    }
    bool failed = machine_errors(plain, &errors) > errors_before;
    if (failed != (walker->errors > walker_before)) {
        differ(c, d, failed ? "an error, and no walker's error" : "walker's error", &a, &w);
    }
    return true;
}

bool compare_walks(struct comparison *c, const struct program *program) {
    struct machine *plain = NULL, *traced = NULL;
    struct arena arena;
    arena_init(&arena, 0);
    struct walker walker = {.arena = &arena,
                            .record = c->record,
                            .population = c->population,
                            .at = c->at,
                            .filter = filter_of,
                            .filter_context = c->plan};
    walker.values = ARENA_ARRAY(&arena, program->definition_count, struct walker_value);
    bool good = machine_new(c->plan, c->terminology, &plain) == STATUS_OK &&
                machine_new(c->plan, c->terminology, &traced) == STATUS_OK && walker.values;
    if (good && c->population) {
        good = machine_set_population(plain, c->population) == STATUS_OK &&
               machine_set_population(traced, c->population) == STATUS_OK;
    }
    if (good) {
        machine_set_trace(traced, true);
        machine_start(plain, c->record, c->at, c->now);
        machine_start(traced, c->record, c->at, c->now);
        walker.cx = *machine_context(plain);
    }
    for (const struct definition *d = program->main->definitions; d && good; d = d->next) {
        if (!d->is_private && d->body) {
            good = compare_one(c, plain, traced, &walker, d);
        }
    }
    machine_free(plain);
    machine_free(traced);
    arena_release(&arena);
    return good;
}
