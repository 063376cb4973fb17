/* What the checked logic and the printed limits say before any patient is seen. */
#include "base/file.h"
#include "trial/document_walk.h"
#include "trial/limit_words.h"
#include "trial/trial_internal.h"

#include <errno.h>

/* ---- Criteria ---- */

static void warn_never_unknown(struct trial_build *build, const struct criterion *c) {
    struct diagnostic *d = diag_at(build->diags, DIAG_TR0500, c->define->span,
                                   "'%.*s' (criterion %.*s) looks at data and can never be unknown",
                                   STR_ARG(c->define->name), STR_ARG(c->id));
    diag_note(build->diags, d, "a patient of whom nothing is recorded counts as '%s'",
              c->findings & CRITERION_ALWAYS_TRUE ? "met" : "not met");
    diag_hint(build->diags, d,
              "let it be null when there is nothing to decide from, or state if_silent: not_met");
}

static void check_criterion(struct trial_build *build, struct criterion *c,
                            const struct flow_value *value) {
    bool can_be[] = {value->can_be_true, value->can_be_false, value->can_be_null};
    int ways = can_be[0] + can_be[1] + can_be[2];
    if (ways == 1) {
        c->findings |= can_be[0]   ? CRITERION_ALWAYS_TRUE
                       : can_be[1] ? CRITERION_ALWAYS_FALSE
                                   : CRITERION_ALWAYS_NULL;
    }
    if (ways == 1 && !c->human) {
        (void)diag_at(build->diags, DIAG_TR0501, c->define->span,
                      "'%.*s' (criterion %.*s) is always %s", STR_ARG(c->define->name),
                      STR_ARG(c->id),
                      can_be[0]   ? "true"
                      : can_be[1] ? "false"
                                  : "unknown");
        return;
    }
    if (value->is_data && !value->can_be_null) {
        c->findings |= CRITERION_NEVER_UNKNOWN;
        if (!c->human && c->if_silent != SILENCE_NOT_MET) {
            warn_never_unknown(build, c);
        }
    }
}

static enum status check_criteria(struct trial_build *build, struct flow *flow) {
    struct criterion *criteria = (struct criterion *)(uintptr_t)build->trial->criteria;
    for (uint32_t i = 0; i < build->trial->criterion_count; i++) {
        struct flow_value value;
        if (!criteria[i].define || !criteria[i].define->body) {
            continue;
        }
        enum status status = flow_definition(flow, criteria[i].define, &value);
        if (status != STATUS_OK) {
            return status;
        }
        check_criterion(build, &criteria[i], &value);
    }
    return STATUS_OK;
}

/* ---- Limits as printed ---- */

static void add_printed(const struct trial_stated *s, struct buf *out) {
    static const char *const comparators[] = {"<", "<=", ">", ">=", "="};
    if (trial_given(s->comparator.place)) {
        buf_add_format(out, "%s ", comparators[s->comparator.value]);
    }
    if (trial_given(s->value.place)) {
        limit_words_number(s->value.value, out);
        buf_add_char(out, ' ');
    }
    buf_add(out, trial_given(s->unit.place) ? s->unit.text : STR("(no unit)"));
}

/* A limit that is computed with must be able to be meant. */
static void check_quantity(struct trial_build *build, const struct analyte_table *table,
                           const struct analyte *analyte, const struct trial_quantity *q) {
    if (!trial_given(q->place)) {
        return;
    }
    const struct unit *unit = unit_intern(table->units, q->unit);
    const struct unit *instead = NULL;
    enum limit_fault fault =
        unit ? analyte_check_limit(table, analyte, q->value, unit, &instead) : LIMIT_DIMENSION;
    if (fault != LIMIT_FINE) {
        struct flow_limit limit = {q->value, unit, q->place.span};
        const struct flow_finding finding = {
            .fault = fault == LIMIT_SIZE ? FLOW_SIZE : FLOW_DIMENSION,
            .analyte = analyte,
            .limit = &limit,
            .instead = instead,
            .span = q->place.span,
        };
        struct limit_reporter reporter = {build->diags, table, true};
        limit_report(&reporter, &finding);
    }
}

struct printed {
    struct trial_build *build;
    const struct analyte_table *table;
};

