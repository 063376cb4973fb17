#include "screen/advice_internal.h"

/* ---- Data and atoms ---- */

static uint64_t add_datum(struct advice *a, struct datum datum) {
    for (uint32_t i = 0; i < a->data_count; i++) {
        if (str_equal(a->data[i].label, datum.label) && a->data[i].human == datum.human) {
            return (uint64_t)1 << i;
        }
    }
    if (a->data_count == FORMULA_DATA_MAX) {
        return 0;
    }
    datum.criteria = ARENA_ARRAY(a->walk->arena, a->c->course.trial->criterion_count, uint16_t);
    if (!datum.criteria) {
        a->no_memory = true;
        return 0;
    }
    a->data[a->data_count] = datum;
    return (uint64_t)1 << a->data_count++;
}

bool advice_comparator(enum op_id op, bool number_is_left, uint8_t *out) {
    static const struct {
        const char *name;
        uint8_t left;
        uint8_t right;
    } rows[] = {{"Less", COMPARE_LESS, COMPARE_GREATER},
                {"LessOrEqual", COMPARE_LESS_OR_EQUAL, COMPARE_GREATER_OR_EQUAL},
                {"Greater", COMPARE_GREATER, COMPARE_LESS},
                {"GreaterOrEqual", COMPARE_GREATER_OR_EQUAL, COMPARE_LESS_OR_EQUAL},
                {"Equal", COMPARE_EQUAL, COMPARE_EQUAL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(operator_info(op)->name, rows[i].name) == 0) {
            *out = number_is_left ? rows[i].left : rows[i].right;
            return true;
        }
    }
    return false;
}

/* A comparison of one unknown number with a constant in plain numbers: all of one number's
 * comparisons must be possible together. Quantities may be in different units and are left free. */
static void note_number(const struct advice *a, const struct step *step,
                        struct formula_atom *atom) {
    if (step->kind != STEP_OPERATOR || step->from_count != 2 || !atom->data ||
        (atom->data & (atom->data - 1))) {
        return;
    }
    const struct value *left = &trace_step_at(a->walk, step->from[0])->value;
    const struct value *right = &trace_step_at(a->walk, step->from[1])->value;
    const struct value *limit = value_is_null(left) ? right : left;
    uint8_t comparator;
    bool numeric = limit->kind == VALUE_INTEGER || limit->kind == VALUE_DECIMAL;
    if (value_is_null(left) == value_is_null(right) || !numeric ||
        !advice_comparator(step->op, value_is_null(left), &comparator)) {
        return;
    }
    atom->number_of = (int8_t)__builtin_ctzll(atom->data);
    atom->comparator = comparator;
    atom->limit = limit->kind == VALUE_INTEGER ? limit->integer * DECIMAL_ONE : limit->decimal;
}

static uint32_t atom_of(struct advice *a, uint32_t number) {
    const struct step *step = trace_step_at(a->walk, number);
    struct formula_atom atom = {.number_of = -1};
    struct cause_list causes;
    trace_causes(a->walk, number, &causes);
    for (uint32_t i = 0; i < causes.count; i++) {
        const struct evidence_cause *cause = &causes.items[i];
        atom.data |= add_datum(
            a,
            (struct datum){.label = cause->datum, .window = cause->window, .reason = cause->words});
    }
    if (!causes.count) {
        struct str name = step->definition ? step->definition->name : STR("record");
        atom.data |= add_datum(
            a, (struct datum){.label = name, .reason = STR("the records do not tell yet")});
    }
    note_number(a, step, &atom);
    return advice_atom(a, atom);
}

static uint32_t human_atom(struct advice *a, uint32_t criterion) {
    const struct criterion *c = &a->c->course.trial->criteria[criterion];
    struct datum datum = {
        .label = c->title.len ? c->title : c->id,
        .reason = c->human ? STR("only a person can answer")
                           : STR("the records are silent; a person is asked"),
        .human = true,
    };
    return advice_atom(a, (struct formula_atom){.data = add_datum(a, datum), .number_of = -1});
}

/* ---- From steps ---- */

static uint32_t build_logic(struct advice *a, const struct step *step) {
    uint32_t kids[2] = {0};
    for (uint16_t i = 0; i < 2; i++) {
        bool there = i < step->from_count && step->from[i];
        kids[i] = there ? advice_build(a, step->from[i]) : NODE_UNKNOWN;
    }
    switch (step->op) {
    case OP_NOT:
        return advice_not(a, kids[0]);
    case OP_IMPLIES:
        return advice_pair(a, FORMULA_OR, advice_not(a, kids[0]), kids[1]);
    case OP_AND:
        return advice_pair(a, FORMULA_AND, kids[0], kids[1]);
    case OP_OR:
        return advice_pair(a, FORMULA_OR, kids[0], kids[1]);
    default:
        return advice_pair(a, FORMULA_XOR, kids[0], kids[1]);
    }
}

