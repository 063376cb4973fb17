/* What decided: the comparisons and findings on which an answer rests. */
#include "course/trace_walk.h"
#include "value/datetime.h"

static void walk_reasons(struct trace_walk *walk, uint32_t number, struct reason_list *out);

static enum logic logic_of(const struct value *value) {
    return value->kind != VALUE_BOOLEAN ? LOGIC_UNKNOWN : value->boolean ? LOGIC_TRUE : LOGIC_FALSE;
}

/* What has no words of its own is named by its definition. */
static struct str defined(const struct step *step) {
    return step->definition ? step->definition->name : STR("the records");
}

/* What holds between the two sides: of a comparison that is false, its opposite. */
static const char *sign_of(enum op_id op, bool is_false) {
    static const struct {
        const char *name;
        const char *sign;
        const char *opposite;
    } rows[] = {{"Less", "<", ">="},
                {"LessOrEqual", "<=", ">"},
                {"Greater", ">", "<="},
                {"GreaterOrEqual", ">=", "<"},
                {"Equal", "=", "!="}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(operator_info(op)->name, rows[i].name) == 0) {
            return is_false ? rows[i].opposite : rows[i].sign;
        }
    }
    return NULL;
}

/* The element that a step's value was read from: of Patient.gender.value, "gender"; else empty. */
static struct str element_of(const struct trace_walk *walk, uint32_t number) {
    const struct step *step = trace_step_at(walk, number);
    for (int depth = 0; step->from_count == 1 && depth < WALK_DEPTH_MAX; depth++) {
        if (step->kind == STEP_PROPERTY && step->expr && step->expr->kind == EXPR_PROPERTY &&
            !str_equal(step->expr->property.name, STR("value"))) {
            return step->expr->property.name;
        }
        step = trace_step_at(walk, step->from[0]);
    }
    return STR("");
}

/* A side of a comparison as a person writes it. What is only known as a range is what the record
 * says: ">90 mg/L". A pseudonymous patient has a year of birth. */
static struct str side_value(struct trace_walk *walk, uint32_t number, struct str element) {
    struct value shown = trace_step_at(walk, number)->value;
    if (shown.kind == VALUE_UNCERTAINTY || shown.kind == VALUE_INTERVAL) {
        struct fact_list facts;
        trace_facts(walk, number, &facts);
        if (facts.count == 1 && facts.items[0].value.len) {
            return arena_format(walk->arena, "%.*s %.*s", STR_ARG(facts.items[0].value),
                                STR_ARG(facts.items[0].unit));
        }
    }
    if (str_equal(element, STR("birthDate")) && shown.kind == VALUE_DATE &&
        trace_is_pseudonymous(walk)) {
        shown.datetime = datetime_truncate(&shown.datetime, PRECISION_YEAR);
    }
    return trace_value(walk, &shown);
}

/* "C-reactive protein 198.2 mg/L > 150 mg/L"; of the patient the element says more: "gender male".
 * What is unknown is not put as if it held: "ferritin unknown (limit 700 ng/mL)". */
static struct str comparison_words(struct trace_walk *walk, const struct step *step,
                                   const char *sign) {
    struct str sides[2];
    struct str labels[2];
    for (int i = 0; i < 2; i++) {
        labels[i] = trace_label_of(walk, step->from[i]);
        struct str element =
            str_equal(labels[i], STR("patient")) ? element_of(walk, step->from[i]) : STR("");
        labels[i] = element.len ? element : labels[i];
        struct str value = side_value(walk, step->from[i], element);
        sides[i] = arena_format(walk->arena, "%.*s%s%.*s", STR_ARG(labels[i]),
                                labels[i].len ? " " : "", STR_ARG(value));
        walk->no_memory |= !value.at || !sides[i].at;
    }
    bool limit = value_is_null(&step->value) && labels[0].len && !labels[1].len;
    return arena_format(walk->arena, limit ? "%.*s (%s %.*s)" : "%.*s %s %.*s", STR_ARG(sides[0]),
                        limit ? "limit" : sign, STR_ARG(sides[1]));
}