static void report_printed(const struct printed *p, const struct trial_stated *s,
                           const struct analyte *analyte, const char *fault,
                           const struct unit *instead) {
    struct diag_list *diags = p->build->diags;
    bool is_read = trial_given(s->read_as.place);
    bool bare = !trial_given(s->unit.place);
    if ((is_read || bare) && !p->build->options->readings) {
        return;
    }
    struct buf words;
    buf_init(&words);
    add_printed(s, &words);
    struct diagnostic *d = diag_at(diags, is_read || bare ? DIAG_TR0520 : DIAG_TR0521, s->span,
                                   "the source prints %.*s as '%.*s': %s", STR_ARG(analyte->name),
                                   STR_ARG(buf_str(&words)), fault);
    buf_reset(&words);
    limit_words_units(analyte, &words);
    if (is_read) {
        struct span read = s->read_as.place.span;
        struct str reading = {read.source->text.at + read.start, read.end - read.start};
        bool sized = trial_given(s->value.place);
        diag_note(diags, d, "it is reported in %.*s; it is read %s %.*s", STR_ARG(buf_str(&words)),
                  sized ? "as" : "in", STR_ARG(sized ? reading : s->read_as.unit));
    } else if (bare) {
        diag_note(diags, d, "it is read in its usual unit, %.*s",
                  STR_ARG(unit_text(analyte->unit)));
    } else {
        diag_note(diags, d, "it is reported in %.*s", STR_ARG(buf_str(&words)));
        diag_hint(diags, d, "add read_as: with the reading taken%s%.*s",
                  instead ? ", perhaps in " : "", STR_ARG(instead ? unit_text(instead) : STR("")));
    }
    diags->out_of_memory |= buf_status(&words) != STATUS_OK;
    buf_release(&words);
}

/* NULL: left out, or not in the table, which is reported. */
static const struct analyte *named_analyte(const struct printed *p, const struct trial_text *name) {
    const struct analyte *analyte = analyte_find(p->table, name->text);
    if (analyte || !trial_given(name->place)) {
        return analyte;
    }
    struct diagnostic *d = diag_at(p->build->diags, DIAG_TR0522, name->place.span,
                                   "the analyte table has no '%.*s'", STR_ARG(name->text));
    for (uint32_t i = 0; i < p->table->count; i++) {
        if (str_distance(p->table->items[i].id, name->text, 3) <= 3) {
            diag_hint(p->build->diags, d, "did you mean '%.*s'?", STR_ARG(p->table->items[i].id));
        }
    }
    return NULL;
}

static void check_printed(const struct printed *p, const struct trial_stated *s) {
    const struct analyte *analyte = named_analyte(p, &s->analyte);
    if (!analyte) {
        return;
    }
    const struct unit *instead = NULL;
    const char *fault = limit_printed_fault(p->table, analyte, s, &instead);
    if (fault) {
        report_printed(p, s, analyte, fault, instead);
    }
    check_quantity(p->build, p->table, analyte, &s->read_as);
}

static void check_limit(void *context, enum schema_object_id object, void *at) {
    const struct printed *p = context;
    if (object == SCHEMA_OBJECT_stated) {
        check_printed(p, at);
    } else if (object == SCHEMA_OBJECT_reference_limit) {
        const struct trial_reference_limit *limit = at;
        const struct analyte *analyte = named_analyte(p, &limit->analyte);
        if (analyte) {
            check_quantity(p->build, p->table, analyte, &limit->low);
            check_quantity(p->build, p->table, analyte, &limit->high);
        }
    }
}

/* ---- Together ---- */

/* The table is part of the library; without a library there are no limits to check. */
static enum status read_table(struct trial_build *build, struct analyte_table *table, bool *found) {
    *found = false;
    if (!build->options->library_folder.len) {
        return STATUS_OK;
    }
    struct str path = file_join(build->arena, build->options->library_folder, STR("analytes.yaml"));
    struct str text = STR_NONE;
    if (!path.at) {
        return STATUS_NO_MEMORY;
    }
    if (file_kind(path) != FILE_REGULAR) {
        return STATUS_OK;
    }
    enum status status = file_read(path, build->arena, &text);
    if (status != STATUS_OK) {
        (void)diag_in_file(build->diags, DIAG_TR0002, path, 0, "%s",
                           status == STATUS_IO ? strerror(errno) : status_text(status));
        return status == STATUS_NO_MEMORY ? status : STATUS_OK;
    }
    const struct source *source = diag_source(build->diags, path, text);
    if (!source) {
        return STATUS_NO_MEMORY;
    }
    *found = true;
    return analyte_table_read(source, build->trial->program->units, build->arena, build->diags,
                              table);
}

/* ---- Rules and visits ---- */