static bool is_logic(enum op_id op) {
    return op == OP_AND || op == OP_OR || op == OP_XOR || op == OP_NOT || op == OP_IMPLIES;
}

static bool is_coalesce(const struct step *step) {
    return step->kind == STEP_OPERATOR && strcmp(operator_info(step->op)->name, "Coalesce") == 0;
}

static uint32_t build_first(struct advice *a, const struct step *step) {
    enum { FIRST_MAX = 8 };
    uint32_t kids[FIRST_MAX];
    uint16_t count = 0;
    for (uint16_t i = 0; i < step->from_count && count < FIRST_MAX; i++) {
        kids[count++] = advice_build(a, step->from[i]);
    }
    return advice_first(a, kids, count);
}

/* A condition under a choice that gave null. A known one that rests on nothing having been found
 * would change with data too. */
static uint32_t build_condition(struct advice *a, uint32_t number) {
    const struct step *step = trace_step_at(a->walk, number);
    if (!number || value_is_null(&step->value) || step->kind != STEP_OPERATOR ||
        a->depth > WALK_DEPTH_MAX) {
        return advice_build(a, number);
    }
    a->depth++;
    uint32_t node;
    if (step->op == OP_AND || step->op == OP_OR || step->op == OP_NOT) {
        uint32_t kids[2] = {0};
        for (uint16_t i = 0; i < step->from_count && i < 2; i++) {
            kids[i] = build_condition(a, step->from[i]);
        }
        node = step->op == OP_NOT ? advice_not(a, kids[0])
                                  : advice_pair(a, step->op == OP_AND ? FORMULA_AND : FORMULA_OR,
                                                kids[0], kids[1]);
    } else if (!advice_score(a, number, &node)) {
        struct cause_list causes;
        trace_causes(a->walk, number, &causes);
        node = causes.count ? atom_of(a, number) : advice_build(a, number);
    }
    a->depth--;
    return node;
}

/* What a branch would give: known when it is written out, or when it was taken. */
static uint32_t build_branch(struct advice *a, const struct expr *branch, const struct step *step,
                             bool taken) {
    if (branch && branch->kind == EXPR_LITERAL && branch->literal.kind == VALUE_BOOLEAN) {
        return advice_constant(branch->literal.boolean ? LOGIC_TRUE : LOGIC_FALSE);
    }
    bool computed = taken && step->from_count > 1 && step->from[1] &&
                    trace_step_at(a->walk, step->from[1])->kind != STEP_CONSTANT;
    return computed ? advice_build(a, step->from[1]) : NODE_UNKNOWN;
}

/* Which data the node waits for. `met` is by node. */
static uint64_t data_of(const struct advice *a, uint32_t node, uint8_t *met) {
    if (met[node]) {
        return 0;
    }
    met[node] = 1;
    const struct formula_node *n = &a->nodes[node];
    uint64_t data = n->kind == FORMULA_ATOM ? a->atoms[n->atom].data : 0;
    for (uint16_t k = 0; k < n->count; k++) {
        data |= data_of(a, n->kids[k], met);
    }
    return data;
}

static uint64_t data_below(struct advice *a, uint32_t node) {
    uint8_t *met = ARENA_ARRAY(a->scratch, a->node_count + 1, uint8_t);
    a->no_memory |= !met;
    return met ? data_of(a, node, met) : 0;
}

/* What is unknown now can turn out either way. Where conditions that are known today leave only one
 * way open, or none, the whole is one open question about its data. */
static uint32_t either_way(struct advice *a, uint32_t number, uint32_t node) {
    const struct formula formula = {
        .node_count = node + 1,
        .nodes = a->nodes,
        .atom_count = a->atom_count,
        .atoms = a->atoms,
        .data_count = a->data_count,
    };
    bool can_be_true = false;
    bool can_be_false = false;
    if (formula_can_be(&formula, UINT64_MAX, LOGIC_TRUE, a->scratch, &can_be_true) != STATUS_OK ||
        formula_can_be(&formula, UINT64_MAX, LOGIC_FALSE, a->scratch, &can_be_false) != STATUS_OK) {
        a->no_memory = true;
    }
    if (can_be_true && can_be_false) {
        return node;
    }
    uint64_t data = data_below(a, node);
    return data ? advice_atom(a, (struct formula_atom){.data = data, .number_of = -1})
                : atom_of(a, number);
}

