/* Why something is unknown, in the words of a ward. */
#include "course/trace_walk.h"

static void walk_causes(struct trace_walk *walk, uint32_t number, struct cause_list *out);

static bool is_empty(const struct value *value) {
    return value_is_null(value) || (value->kind == VALUE_LIST && value->list->count == 0);
}

static void add_cause(struct trace_walk *walk, struct evidence_cause cause,
                      const struct fact_list *facts, struct cause_list *out) {
    walk->no_memory |= !cause.words.at;
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->items[i].kind == cause.kind && str_equal(out->items[i].words, cause.words)) {
            return;
        }
    }
    if (out->count == CAUSES_MAX) {
        return;
    }
    if (facts && facts->count) {
        cause.fact_count = facts->count;
        cause.facts = trace_keep_facts(walk, facts);
    }
    out->items[out->count++] = cause;
}

/* "no ferritin in the last 48 h"; "no fitting ferritin ..." when some was passed over that is as
 * recent. */
static void add_nothing(struct trace_walk *walk, struct str label, bool passed_over,
                        const struct fact_list *facts, struct cause_list *out) {
    /* "the last 48 h" wants its "in"; "since ..." and "between ..." do not. */
    const char *between = !walk->window.len                           ? " found"
                          : str_starts(walk->window, STR("the last")) ? " in "
                                                                      : " ";
    struct evidence_cause cause = {
        .kind = CAUSE_NO_DATA,
        .datum = label,
        .window = walk->window,
        .words = arena_format(walk->arena, "no %s%.*s%s%.*s", passed_over ? "fitting " : "",
                              STR_ARG(label), between, STR_ARG(walk->window)),
    };
    add_cause(walk, cause, facts, out);
}

static void retrieve_causes(struct trace_walk *walk, const struct step *step,
                            struct cause_list *out) {
    if (is_empty(&step->value) && step->expr && step->expr->kind == EXPR_RETRIEVE) {
        add_nothing(walk, trace_label(walk, step->expr->retrieve), false, NULL, out);
    }
}

/* A query gave nothing: because there was nothing, because a condition was unknown, or because
 * nothing lay in its window. */
static void query_causes(struct trace_walk *walk, uint32_t number, const struct step *step,
                         struct cause_list *out) {
    if (!is_empty(&step->value) || !step->from_count) {
        return;
    }
    struct str outer = walk->window;
    const struct value *window = trace_query_window(walk, number);
    struct str words = window ? trace_window(walk, window) : STR("");
    if (words.len) {
        walk->window = words;
    }
    uint32_t before = out->count;
    if (is_empty(&trace_step_at(walk, step->from[0])->value)) {
        walk_causes(walk, step->from[0], out);
    } else {
        for (uint16_t i = 2; i < step->from_count; i++) {
            if (value_is_null(&trace_step_at(walk, step->from[i])->value)) {
                walk_causes(walk, step->from[i], out);
            }
        }
        struct str label = trace_label_of(walk, number);
        if (out->count == before && label.len) {
            struct fact_list facts;
            trace_facts(walk, step->from[0], &facts);
            bool passed_over = !words.len || trace_any_within(walk, step->from[0], window);
            add_nothing(walk, label, passed_over, &facts, out);
        }
    }
    walk->window = outer;
}

/* What a person can be asked to complete; that other elements are absent is how records are. */
static bool is_wanted_element(struct str name) {
    static const char *const names[] = {
        "value", "code",      "unit",       "birthDate",  "gender",      "issued", "effective",
        "onset", "performed", "period",     "start",      "end",         "low",    "high",
        "rate",  "dose",      "authoredOn", "occurrence", "recordedDate"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(name, str_from(names[i]))) {
            return true;
        }
    }
    return false;
}

/* "the ferritin of 2021-03-01T06:00 has no unit". */
static void absent_cause(struct trace_walk *walk, uint32_t number, const struct step *step,
                         struct cause_list *out) {
    struct str name =
        step->expr && step->expr->kind == EXPR_PROPERTY ? step->expr->property.name : STR("value");
    if (!is_wanted_element(name)) {
        return;
    }
    struct fact_list facts;
    trace_facts(walk, number, &facts);
    struct str label = trace_label_of(walk, number);
    struct str datum = label.len ? label : facts.count ? facts.items[0].label : name;
    bool dated = facts.count && facts.items[0].time.len;
    struct evidence_cause cause = {
        .kind = CAUSE_ABSENT,
        .datum = datum,
        .window = walk->window,
        .words = arena_format(walk->arena, "the %.*s%s%.*s has no %.*s", STR_ARG(datum),
                              dated ? " of " : "", STR_ARG(dated ? facts.items[0].time : STR("")),
                              STR_ARG(str_equal(name, STR("code")) ? STR("unit") : name)),
    };
    add_cause(walk, cause, &facts, out);
}

static void property_causes(struct trace_walk *walk, uint32_t number, const struct step *step,
                            struct cause_list *out) {
    if (!step->from_count) {
        return;
    }
    const struct step *of = trace_step_at(walk, step->from[0]);
    uint32_t item = trace_item_step(walk, step);
    if (item) {
        walk_causes(walk, item, out);
    } else if (is_empty(&of->value)) {
        walk_causes(walk, step->from[0], out);
    } else if (of->value.kind == VALUE_ELEMENT && is_empty(&step->value)) {
        absent_cause(walk, number, step, out);
    }
}

