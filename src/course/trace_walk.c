#include "course/trace_walk.h"

#include "value/datetime.h"
#include "value/decimal.h"
#include "value/print.h"
#include "value/ucum.h"

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS (24 * HOUR_MS)

bool trace_walk_init(struct trace_walk *walk, const struct trace_walk_input *input) {
    *walk = (struct trace_walk){
        .trace = input->trace,
        .record = input->record,
        .arena = input->arena,
        .patient_name = input->patient_name,
        .own_files = input->own_files,
        .now = input->now,
        .window = STR(""),
        .offset_min = input->offset_min,
    };
    for (int kind = 0; kind < WALK_KINDS; kind++) {
        walk->stamps[kind] = ARENA_ARRAY(input->scratch, walk->trace->count + 1, uint32_t);
        if (!walk->stamps[kind]) {
            return false;
        }
    }
    uint32_t *retrieves = ARENA_ARRAY(input->scratch, walk->trace->count + 1, uint32_t);
    for (uint32_t i = 1; retrieves && i < walk->trace->count; i++) {
        if (walk->trace->steps[i].kind == STEP_RETRIEVE) {
            retrieves[walk->retrieve_count++] = i;
        }
    }
    walk->retrieves = retrieves;
    return retrieves != NULL;
}

void trace_walk_begin(struct trace_walk *walk, enum walk_kind kind) {
    walk->walks[kind]++;
}

bool trace_walk_enter(struct trace_walk *walk, enum walk_kind kind, uint32_t step) {
    if (!step || step >= walk->trace->count || walk->depth > WALK_DEPTH_MAX ||
        walk->stamps[kind][step] == walk->walks[kind]) {
        return false;
    }
    walk->stamps[kind][step] = walk->walks[kind];
    return true;
}

/* ---- Values made of parts ---- */

static uint32_t list_item(const struct step *of, enum op_id op) {
    if (of->value.kind != VALUE_LIST || !of->value.list->count) {
        return 0;
    }
    const struct list *list = of->value.list;
    return list->items[op == OP_LAST ? list->count - 1 : 0].trace;
}

static uint32_t tuple_field(const struct value *tuple, struct str name) {
    if (tuple->kind != VALUE_TUPLE && tuple->kind != VALUE_INSTANCE) {
        return 0;
    }
    for (uint32_t i = 0; i < tuple->tuple->count; i++) {
        if (str_equal(tuple->tuple->names[i], name)) {
            return tuple->tuple->values[i].trace;
        }
    }
    return 0;
}

uint32_t trace_item_step(const struct trace_walk *walk, const struct step *step) {
    if (!step->from_count) {
        return 0;
    }
    const struct step *of = trace_step_at(walk, step->from[0]);
    if (step->kind == STEP_OPERATOR && (step->op == OP_FIRST || step->op == OP_LAST)) {
        return list_item(of, step->op);
    }
    if (step->kind == STEP_PROPERTY && step->expr && step->expr->kind == EXPR_PROPERTY) {
        return tuple_field(&of->value, step->expr->property.name);
    }
    return 0;
}

/* The last step before `number` that computed this expression: within one call, conditions are
 * asked just before the choice that they lead to. */
static uint32_t last_of(const struct trace_walk *walk, uint32_t number, const struct expr *expr) {
    for (uint32_t i = number; i-- > 1;) {
        if (walk->trace->steps[i].expr == expr) {
            return i;
        }
    }
    return 0;
}

uint32_t trace_condition(const struct trace_walk *walk, uint32_t choice, uint32_t i) {
    const struct step *step = trace_step_at(walk, choice);
    if (!step->expr || step->expr->kind != EXPR_CASE) {
        return i == 0 && step->from_count ? step->from[0] : 0;
    }
    return i < step->expr->cases.item_count ? last_of(walk, choice, step->expr->cases.items[i].when)
                                            : 0;
}

static bool is_window(const struct type *type) {
    return type && type->kind == TYPE_INTERVAL && type->of->kind == TYPE_NAMED &&
           (type->of->name == MODEL_DATETIME || type->of->name == MODEL_DATE);
}

/* Whether a where clause asks for something in an interval of time that is an operand. */
static bool asks_window(const struct expr *where, int depth) {
    if (!where || depth > 16 || where->kind != EXPR_OPERATOR) {
        return false;
    }
    for (uint32_t i = 0; i < where->count; i++) {
        const struct expr *arg = where->args[i];
        if ((arg->kind == EXPR_OPERAND_REF && is_window(arg->type)) ||
            asks_window(arg, depth + 1)) {
            return true;
        }
    }
    return false;
}

