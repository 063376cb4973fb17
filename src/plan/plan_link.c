#include "plan/compile_internal.h"
#include "plan/type_test.h"
#include "plan/visit.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

/* Linking: the codes of each retrieve become a filter, and equal filters become one. */
struct linker {
    struct plan *plan;
    const struct terms *terms;
    struct diag_list *diags;
    struct map seen_sets;      /* value sets and code systems that were looked up */
    struct map filters;        /* filter number by its canonical text */
    struct vector all_filters; /* struct demand_filter */
    struct compiler *vectors;  /* carries `failed` */
    bool *open_types;          /* [type]: one filter takes all its rows */
};

enum { FILTER_BITS = 64 };

/* Where constant codes go; NULL `map`: only asks whether they are constant. */
struct code_sink {
    struct linker *linker;
    struct map *map;
    uint32_t count;
    struct str name;
    uint32_t names;
};

static void put_code(struct code_sink *sink, const struct code *code) {
    if (!sink->map || sink->linker->vectors->failed) {
        return;
    }
    struct str key = arena_format(&sink->linker->plan->arena, "%.*s|%.*s",
                                  code->system.at ? (int)code->system.len : 0,
                                  code->system.at ? code->system.at : "", STR_ARG(code->code));
    uint32_t value = sink->count;
    bool added;
    if (!key.at || map_add(sink->map, key, &value, &added) != STATUS_OK) {
        sink->linker->vectors->failed = true;
        return;
    }
    sink->count++;
}

static void put_name(struct code_sink *sink, struct str name) {
    if (sink->map && sink->names++ == 0) {
        sink->name = name;
    }
}

static void report_set(struct linker *l, const struct expr *ref, const struct vocabulary *set,
                       struct str why) {
    bool is_there = l->terms && terms_has(l->terms, set->id, set->version);
    struct diagnostic *d =
        diag_at(l->diags, is_there ? DIAG_TX0002 : DIAG_TX0001, ref->span,
                "the value set \"%.*s\" (%.*s) %s", STR_ARG(ref->vocabulary->name),
                STR_ARG(set->id), is_there ? "cannot be expanded" : "is not there");
    if (why.len) {
        diag_note(l->diags, d, "%.*s", STR_ARG(why));
    }
    diag_hint(l->diags, d, "%s",
              is_there ? "export the set with its full expansion from a terminology server, or add "
                         "what is missing"
                       : "put a FHIR ValueSet resource with this url into the folder valuesets "
                         "beside the logic, or name its folder with --valuesets");
}

static void report_system(struct linker *l, const struct expr *ref, struct str why) {
    const struct vocabulary *system = &ref->vocabulary->value;
    struct diagnostic *d =
        diag_at(l->diags, DIAG_TX0009, ref->span, "the codes of \"%.*s\" (%.*s) are not there",
                STR_ARG(ref->vocabulary->name), STR_ARG(system->id));
    if (why.len) {
        diag_note(l->diags, d, "%.*s", STR_ARG(why));
    }
    diag_hint(l->diags, d,
              "to ask only which system a code is of, compare its url: C.system = '%.*s'",
              STR_ARG(system->id));
}

static const struct value_set *find_set(struct linker *l, const struct expr *ref) {
    const struct vocabulary *set = &ref->vocabulary->value;
    struct str why = STR_NONE;
    const struct value_set *found = !l->terms ? NULL
                                    : set->is_value_set
                                        ? terms_find(l->terms, set->id, set->version, &why)
                                        : terms_find_system(l->terms, set->id, set->version, &why);
    if (found) {
        return found;
    }
    struct str key = arena_format(&l->plan->arena, "%d%.*s|%.*s", set->is_value_set,
                                  STR_ARG(set->id), set->version.at ? (int)set->version.len : 0,
                                  set->version.at ? set->version.at : "");
    uint32_t one = 1;
    bool added = false;
    if (!key.at || map_add(&l->seen_sets, key, &one, &added) != STATUS_OK) {
        l->vectors->failed = true;
    } else if (added && set->is_value_set) {
        report_set(l, ref, set, why);
    } else if (added) {
        report_system(l, ref, why);
    }
    return NULL;
}