/* The step of the list that an empty query chose from, when there was something in it; else 0. */
static uint32_t passed_over(const struct trace_walk *walk, uint32_t number) {
    const struct step *step = trace_step_at(walk, number);
    for (int depth = 0; step->from_count && depth < WALK_DEPTH_MAX; depth++) {
        const struct value *of = &trace_step_at(walk, step->from[0])->value;
        if (step->kind == STEP_QUERY && of->kind == VALUE_LIST && of->list->count) {
            return step->from[0];
        }
        if (step->kind == STEP_OPERATOR && step->from_count > 1) {
            return 0;
        }
        step = trace_step_at(walk, step->from[0]);
    }
    return 0;
}

/* The element whose repetitions a query chose from: "communication"; else empty. */
static struct str element_asked(const struct trace_walk *walk, uint32_t number) {
    const struct step *step = trace_step_at(walk, number);
    if (step->kind == STEP_QUERY && step->from_count) {
        step = trace_step_at(walk, step->from[0]);
    }
    bool is_element =
        step->kind == STEP_PROPERTY && step->row && step->expr && step->expr->kind == EXPR_PROPERTY;
    return is_element ? step->expr->property.name : STR("");
}

/* "pregnancy test found", "no pregnancy test found", "no fitting pregnancy test found". */
static struct str existence_words(struct trace_walk *walk, const struct step *step) {
    bool found = logic_of(&step->value) == LOGIC_TRUE;
    struct str label = trace_label_of(walk, step->from[0]);
    if (!label.len) {
        return defined(step);
    }
    struct str element = element_asked(walk, step->from[0]);
    const char *sought = found ? "" : passed_over(walk, step->from[0]) ? "no fitting " : "no ";
    return arena_format(walk->arena, "%s%.*s%s%.*s found", sought, STR_ARG(label),
                        element.len ? " " : "", STR_ARG(element));
}

static void add_reason(struct trace_walk *walk, uint32_t number, struct reason_list *out) {
    if (out->count == REASONS_MAX) {
        return;
    }
    const struct step *step = trace_step_at(walk, number);
    struct evidence_reason reason = {
        .value = logic_of(&step->value),
        .define = step->definition ? step->definition->name : STR(""),
        .span = step->expr ? step->expr->span : (struct span){0},
    };
    bool exists = step->kind == STEP_OPERATOR && step->op == OP_EXISTS && step->from_count;
    const char *sign = step->kind == STEP_OPERATOR && step->from_count == 2
                           ? sign_of(step->op, reason.value == LOGIC_FALSE)
                           : NULL;
    struct fact_list facts;
    trace_facts(walk, number, &facts);
    if (sign) {
        reason.words = comparison_words(walk, step, sign);
    } else if (exists) {
        reason.words = existence_words(walk, step);
    } else {
        reason.words = defined(step);
    }
    walk->no_memory |= !reason.words.at;
    uint32_t others = exists && !facts.count ? passed_over(walk, step->from[0]) : 0;
    if (others) {
        trace_facts(walk, others, &facts);
    }
    reason.fact_count = facts.count;
    reason.facts = facts.count ? trace_keep_facts(walk, &facts) : NULL;
    if (reason.value == LOGIC_UNKNOWN) {
        struct cause_list causes;
        trace_causes(walk, number, &causes);
        reason.cause_count = causes.count;
        reason.causes = causes.count ? trace_keep_causes(walk, &causes) : NULL;
    }
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->items[i].value == reason.value && str_equal(out->items[i].words, reason.words)) {
            return;
        }
    }
    out->items[out->count++] = reason;
}