const struct value *trace_query_window(const struct trace_walk *walk, uint32_t query) {
    const struct step *step = trace_step_at(walk, query);
    const struct value *own =
        step->from_count > 1 ? &trace_step_at(walk, step->from[1])->value : NULL;
    if (own && own->kind == VALUE_INTERVAL) {
        return own;
    }
    if (!step->expr || step->expr->kind != EXPR_QUERY ||
        !asks_window(step->expr->query->where, 0)) {
        return NULL;
    }
    /* Arguments are computed just before the call. */
    for (uint32_t i = query; i-- > 1;) {
        const struct step *s = &walk->trace->steps[i];
        if (s->definition != step->definition) {
            return NULL;
        }
        if (s->expr && s->expr->kind == EXPR_INTERVAL && is_window(s->expr->type)) {
            return &s->value;
        }
    }
    return NULL;
}

/* ---- Words ---- */

/* Names such as CRP, PaO2 and SARS-CoV-2 keep their letters. */
static bool is_abbreviation(struct str name) {
    for (size_t i = 1; i < name.len && name.at[i] != ' ' && (i == 1 || name.at[i] != '-'); i++) {
        if (name.at[i] < 'a' || name.at[i] > 'z') {
            return true;
        }
    }
    return name.len < 2 || name.at[0] < 'A' || name.at[0] > 'Z';
}

static struct str in_small_letters(struct trace_walk *walk, struct str name) {
    if (is_abbreviation(name)) {
        return name;
    }
    struct str copy = arena_copy(walk->arena, name);
    if (!copy.at) {
        walk->no_memory = true;
        return name;
    }
    ((char *)(uintptr_t)copy.at)[0] = (char)(name.at[0] | 32);
    return copy;
}

static struct str codes_name(const struct expr *codes) {
    for (int depth = 0; codes && depth < 8; depth++) {
        switch ((enum expr_kind)codes->kind) {
        case EXPR_VALUESET_REF:
            return codes->vocabulary->name;
        case EXPR_CODE_REF:
        case EXPR_CONCEPT_REF:
            return codes->code->name;
        case EXPR_DEFINE_REF:
            return codes->definition->name;
        default:
            codes = codes->count ? codes->args[0] : NULL;
        }
    }
    return STR("");
}

/* A resource type in a ward's words: "MedicationRequest" is a medication order, and others are
 * their own words in small letters. */
static struct str type_words(struct trace_walk *walk, struct str type) {
    static const struct {
        const char *type;
        const char *words;
    } rows[] = {
        {"MedicationRequest", "medication order"},
        {"MedicationAdministration", "medication given"},
        {"MedicationStatement", "medication taken"},
        {"AllergyIntolerance", "allergy"},
        {"DiagnosticReport", "report"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(type, str_from(rows[i].type))) {
            return str_from(rows[i].words);
        }
    }
    char *words = arena_new(walk->arena, type.len * 2 + 1, 1);
    if (!words) {
        walk->no_memory = true;
        return type;
    }
    size_t len = 0;
    for (size_t i = 0; i < type.len; i++) {
        bool capital = type.at[i] >= 'A' && type.at[i] <= 'Z';
        if (capital && i > 0) {
            words[len++] = ' ';
        }
        words[len++] = capital ? (char)(type.at[i] | 32) : type.at[i];
    }
    return (struct str){words, len};
}

struct str trace_label(struct trace_walk *walk, const struct retrieve *retrieve) {
    struct str name = retrieve->codes ? codes_name(retrieve->codes) : STR("");
    return name.len ? in_small_letters(walk, name)
                    : type_words(walk, model_type(retrieve->type)->name);
}

enum {
    LABEL_CODED = 1,     /* pass over retrieves that name no codes */
    LABEL_OF_VALUES = 2, /* pass over the conditions of choices: no value came from them */
    LABEL_SUMS = 4       /* a sum, such as a score, is none of its data: its definition names it */
};

static struct str label_below(struct trace_walk *walk, uint32_t number, int how);

static const char *sign_between(const struct step *step) {
    static const struct {
        const char *name;
        const char *sign;
    } rows[] = {{"Divide", "/"}, {"Multiply", " * "}, {"Add", " + "}, {"Subtract", " - "}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(operator_info(step->op)->name, rows[i].name) == 0) {
            return rows[i].sign;
        }
    }
    return NULL;
}

static bool is_arithmetic(const struct step *step) {
    return step->kind == STEP_OPERATOR && step->from_count == 2 && sign_between(step);
}

/* A formula of several steps, such as a clearance, is none of its data either. */
static bool is_formula(const struct trace_walk *walk, const struct step *step) {
    return is_arithmetic(step) && (is_arithmetic(trace_step_at(walk, step->from[0])) ||
                                   is_arithmetic(trace_step_at(walk, step->from[1])));
}