static void put_set(struct code_sink *sink, const struct expr *ref) {
    if (!sink->map) {
        return;
    }
    const struct value_set *set = find_set(sink->linker, ref);
    for (uint32_t i = 0; set && i < value_set_count(set); i++) {
        put_code(sink, value_set_code(set, i));
    }
    put_name(sink, ref->vocabulary->name);
}

static bool put_literal(struct code_sink *sink, const struct value *literal) {
    if (literal->kind == VALUE_CODE) {
        put_code(sink, literal->code);
        put_name(sink, literal->code->display.len ? literal->code->display : literal->code->code);
        return true;
    }
    if (literal->kind == VALUE_CONCEPT) {
        for (uint32_t i = 0; i < literal->concept->count; i++) {
            put_code(sink, &literal->concept->codes[i]);
        }
        put_name(sink, literal->concept->display);
        return true;
    }
    return literal->kind == VALUE_NULL;
}

/* Puts the codes of an expression that needs no record; false when it needs one. */
static bool put_codes(struct code_sink *sink, const struct expr *expr) {
    switch (expr->kind) {
    case EXPR_NULL:
        return true;
    case EXPR_LITERAL:
        return put_literal(sink, &expr->literal);
    case EXPR_VALUESET_REF:
        put_set(sink, expr);
        return true;
    case EXPR_CODE_REF:
    case EXPR_CONCEPT_REF:
        for (uint32_t i = 0; i < expr->code->value.count; i++) {
            put_code(sink, &expr->code->value.codes[i]);
        }
        put_name(sink, expr->code->name);
        return true;
    case EXPR_DEFINE_REF:
        return expr->definition->body && expr->definition->stratum == STRATUM_CONSTANT &&
               put_codes(sink, expr->definition->body);
    case EXPR_PROPERTY:
        return str_equal(expr->property.name, STR("codes")) && put_codes(sink, expr->args[0]);
    case EXPR_OPERATOR:
        if (expr->op != OP_TO_LIST && expr->op != OP_TO_CONCEPT_CODE &&
            expr->op != OP_TO_CONCEPT_CODES && expr->op != OP_EXPAND_VALUE_SET &&
            expr->op != OP_UNION_LIST) {
            return false;
        }
        break;
    case EXPR_LIST:
        break;
    case EXPR_AS:
        return put_codes(sink, expr->args[0]);
    default:
        return false;
    }
    for (uint32_t i = 0; i < expr->count; i++) {
        if (!put_codes(sink, expr->args[i])) {
            return false;
        }
    }
    return true;
}

bool codes_are_constant(const struct expr *codes) {
    struct code_sink sink = {0};
    return put_codes(&sink, codes);
}

/* Whether readers can compare the element's codes: it is a CodeableConcept or a Coding, or a list.
 */
static bool is_direct(uint16_t element) {
    const struct model_spec *spec = &model_element(element)->spec;
    if (spec->kind != SPEC_NAMED && spec->kind != SPEC_LIST) {
        return false;
    }
    struct str name = model_type(spec->type)->name;
    return str_equal(name, STR("CodeableConcept")) || str_equal(name, STR("Coding"));
}