/* Visits that say what they collect are the plan of measurements. */
static bool is_collected(const struct trial_build *build, struct str analyte) {
    const struct trial_visit_list *visits = &build->document->visits;
    bool any = false;
    for (uint32_t i = 0; i < visits->count; i++) {
        const struct trial_text_list *collects = &visits->items[i].collects;
        any |= collects->count > 0;
        for (uint32_t k = 0; k < collects->count; k++) {
            if (str_equal(collects->items[k].text, analyte)) {
                return true;
            }
        }
    }
    return !any;
}

static enum status check_rule_data(struct trial_build *build, const struct flow_input *shared,
                                   const struct trial_define *define) {
    if (!define->definition || !define->definition->body) {
        return STATUS_OK;
    }
    struct analyte_set measured = {0};
    struct flow_input input = *shared;
    input.measured = &measured;
    input.report = NULL;
    struct flow *flow = NULL;
    struct flow_value value;
    enum status status = flow_new(&input, &flow);
    status = status == STATUS_OK ? flow_definition(flow, define->definition, &value) : status;
    for (uint32_t i = 0; status == STATUS_OK && input.analytes && i < input.analytes->count; i++) {
        bool wants = measured.bits[i / 64] >> (i % 64) & 1;
        if (wants && !is_collected(build, input.analytes->items[i].id)) {
            (void)diag_at(build->diags, DIAG_TR0532, define->place.span,
                          "'%.*s' looks at %.*s, which no visit collects", STR_ARG(define->name),
                          STR_ARG(input.analytes->items[i].name));
        }
    }
    return status;
}

/* What lifts a hold must be able to become true. */
static enum status check_until(struct trial_build *build, struct flow *flow,
                               const struct trial_define *until) {
    struct flow_value value;
    if (!until->definition || !until->definition->body) {
        return STATUS_OK;
    }
    enum status status = flow_definition(flow, until->definition, &value);
    if (status == STATUS_OK && !value.can_be_true) {
        (void)diag_at(build->diags, DIAG_TR0533, until->place.span, "'%.*s' can never become true",
                      STR_ARG(until->name));
    }
    return status;
}

static enum status check_rules(struct trial_build *build, const struct flow_input *input,
                               struct flow *flow) {
    const struct trial_arm_list *arms = &build->document->arms;
    enum status status = STATUS_OK;
    for (uint32_t a = 0; a < arms->count; a++) {
        for (uint32_t i = 0; i < arms->items[a].rules.count && status == STATUS_OK; i++) {
            const struct trial_rule *r = &arms->items[a].rules.items[i];
            const struct trial_define *const defines[] = {&r->hold,        &r->stop,   &r->reduce,
                                                          &r->switch_when, &r->change, &r->propose,
                                                          &r->until};
            for (size_t k = 0; k < sizeof defines / sizeof defines[0] && status == STATUS_OK; k++) {
                status = check_rule_data(build, input, defines[k]);
            }
            status = status == STATUS_OK ? check_until(build, flow, &r->until) : status;
        }
    }
    return status;
}

static enum status follow(struct trial_build *build, const struct analyte_table *table) {
    struct flow_argument *arguments =
        ARENA_ARRAY(build->arena, build->argument_count + 1, struct flow_argument);
    if (!arguments) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < build->argument_count; i++) {
        arguments[i] = (struct flow_argument){build->arguments[i].name, build->arguments[i].value,
                                              build->argument_spans[i]};
    }
    struct limit_reporter reporter = {build->diags, table, true};
    const struct flow_input input = {
        .program = build->trial->program,
        .analytes = table,
        .terms = build->trial->terms,
        .argument_count = build->argument_count,
        .arguments = arguments,
        .arena = build->arena,
        .report = limit_report,
        .context = &reporter,
    };
    struct flow *flow = NULL;
    enum status status = flow_new(&input, &flow);
    if (status == STATUS_OK) {
        status = check_criteria(build, flow);
    }
    const struct definition *definition = build->trial->program->main->definitions;
    for (; definition && status == STATUS_OK; definition = definition->next) {
        struct flow_value value;
        status = flow_definition(flow, definition, &value);
    }
    return status == STATUS_OK ? check_rules(build, &input, flow) : status;
}

enum status trial_check_logic(struct trial_build *build) {
    struct analyte_table table = {0};
    bool found = false;
    enum status status = read_table(build, &table, &found);
    if (status != STATUS_OK) {
        return status;
    }
    if (found) {
        struct printed printed = {build, &table};
        document_walk(build->document, &(struct document_visitor){&printed, check_limit, NULL});
    }
    /* A tree with errors has holes; what it may become is not known. */
    return diag_has_errors(build->diags) ? STATUS_OK : follow(build, found ? &table : NULL);
}