/* What is computed from two data is named by both: PaO2/FiO2. */
static struct str computed_label(struct trace_walk *walk, const struct step *step, int how) {
    if (step->kind != STEP_OPERATOR || !step->from_count) {
        return STR("");
    }
    if (how & LABEL_SUMS && (strcmp(operator_info(step->op)->name, "Sum") == 0 ||
                             (is_formula(walk, step) && step->definition))) {
        return step->definition ? step->definition->name : STR("");
    }
    const char *sign = step->from_count == 2 ? sign_between(step) : NULL;
    if (!sign) {
        return STR("");
    }
    struct str a = label_below(walk, step->from[0], how);
    struct str b = label_below(walk, step->from[1], how);
    if (!a.len || !b.len || str_equal(a, b)) {
        return a.len ? a : b;
    }
    struct str both = arena_format(walk->arena, "%.*s%s%.*s", STR_ARG(a), sign, STR_ARG(b));
    walk->no_memory |= !both.at;
    return both.at ? both : a;
}

/* Where a value was chosen from a list, or is one, what it came from counts first: several
 * retrieves may have filled the list. */
static struct str label_below(struct trace_walk *walk, uint32_t number, int how) {
    if (!trace_walk_enter(walk, WALK_LABEL, number)) {
        return STR("");
    }
    const struct step *step = trace_step_at(walk, number);
    if (step->kind == STEP_RETRIEVE && step->expr && step->expr->kind == EXPR_RETRIEVE) {
        const struct retrieve *retrieve = step->expr->retrieve;
        return how & LABEL_CODED && !retrieve->codes ? STR("") : trace_label(walk, retrieve);
    }
    /* What was computed over all patients has no steps here. */
    if (step->kind == STEP_DEFINITION && step->from_count && !step->from[0] && step->definition) {
        return step->definition->name;
    }
    walk->depth++;
    struct str label = label_below(walk, trace_item_step(walk, step), how);
    uint32_t items = step->value.kind == VALUE_LIST ? step->value.list->count : 0;
    for (uint32_t i = 0; i < items && !label.len; i++) {
        label = label_below(walk, step->value.list->items[i].trace, how);
    }
    label = label.len ? label : computed_label(walk, step, how);
    uint16_t i = step->kind == STEP_CHOICE && how & LABEL_OF_VALUES ? 1 : 0;
    for (; i < step->from_count && !label.len; i++) {
        label = label_below(walk, step->from[i], how);
    }
    walk->depth--;
    return label;
}

static struct str label_of(struct trace_walk *walk, uint32_t step, int how) {
    trace_walk_begin(walk, WALK_LABEL);
    return label_below(walk, step, how);
}

struct str trace_label_of(struct trace_walk *walk, uint32_t step) {
    const struct step *made = trace_step_at(walk, step);
    if (made->kind == STEP_OPERATOR &&
        str_starts(str_from(operator_info(made->op)->name), STR("CalculateAge"))) {
        return STR("age");
    }
    bool is_one = made->value.kind != VALUE_NULL && made->value.kind != VALUE_LIST;
    int how = LABEL_CODED | LABEL_OF_VALUES | (is_one ? LABEL_SUMS : 0);
    struct str label = label_of(walk, step, how);
    label = label.len ? label : label_of(walk, step, how & ~LABEL_OF_VALUES);
    return label.len ? label : label_of(walk, step, how & LABEL_SUMS);
}

/* The label of any retrieve by codes that found this row; empty when none did. */
static struct str coded_row_label(struct trace_walk *walk, const struct row *row) {
    for (uint32_t i = 0; i < walk->retrieve_count; i++) {
        const struct step *step = trace_step_at(walk, walk->retrieves[i]);
        if (step->row == row && step->expr && step->expr->kind == EXPR_RETRIEVE &&
            step->expr->retrieve->codes) {
            return trace_label(walk, step->expr->retrieve);
        }
    }
    return STR("");
}

struct str trace_row_label(struct trace_walk *walk, uint32_t number) {
    const struct row *row = trace_step_at(walk, number)->row;
    struct str label = label_of(walk, number, LABEL_CODED | LABEL_OF_VALUES);
    label = label.len ? label : coded_row_label(walk, row);
    return label.len ? label : type_words(walk, model_type(row->type)->name);
}