static int order_keys(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* "type/element/" and the sorted codes: equal texts are equal filters. */
static struct str canonical(struct linker *l, const struct demand_filter *filter) {
    struct buf text;
    buf_init(&text);
    buf_add_format(&text, "%u/%u/", filter->type, filter->code_element);
    struct str *keys = mem_new(filter->codes.count ? filter->codes.count : 1, sizeof *keys);
    uint32_t count = 0;
    for (uint32_t i = 0; keys && i < filter->codes.capacity; i++) {
        if (filter->codes.slots[i].key.at) {
            keys[count++] = filter->codes.slots[i].key;
        }
    }
    if (keys) {
        qsort(keys, count, sizeof *keys, order_keys);
    }
    for (uint32_t i = 0; i < count; i++) {
        buf_add(&text, keys[i]);
        buf_add_char(&text, '\n');
    }
    struct str copy = keys && buf_status(&text) == STATUS_OK
                          ? arena_copy(&l->plan->arena, buf_str(&text))
                          : STR_NONE;
    mem_free(keys);
    buf_release(&text);
    l->vectors->failed = l->vectors->failed || !copy.at;
    return copy;
}

/* The number of an equal filter, or of this one, which is then kept. */
static uint32_t share_filter(struct linker *l, struct demand_filter *filter) {
    struct str key = canonical(l, filter);
    uint32_t number = l->all_filters.count;
    bool added = false;
    if (l->vectors->failed || map_add(&l->filters, key, &number, &added) != STATUS_OK) {
        l->vectors->failed = true;
    } else if (added) {
        struct demand_filter *kept = vector_add(l->vectors, &l->all_filters, sizeof *kept);
        if (kept) {
            *kept = *filter;
            return number;
        }
    }
    map_release(&filter->codes);
    return number;
}

static void link_retrieve(struct linker *l, struct plan_retrieve *planned) {
    const struct retrieve *retrieve = planned->retrieve;
    struct demand_filter filter = {.type = retrieve->type, .code_element = MODEL_NO_ELEMENT};
    planned->name = model_type(retrieve->type)->name;
    if (retrieve->codes && planned->constant) {
        struct code_sink sink = {.linker = l, .map = &planned->codes};
        map_release(&planned->codes);
        map_init(&planned->codes);
        put_codes(&sink, retrieve->codes);
        planned->declared = sink.count;
        planned->name = sink.names ? sink.name : planned->name;
        filter.by_value_set = retrieve->codes->kind == EXPR_VALUESET_REF;
    }
    planned->per_row =
        retrieve->codes && (!planned->constant || retrieve->code_element == MODEL_NO_ELEMENT ||
                            l->open_types[retrieve->type] || !is_direct(retrieve->code_element));
    if (retrieve->codes && !planned->per_row) {
        filter.code_element = retrieve->code_element;
        filter.primary_only = true;
        filter.wanted = planned->declared;
        for (uint32_t i = 0; i < planned->codes.capacity; i++) {
            uint32_t value = planned->codes.slots[i].value;
            bool added;
            if (planned->codes.slots[i].key.at &&
                map_add(&filter.codes, planned->codes.slots[i].key, &value, &added) != STATUS_OK) {
                l->vectors->failed = true;
            }
        }
    }
    filter.name = planned->name;
    planned->filter = share_filter(l, &filter);
}

static void drop_filters(struct linker *l) {
    struct demand_filter *filters = (struct demand_filter *)(void *)l->all_filters.at;
    for (uint32_t i = 0; i < l->all_filters.count; i++) {
        map_release(&filters[i].codes);
    }
    l->all_filters.count = 0;
    map_release(&l->filters);
    map_init(&l->filters);
}

/* The type with most filters, of those that have several; MODEL_NONE: each has one. */
static uint16_t busiest_type(const struct linker *l) {
    const struct demand_filter *filters = (struct demand_filter *)(void *)l->all_filters.at;
    uint16_t busiest = MODEL_NONE;
    uint32_t most = 1;
    for (uint32_t i = 0; i < l->all_filters.count; i++) {
        uint32_t same = 0;
        for (uint32_t k = 0; k < l->all_filters.count; k++) {
            same += filters[k].type == filters[i].type;
        }
        if (same > most) {
            most = same;
            busiest = filters[i].type;
        }
    }
    return busiest;
}

/* Rows have a bit a filter, 64 in all. Where that is not enough, the type with most filters keeps
 * one that takes all its rows, and the machine compares their codes. */
static void link_retrieves(struct linker *l) {
    struct plan *plan = l->plan;
    while (!l->vectors->failed) {
        for (uint32_t i = 0; i < plan->retrieve_count; i++) {
            if (plan->retrieves[i].retrieve) {
                link_retrieve(l, &plan->retrieves[i]);
            }
        }
        if (l->all_filters.count <= FILTER_BITS) {
            return;
        }
        uint16_t busiest = busiest_type(l);
        if (busiest == MODEL_NONE) {
            diag_at(l->diags, DIAG_CQ0485, (struct span){0},
                    "the plan reads %u resource types; at most %d are possible",
                    l->all_filters.count, FILTER_BITS);
            return;
        }
        l->open_types[busiest] = true;
        drop_filters(l);
    }
}

/* The code system whose members are asked for. */
static const struct expr *asked_system(const struct expr *expr) {
    const struct expr *system = NULL;
    if (expr->kind == EXPR_OPERATOR) {
        struct str name = str_from(operator_info(expr->op)->name);
        bool asks = str_equal(name, STR("InCodeSystem")) || str_equal(name, STR("AnyInCodeSystem"));
        system = asks ? expr->args[1] : NULL;
    } else if (expr->kind == EXPR_RETRIEVE) {
        system = expr->retrieve->codes;
    }
    while (system && system->kind == EXPR_DEFINE_REF) {
        system = system->definition->body;
    }
    return system && system->kind == EXPR_CODESYSTEM_REF ? system : NULL;
}

static bool look_for_sets(void *context, const struct expr *expr) {
    struct linker *l = context;
    const struct expr *ref = expr->kind == EXPR_VALUESET_REF ? expr : asked_system(expr);
    if (ref) {
        (void)find_set(l, ref);
    }
    return !l->vectors->failed && expr_each_part(expr, look_for_sets, l);
}

static bool convert_plain(struct plan *plan, const struct type *type, struct value *value) {
    struct op_context cx = {.arena = &plan->arena, .units = plan->units};
    struct value converted;
    if (value_is_null(value) || value_is_of_type(value, type)) {
        return true;
    }
    op_function *function = NULL;
    if (type->kind == TYPE_NAMED && value->type == MODEL_NONE) {
        bool number = value->kind == VALUE_INTEGER || value->kind == VALUE_LONG;
        if (type->name == MODEL_LONG && value->kind == VALUE_INTEGER) {
            function = op_to_long;
        } else if (type->name == MODEL_DECIMAL && number) {
            function = op_to_decimal;
        } else if (type->name == MODEL_QUANTITY && (number || value->kind == VALUE_DECIMAL)) {
            function = op_to_quantity;
        } else if (type->name == MODEL_DATETIME && value->kind == VALUE_DATE) {
            function = op_to_datetime;
        } else if (type->name == MODEL_CONCEPT && value->kind == VALUE_CODE) {
            function = op_to_concept;
        }
    }
    if (!function || function(&cx, value, &converted) != OP_OK) {
        return false;
    }
    *value = converted;
    return value_is_of_type(value, type);
}

/* A given value as the parameter's type, by the conversions that CQL does unasked. */
static bool convert_argument(struct plan *plan, const struct type *type, struct value *value) {
    if (type->kind != TYPE_INTERVAL || value->kind != VALUE_INTERVAL) {
        return convert_plain(plan, type, value);
    }
    struct interval *copy = ARENA_NEW(&plan->arena, struct interval);
    if (!copy) {
        return false;
    }
    *copy = *value->interval;
    value->interval = copy;
    return convert_plain(plan, type->of, &copy->low) && convert_plain(plan, type->of, &copy->high);
}

static const struct parameter *find_parameter(const struct plan *plan, struct str name) {
    for (const struct library *lib = plan->program->main; lib; lib = lib->next) {
        for (const struct parameter *p = lib->parameters; p; p = p->next) {
            if (str_equal(p->name, name)) {
                return p;
            }
        }
    }
    return NULL;
}

/* The one with the most similar name in the main library; NULL when it declares none. */
static const struct parameter *nearest_parameter(const struct plan *plan, struct str name) {
    const struct parameter *near = NULL;
    size_t least = SIZE_MAX;
    for (const struct parameter *p = plan->program->main->parameters; p; p = p->next) {
        size_t longer = p->name.len > name.len ? p->name.len : name.len;
        size_t distance = str_distance(p->name, name, longer);
        if (distance < least) {
            least = distance;
            near = p;
        }
    }
    return near;
}

static void link_argument(struct linker *l, const struct plan_argument *argument) {
    const struct parameter *p = find_parameter(l->plan, argument->name);
    if (!p) {
        struct diagnostic *d = diag_at(l->diags, DIAG_CQ0483, (struct span){0},
                                       "there is no parameter \"%.*s\"", STR_ARG(argument->name));
        const struct parameter *near = nearest_parameter(l->plan, argument->name);
        if (near) {
            diag_hint(l->diags, d, "the library declares \"%.*s\"", STR_ARG(near->name));
        }
        return;
    }
    struct value value = argument->value;
    if (!convert_argument(l->plan, p->type, &value)) {
        struct buf type;
        buf_init(&type);
        type_print(p->type, &type);
        diag_at(l->diags, DIAG_CQ0484, p->span,
                "the parameter \"%.*s\" must be %.*s, but this value is %s", STR_ARG(p->name),
                STR_ARG(buf_str(&type)), value_kind_name((enum value_kind)value.kind));
        buf_release(&type);
        return;
    }
    l->plan->arguments[p->number] = value;
    l->plan->argument_given[p->number] = true;
}

static void set_filters(struct linker *l) {
    struct plan *plan = l->plan;
    plan->filters = vector_freeze(l->vectors, &l->all_filters, sizeof(struct demand_filter));
    plan->demand.filters = plan->filters;
    plan->demand.filter_count = plan->filters ? l->all_filters.count : 0;
    plan->demand.type_filters_all = 0;
    for (uint32_t i = 0; i < plan->demand.filter_count; i++) {
        if (plan->filters[i].code_element == MODEL_NO_ELEMENT) {
            plan->demand.type_filters_all |= UINT64_C(1) << i;
        }
    }
}

enum status plan_link(struct plan *plan, const struct terms *terms,
                      const struct plan_argument *arguments, uint32_t argument_count,
                      struct diag_list *diags) {
    assert(!plan->linked);
    struct compiler vectors = {.plan = plan};
    struct linker l = {.plan = plan, .terms = terms, .diags = diags, .vectors = &vectors};
    uint64_t errors = diags->counts[SEVERITY_ERROR];
    l.open_types = ARENA_ARRAY(&plan->arena, model_type_count(), bool);
    vectors.failed = !l.open_types;
    map_init(&l.seen_sets);
    map_init(&l.filters);
    for (uint32_t i = 0; i < argument_count; i++) {
        link_argument(&l, &arguments[i]);
    }
    for (uint32_t i = 0; i < plan->block_count; i++) {
        look_for_sets(&l, block_body(&plan->blocks[i]));
    }
    link_retrieves(&l);
    bool fits = l.all_filters.count <= FILTER_BITS && !vectors.failed;
    if (fits) {
        set_filters(&l);
    }
    if (!fits || !plan->filters) {
        drop_filters(&l);
    }
    map_release(&l.seen_sets);
    map_release(&l.filters);
    mem_free(l.all_filters.at);
    plan->linked = true;
    if (vectors.failed || diags->out_of_memory || plan_make_demand(plan) != STATUS_OK) {
        return STATUS_NO_MEMORY;
    }
    return diags->counts[SEVERITY_ERROR] > errors ? STATUS_USER_ERROR : STATUS_OK;
}