/* if C then X else R: (C and X) or (not C and R). A branch that is written out leaves C or R, or
 * not C and R, in which C has one sign. */
static uint32_t choose(struct advice *a, uint32_t condition, uint32_t then, uint32_t otherwise) {
    if (then == NODE_TRUE) {
        return advice_pair(a, FORMULA_OR, condition, otherwise);
    }
    uint32_t rest = advice_pair(a, FORMULA_AND, advice_not(a, condition), otherwise);
    return advice_pair(a, FORMULA_OR, advice_pair(a, FORMULA_AND, condition, then), rest);
}

/* From the last condition to the first. */
static uint32_t build_choice(struct advice *a, uint32_t number, const struct step *step) {
    const struct expr *e = step->expr;
    bool is_if = e && e->kind == EXPR_IF;
    bool is_case = e && e->kind == EXPR_CASE && !e->args[0];
    if (!is_if && !is_case) {
        return atom_of(a, number);
    }
    uint32_t count = is_if ? 1 : e->cases.item_count;
    bool none_true = true;
    for (uint32_t i = 0; i < count; i++) {
        const struct value *v = &trace_step_at(a->walk, trace_condition(a->walk, number, i))->value;
        none_true &= v->kind != VALUE_BOOLEAN || !v->boolean;
    }
    const struct expr *otherwise = is_if ? e->args[2] : e->count > 1 ? e->args[1] : NULL;
    uint32_t node = build_branch(a, otherwise, step, none_true);
    for (uint32_t i = count; i-- > 0;) {
        uint32_t step_of = trace_condition(a->walk, number, i);
        const struct value *v = &trace_step_at(a->walk, step_of)->value;
        bool taken = v->kind == VALUE_BOOLEAN && v->boolean;
        uint32_t condition = build_condition(a, step_of);
        uint32_t then = build_branch(a, is_if ? e->args[1] : e->cases.items[i].then, step, taken);
        node = choose(a, condition, then, node);
    }
    return either_way(a, number, node);
}

static uint32_t build_unknown(struct advice *a, uint32_t number, const struct step *step) {
    bool passes = step->kind == STEP_DEFINITION || step->kind == STEP_CALL ||
                  (step->kind == STEP_OTHER && step->from_count == 1);
    if (passes && step->from_count && step->from[0]) {
        return advice_build(a, step->from[0]);
    }
    if (step->kind == STEP_OPERATOR && is_logic(step->op)) {
        return build_logic(a, step);
    }
    if (is_coalesce(step)) {
        return build_first(a, step);
    }
    if (step->kind == STEP_CHOICE) {
        return build_choice(a, number, step);
    }
    return atom_of(a, number);
}

uint32_t advice_build(struct advice *a, uint32_t number) {
    if (!number || number >= a->walk->trace->count || a->depth > WALK_DEPTH_MAX) {
        return NODE_UNKNOWN;
    }
    if (a->node_of_step[number]) {
        return a->node_of_step[number] - 1;
    }
    const struct step *step = trace_step_at(a->walk, number);
    a->depth++;
    uint32_t node;
    if (step->value.kind == VALUE_BOOLEAN) {
        node = advice_constant(step->value.boolean ? LOGIC_TRUE : LOGIC_FALSE);
    } else {
        node = build_unknown(a, number, step);
    }
    a->depth--;
    a->node_of_step[number] = node + 1;
    return node;
}

static uint32_t build_definition(struct advice *a, const struct definition *definition) {
    uint32_t step = definition ? a->walk->trace->definitions[definition->number] : 0;
    if (step || !definition) {
        return advice_build(a, step);
    }
    struct datum datum = {.label = definition->name, .reason = STR("its computation failed")};
    return advice_atom(a, (struct formula_atom){.data = add_datum(a, datum), .number_of = -1});
}

/* ---- From criteria ---- */

/* Whom the criterion may not concern: not (applies) or met; applies and met. */
static uint32_t with_applies(struct advice *a, uint32_t i, uint32_t node) {
    const struct criterion *c = &a->c->course.trial->criteria[i];
    if (!a->c->thread->answers[i].applies_unknown) {
        return node;
    }
    uint32_t applies = build_definition(a, c->applies);
    return c->exclude ? advice_pair(a, FORMULA_AND, applies, node)
                      : advice_pair(a, FORMULA_OR, advice_not(a, applies), node);
}