/* The arguments that alone make a result of `and` or `or`: the deciding value if it is there. */
static void logic_reasons(struct trace_walk *walk, const struct step *step, enum logic deciding,
                          struct reason_list *out) {
    enum logic value = logic_of(&step->value);
    for (uint16_t i = 0; i < step->from_count; i++) {
        enum logic argument = logic_of(&trace_step_at(walk, step->from[i])->value);
        bool counts = value == LOGIC_UNKNOWN ? argument == LOGIC_UNKNOWN
                                             : value != deciding || argument == deciding;
        if (counts) {
            walk_reasons(walk, step->from[i], out);
        }
    }
}

static void operator_reasons(struct trace_walk *walk, uint32_t number, const struct step *step,
                             struct reason_list *out) {
    if (step->op == OP_AND) {
        logic_reasons(walk, step, LOGIC_FALSE, out);
    } else if (step->op == OP_OR) {
        logic_reasons(walk, step, LOGIC_TRUE, out);
    } else if (step->op == OP_NOT || step->op == OP_XOR || step->op == OP_IMPLIES ||
               step->op == OP_IS_TRUE || step->op == OP_IS_FALSE) {
        for (uint16_t i = 0; i < step->from_count; i++) {
            walk_reasons(walk, step->from[i], out);
        }
    } else if (strcmp(operator_info(step->op)->name, "Coalesce") == 0) {
        for (uint16_t i = 0; i < step->from_count; i++) {
            if (!value_is_null(&trace_step_at(walk, step->from[i])->value)) {
                walk_reasons(walk, step->from[i], out);
                return;
            }
        }
        add_reason(walk, number, out);
    } else {
        add_reason(walk, number, out);
    }
}

/* Of a choice the chosen value when something decided it, and the condition otherwise. */
static void choice_reasons(struct trace_walk *walk, const struct step *step,
                           struct reason_list *out) {
    if (step->from_count < 2) {
        return;
    }
    const struct step *chosen = trace_step_at(walk, step->from[1]);
    if (chosen->kind != STEP_CONSTANT && chosen->kind != STEP_OTHER) {
        walk_reasons(walk, step->from[1], out);
    } else if (chosen->from_count && chosen->kind == STEP_OTHER) {
        walk_reasons(walk, step->from[1], out);
    } else {
        walk_reasons(walk, step->from[0], out);
    }
}

static void walk_reasons(struct trace_walk *walk, uint32_t number, struct reason_list *out) {
    if (!trace_walk_enter(walk, WALK_REASONS, number)) {
        return;
    }
    const struct step *step = trace_step_at(walk, number);
    walk->depth++;
    switch ((enum step_kind)step->kind) {
    case STEP_DEFINITION:
    case STEP_CALL:
        /* What was computed over all patients has no steps here. */
        if (step->from_count && step->from[0]) {
            walk_reasons(walk, step->from[0], out);
        } else if (step->from_count) {
            add_reason(walk, number, out);
        }
        break;
    case STEP_CHOICE:
        choice_reasons(walk, step, out);
        break;
    case STEP_OPERATOR:
        operator_reasons(walk, number, step, out);
        break;
    case STEP_PROPERTY: {
        uint32_t item = trace_item_step(walk, step);
        if (item) {
            walk_reasons(walk, item, out);
        } else {
            add_reason(walk, number, out);
        }
        break;
    }
    case STEP_OTHER:
        if (step->from_count == 1) {
            walk_reasons(walk, step->from[0], out);
            break;
        }
        add_reason(walk, number, out);
        break;
    case STEP_ANSWER:
        break;
    case STEP_CONSTANT:
    case STEP_RETRIEVE:
    case STEP_QUERY:
        add_reason(walk, number, out);
        break;
    }
    walk->depth--;
}

void trace_reasons(struct trace_walk *walk, uint32_t step, struct reason_list *out) {
    out->count = 0;
    trace_walk_begin(walk, WALK_REASONS);
    walk_reasons(walk, step, out);
}