struct str trace_window(struct trace_walk *walk, const struct value *window) {
    if (window->kind != VALUE_INTERVAL || window->interval->low.kind != VALUE_DATETIME ||
        window->interval->high.kind != VALUE_DATETIME) {
        return STR("");
    }
    int64_t low = datetime_first_ms(&window->interval->low.datetime, walk->offset_min);
    int64_t high = datetime_last_ms(&window->interval->high.datetime, walk->offset_min);
    int64_t span = walk->now - low;
    if (span == 0 && high >= walk->now) {
        return STR(""); /* now */
    }
    if (high >= walk->now && span > 0 && span % HOUR_MS == 0) {
        bool days = span % DAY_MS == 0 && span > 3 * DAY_MS;
        return arena_format(walk->arena, "the last %lld %s",
                            (long long)(days ? span / DAY_MS : span / HOUR_MS),
                            days ? "days" : "h");
    }
    char from[DATETIME_TEXT_MAX];
    char to[DATETIME_TEXT_MAX];
    from[datetime_print(&window->interval->low.datetime, VALUE_DATETIME, from)] = '\0';
    to[datetime_print(&window->interval->high.datetime, VALUE_DATETIME, to)] = '\0';
    return high >= walk->now ? arena_format(walk->arena, "since %.16s", from)
                             : arena_format(walk->arena, "between %.16s and %.16s", from, to);
}

/* A number with more digits than anybody measures was computed. It is shown to two places, a small
 * one to three digits, cut and not rounded: 29.996 that is below 30 is not shown as 30. */
static void cut_computed(i128 *value, uint8_t *scale) {
    enum { MEASURED_PLACES = 4 };
    i128 size = *value < 0 ? -*value : *value;
    if (*scale <= MEASURED_PLACES) {
        return;
    }
    *scale = 2;
    for (i128 least = DECIMAL_ONE; *scale < DECIMAL_SCALE_MAX && size < least; least /= 10) {
        (*scale)++;
    }
    i128 step = DECIMAL_ONE;
    for (uint8_t i = 0; i < *scale; i++) {
        step /= 10;
    }
    *value -= *value % step;
}

static void add_number(i128 value, uint8_t scale, struct buf *out) {
    cut_computed(&value, &scale);
    char text[DECIMAL_TEXT_MAX];
    size_t len = decimal_print(value, scale, text);
    while (len > 2 && text[len - 1] == '0' && text[len - 2] == '.') {
        len -= 2;
    }
    buf_add(out, (struct str){text, len});
}

static void add_value(const struct value *value, struct buf *out) {
    char text[DATETIME_TEXT_MAX];
    switch ((enum value_kind)value->kind) {
    case VALUE_NULL:
        buf_add_cstr(out, "unknown");
        return;
    case VALUE_STRING:
        buf_add(out, value->string);
        return;
    case VALUE_DECIMAL:
        add_number(value->decimal, value->scale, out);
        return;
    case VALUE_QUANTITY:
        add_number(value->quantity->value, value->quantity->scale, out);
        if (!unit_is_one(value->quantity->unit)) {
            buf_add_char(out, ' ');
            buf_add(out, unit_text(value->quantity->unit));
        }
        return;
    case VALUE_DATE:
    case VALUE_DATETIME:
        buf_add(out, (struct str){text, datetime_print(&value->datetime, value->kind, text)});
        return;
    case VALUE_CODE:
        buf_add(out, value->code->display.len ? value->code->display : value->code->code);
        return;
    case VALUE_LIST:
        buf_add_format(out, "%u found", value->list->count);
        return;
    case VALUE_ELEMENT:
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        buf_add_cstr(out, "an entry");
        return;
    default:
        value_print_cql(value, out);
    }
}

struct str trace_value(struct trace_walk *walk, const struct value *value) {
    struct buf text;
    buf_init(&text);
    add_value(value, &text);
    struct str copy =
        buf_status(&text) == STATUS_OK ? arena_copy(walk->arena, buf_str(&text)) : STR_NONE;
    walk->no_memory |= !copy.at;
    buf_release(&text);
    return copy.at ? copy : STR("");
}

/* ---- Keeping ---- */

const struct evidence_fact *trace_keep_facts(struct trace_walk *walk,
                                             const struct fact_list *list) {
    struct evidence_fact *copy = ARENA_ARRAY(walk->arena, list->count, struct evidence_fact);
    if (!copy) {
        walk->no_memory = true;
        return NULL;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        copy[i] = list->items[i];
    }
    return copy;
}

const struct evidence_cause *trace_keep_causes(struct trace_walk *walk,
                                               const struct cause_list *list) {
    struct evidence_cause *copy = ARENA_ARRAY(walk->arena, list->count, struct evidence_cause);
    if (!copy) {
        walk->no_memory = true;
        return NULL;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        copy[i] = list->items[i];
    }
    return copy;
}

const char *evidence_cause_word(enum evidence_cause_kind kind) {
    static const char *const words[] = {"no data",   "absent", "unit",   "comparator",
                                        "precision", "error",  "person", "other"};
    return words[kind];
}