static uint32_t build_criterion(struct advice *a, uint32_t i);

static uint32_t build_group(struct advice *a, uint32_t i) {
    const struct criterion *criteria = a->c->course.trial->criteria;
    bool any = criteria[i].kind == CRITERION_ANY_OF;
    uint32_t node = advice_constant(any ? LOGIC_FALSE : LOGIC_TRUE);
    for (uint32_t k = i + 1; k < criteria[i].end; k = criteria[k].end) {
        if (!a->c->thread->answers[k].not_applicable) {
            node = advice_pair(a, any ? FORMULA_OR : FORMULA_AND, node, build_criterion(a, k));
        }
    }
    return node;
}

static uint32_t build_criterion(struct advice *a, uint32_t i) {
    const struct criterion *c = &a->c->course.trial->criteria[i];
    const struct criterion_answer *answer = &a->c->thread->answers[i];
    if (answer->value != LOGIC_UNKNOWN) {
        return advice_constant((enum logic)answer->value);
    }
    if (c->kind != CRITERION_LEAF) {
        return with_applies(a, i, build_group(a, i));
    }
    bool ask = c->human || c->if_silent == SILENCE_ASK;
    return with_applies(a, i, ask ? human_atom(a, i) : build_definition(a, c->define));
}

static void note_criterion(struct advice *a, uint32_t criterion, uint32_t node) {
    uint64_t data = data_below(a, node);
    for (uint32_t i = 0; i < a->data_count; i++) {
        if (data >> i & 1) {
            a->data[i].criteria[a->data[i].criterion_count++] = (uint16_t)criterion;
        }
    }
}

static uint32_t build_whole(struct advice *a) {
    const struct trial *trial = a->c->course.trial;
    uint32_t whole = NODE_TRUE;
    for (uint32_t i = 0; i < trial->criterion_count; i = trial->criteria[i].end) {
        uint32_t node = build_criterion(a, i);
        note_criterion(a, i, node);
        whole = advice_pair(a, FORMULA_AND, whole,
                            trial->criteria[i].exclude ? advice_not(a, node) : node);
    }
    return whole;
}

/* ---- Result ---- */

static enum status keep_asks(const struct advice *a, uint64_t set, uint32_t *count,
                             const struct screen_ask **out) {
    struct screen_ask *asks = ARENA_ARRAY(a->walk->arena, a->data_count + 1, struct screen_ask);
    if (!asks) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < a->data_count; i++) {
        const struct datum *d = &a->data[i];
        if (set >> i & 1) {
            asks[(*count)++] = (struct screen_ask){
                .datum = d->label,
                .window = d->window.at ? d->window : STR(""),
                .reason = d->reason,
                .human = d->human,
                .criterion_count = d->criterion_count,
                .criteria = d->criteria,
            };
        }
    }
    *out = asks;
    return STATUS_OK;
}

enum status screen_advise(struct screen_case *c, struct trace_walk *walk) {
    struct arena *scratch = &c->thread->scratch;
    struct advice a = {
        .c = c,
        .walk = walk,
        .scratch = scratch,
        .nodes = ARENA_ARRAY(scratch, ADVICE_NODES_MAX, struct formula_node),
        .atoms = ARENA_ARRAY(scratch, ADVICE_ATOMS_MAX, struct formula_atom),
        .data = ARENA_ARRAY(scratch, FORMULA_DATA_MAX, struct datum),
        .node_of_step = ARENA_ARRAY(scratch, walk->trace->count + 1, uint32_t),
    };
    if (!a.nodes || !a.atoms || !a.data || !a.node_of_step) {
        return STATUS_NO_MEMORY;
    }
    advice_begin(&a);
    uint32_t whole = build_whole(&a);
    struct formula formula = {
        .node_count = whole + 1,
        .nodes = a.nodes,
        .atom_count = a.atom_count,
        .atoms = a.atoms,
        .data_count = a.data_count,
    };
    struct formula_advice advice;
    enum status status =
        a.no_memory ? STATUS_NO_MEMORY : formula_advise(&formula, scratch, &advice);
    if (status == STATUS_OK) {
        c->subject->confirm_proven = advice.confirm_proven;
        status = keep_asks(&a, advice.confirm, &c->subject->confirm_count, &c->subject->confirm);
    }
    if (status == STATUS_OK) {
        status =
            keep_asks(&a, advice.ask_first, &c->subject->ask_first_count, &c->subject->ask_first);
    }
    return status;
}