static enum evidence_cause_kind kind_of(uint8_t reason) {
    switch ((enum null_reason)reason) {
    case NULL_UNIT:
        return CAUSE_UNIT;
    case NULL_PRECISION:
        return CAUSE_PRECISION;
    default:
        return CAUSE_OTHER;
    }
}

static void operator_own_cause(struct trace_walk *walk, uint32_t number, const struct step *step,
                               struct cause_list *out) {
    struct fact_list facts;
    trace_facts(walk, number, &facts);
    struct str label = trace_label_of(walk, number);
    struct str datum = label.len ? label : facts.count ? facts.items[0].label : STR("record");
    struct evidence_cause cause = {
        .kind = kind_of(step->reason), .datum = datum, .window = walk->window};
    bool known = facts.count && facts.items[0].value.len;
    bool compares =
        known && (facts.items[0].value.at[0] == '<' || facts.items[0].value.at[0] == '>');
    if (cause.kind == CAUSE_UNIT) {
        cause.words =
            arena_format(walk->arena, "the %.*s is in %.*s, which does not convert", STR_ARG(datum),
                         STR_ARG(facts.count && facts.items[0].unit.len ? facts.items[0].unit
                                                                        : STR("another unit")));
    } else if (compares) {
        cause.kind = CAUSE_COMPARATOR;
        cause.words =
            arena_format(walk->arena, "the %.*s is only known as %.*s %.*s", STR_ARG(datum),
                         STR_ARG(facts.items[0].value), STR_ARG(facts.items[0].unit));
    } else if (cause.kind == CAUSE_PRECISION) {
        cause.words =
            arena_format(walk->arena, "the date of the %.*s is not exact enough", STR_ARG(datum));
    } else {
        return;
    }
    add_cause(walk, cause, &facts, out);
}

static void operator_causes(struct trace_walk *walk, uint32_t number, const struct step *step,
                            struct cause_list *out) {
    uint32_t before = out->count;
    bool null_argument = false;
    for (uint16_t i = 0; i < step->from_count; i++) {
        const struct value *argument = &trace_step_at(walk, step->from[i])->value;
        bool counts = !value_is_null(&step->value) || is_empty(argument);
        null_argument |= value_is_null(argument);
        if (step->from[i] && counts) {
            walk_causes(walk, step->from[i], out);
        }
    }
    uint32_t item = trace_item_step(walk, step);
    if (value_is_null(&step->value) && item) {
        walk_causes(walk, item, out);
    }
    if (value_is_null(&step->value) && !null_argument && out->count == before) {
        operator_own_cause(walk, number, step, out);
    }
    if (value_is_null(&step->value) && out->count == before &&
        (step->op == OP_END || step->op == OP_START)) {
        operator_own_cause(walk, number, step, out);
    }
}

static void constant_cause(struct trace_walk *walk, const struct step *step,
                           struct cause_list *out) {
    if (!value_is_null(&step->value) || !step->expr || step->expr->kind != EXPR_PARAMETER_REF) {
        return;
    }
    struct str name = step->expr->parameter->name;
    const struct evidence_cause cause = {
        .kind = CAUSE_OTHER,
        .datum = name,
        .words = arena_format(walk->arena, "the parameter '%.*s' is not set", STR_ARG(name)),
    };
    add_cause(walk, cause, NULL, out);
}

/* The chosen value may be null by itself; else the conditions say why it was chosen. */
static void choice_causes(struct trace_walk *walk, uint32_t number, const struct step *step,
                          struct cause_list *out) {
    if (step->from_count > 1) {
        walk_causes(walk, step->from[1], out);
    }
    uint32_t count = step->expr && step->expr->kind == EXPR_CASE ? step->expr->cases.item_count : 1;
    for (uint32_t i = 0; i < count; i++) {
        walk_causes(walk, trace_condition(walk, number, i), out);
    }
}

static void walk_causes(struct trace_walk *walk, uint32_t number, struct cause_list *out) {
    if (!trace_walk_enter(walk, WALK_CAUSES, number)) {
        return;
    }
    const struct step *step = trace_step_at(walk, number);
    walk->depth++;
    switch ((enum step_kind)step->kind) {
    case STEP_RETRIEVE:
        retrieve_causes(walk, step, out);
        break;
    case STEP_QUERY:
        query_causes(walk, number, step, out);
        break;
    case STEP_PROPERTY:
        property_causes(walk, number, step, out);
        break;
    case STEP_OPERATOR:
        operator_causes(walk, number, step, out);
        break;
    case STEP_CHOICE:
        choice_causes(walk, number, step, out);
        break;
    case STEP_CONSTANT:
        constant_cause(walk, step, out);
        break;
    case STEP_ANSWER:
        break;
    case STEP_DEFINITION:
    case STEP_CALL:
    case STEP_OTHER:
        for (uint16_t i = 0; i < step->from_count; i++) {
            walk_causes(walk, step->from[i], out);
        }
        break;
    }
    walk->depth--;
}

void trace_causes(struct trace_walk *walk, uint32_t step, struct cause_list *out) {
    out->count = 0;
    struct str window = walk->window;
    walk->window = STR("");
    trace_walk_begin(walk, WALK_CAUSES);
    walk_causes(walk, step, out);
    walk->window = window;
}
