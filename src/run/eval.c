#include "run/eval.h"

#include "base/mem.h"
#include "exec/machine.h"
#include "par/par.h"
#include "run/element_json.h"

struct eval_run {
    const struct plan *plan;
    const struct population *population;
    const struct eval_options *options;
    struct machine **machines; /* by thread */
    enum status (*sink)(void *context, struct str lines);
    void *sink_context;
};

static bool needs_patient(const struct definition *definition) {
    return definition->stratum == STRATUM_PATIENT || definition->stratum == STRATUM_PATIENT_AFTER;
}

static void add_values(const struct eval_run *run, struct machine *machine,
                       const struct record *record, struct buf *out, enum status *status) {
    struct element_printer printer = {
        .demand = plan_demand(run->plan),
        .record = record,
        .arena = machine_context(machine)->arena,
    };
    const struct print_elements elements = element_json(&printer);
    bool first = true;
    for (uint32_t i = 0; i < run->options->output_count && *status == STATUS_OK; i++) {
        const struct definition *definition = run->options->outputs[i];
        if (needs_patient(definition) != (record != NULL)) {
            continue;
        }
        struct value value;
        *status = machine_eval(machine, definition, &value);
        if (*status == STATUS_OK) {
            buf_add_cstr(out, first ? "" : ",");
            buf_add_json(out, definition->name);
            buf_add_char(out, ':');
            value_print_json(&value, &elements, out);
            first = false;
        }
    }
}

static void add_errors(struct machine *machine, struct buf *out) {
    const struct run_error *errors = NULL;
    uint32_t count = machine_errors(machine, &errors);
    buf_add_cstr(out, "},\"errors\":[");
    for (uint32_t i = 0; i < count; i++) {
        const struct run_error *error = &errors[i];
        buf_add_cstr(out, i ? ",{\"define\":" : "{\"define\":");
        buf_add_json(out, error->definition ? error->definition->name : STR(""));
        buf_add_cstr(out, ",\"code\":");
        buf_add_json(out, error->message);
        buf_add_cstr(out, ",\"at\":");
        if (error->span.source) {
            struct line_column place = diag_locate(error->span.source, error->span.start);
            buf_add_format(out, "\"%.*s:%u:%u\"", STR_ARG(error->span.source->name), place.line,
                           place.column);
        } else {
            buf_add_cstr(out, "null");
        }
        buf_add_char(out, '}');
    }
    buf_add_cstr(out, "]}\n");
}

/* One line; `record` NULL: the definitions that need no patient. */
static enum status add_line(const struct eval_run *run, struct machine *machine,
                            const struct record *record, struct buf *out) {
    enum status status = STATUS_OK;
    machine_start(machine, record, INSTANT_MAX, run->options->now);
    buf_add_cstr(out, "{\"format\":1,\"id\":");
    if (record) {
        buf_add_json(out, record->patient_id);
    } else {
        buf_add_cstr(out, "null");
    }
    buf_add_cstr(out, ",\"values\":{");
    add_values(run, machine, record, out, &status);
    add_errors(machine, out);
    return status;
}

static enum status work(void *context, uint32_t thread, uint64_t index, struct buf *out) {
    const struct eval_run *run = context;
    if (run->options->cancelled && run->options->cancelled(run->options->context)) {
        return STATUS_CANCELLED;
    }
    struct record record;
    population_record(run->population, (uint32_t)index, &record);
    population_prefetch(run->population, (uint32_t)index + 1);
    return add_line(run, run->machines[thread], &record, out);
}

static enum status sink(void *context, uint64_t index, struct str bytes) {
    const struct eval_run *run = context;
    if (run->options->progress && index % 16 == 0) {
        run->options->progress(run->options->context, index, population_patients(run->population));
    }
    return run->sink(run->sink_context, bytes);
}

static bool any_without_patient(const struct eval_options *options) {
    for (uint32_t i = 0; i < options->output_count; i++) {
        if (!needs_patient(options->outputs[i])) {
            return true;
        }
    }
    return false;
}

static enum status first_line(const struct eval_run *run) {
    struct buf out;
    buf_init(&out);
    enum status status = add_line(run, run->machines[0], NULL, &out);
    if (status == STATUS_OK) {
        status = buf_status(&out);
    }
    if (status == STATUS_OK) {
        status = run->sink(run->sink_context, buf_str(&out));
    }
    buf_release(&out);
    return status;
}

static enum status run_all(struct eval_run *run, uint32_t threads) {
    enum status status = STATUS_OK;
    if (any_without_patient(run->options)) {
        status = first_line(run);
    }
    if (status == STATUS_OK && run->population) {
        const struct par_job job = {work, sink, run};
        status = par_run(population_patients(run->population), threads, &job);
    }
    return status;
}

enum status eval_run(const struct plan *plan, const struct terms *terms,
                     const struct population *population, const struct eval_options *options,
                     enum status (*sink_function)(void *context, struct str lines),
                     void *sink_context) {
    uint32_t threads = par_threads(options->threads);
    struct eval_run run = {
        .plan = plan,
        .population = population,
        .options = options,
        .machines = mem_new(threads, sizeof(struct machine *)),
        .sink = sink_function,
        .sink_context = sink_context,
    };
    struct op_terminology terminology;
    if (terms) {
        terms_operations(terms, &terminology);
    }
    enum status status = run.machines ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < threads && status == STATUS_OK; i++) {
        status = machine_new(plan, terms ? &terminology : NULL, &run.machines[i]);
        if (status == STATUS_OK) {
            machine_set_bounds(run.machines[i], false);
        }
        if (status == STATUS_OK && population) {
            status = machine_set_population(run.machines[i], population);
        }
    }
    if (status == STATUS_OK) {
        status = run_all(&run, threads);
    }
    for (uint32_t i = 0; i < threads && run.machines; i++) {
        machine_free(run.machines[i]);
    }
    mem_free(run.machines);
    return status;
}

enum status eval_public(const struct program *program, struct arena *arena,
                        const struct definition *const **outputs, uint32_t *count) {
    uint32_t all = 0;
    for (const struct definition *d = program->main->definitions; d; d = d->next) {
        all++;
    }
    const struct definition **list = ARENA_ARRAY(arena, all, const struct definition *);
    if (!list) {
        return STATUS_NO_MEMORY;
    }
    *count = 0;
    for (const struct definition *d = program->main->definitions; d; d = d->next) {
        if (!d->is_private && d->body) {
            list[(*count)++] = d;
        }
    }
    *outputs = list;
    return STATUS_OK;
}
