/* Names of definitions become definitions; units become units. */
#include "trial/document_walk.h"
#include "trial/trial_internal.h"
#include "value/ucum.h"

/* What a definition named there must give; NULL: anything. */
static const char *wanted_type(const struct schema_key *key, uint16_t *type) {
    static const struct {
        uint8_t object;
        const char *key; /* NULL: any other */
        uint16_t type;   /* 0 with words: a list of tuples */
        const char *words;
    } rows[] = {
        {SCHEMA_OBJECT_endpoint, NULL, 0, NULL},
        {SCHEMA_OBJECT_biomarker, NULL, 0, "a list of tuples, as Labs.readings gives it"},
        {SCHEMA_OBJECT_safety, NULL, 0, "a list of tuples, as Adverse.Reported gives it"},
        {SCHEMA_OBJECT_safety_event, "grade", MODEL_INTEGER, "Integer"},
        {SCHEMA_OBJECT_safety_event, NULL, 0, NULL},
        {SCHEMA_OBJECT_stages, NULL, MODEL_STRING, "String"},
        {SCHEMA_OBJECT_stratum, NULL, MODEL_STRING, "String or Boolean"},
        {SCHEMA_OBJECT_allocation, NULL, MODEL_DATETIME, "DateTime"},
        {SCHEMA_OBJECT_subject, "bed", MODEL_STRING, "String"},
        {SCHEMA_OBJECT_subject, "weight", MODEL_QUANTITY, "Quantity"},
        {SCHEMA_OBJECT_drug, NULL, 0, "a list of tuples, as Dosing.Given and Dosing.Ordered do"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].object == key->object && (!rows[i].key || !strcmp(rows[i].key, key->key))) {
            *type = rows[i].type;
            return rows[i].words;
        }
    }
    *type = MODEL_BOOLEAN;
    return "Boolean";
}

static bool gives(const struct definition *definition, uint16_t wanted) {
    const struct type *type = definition->type;
    return type && (wanted ? type->kind == TYPE_NAMED && type->name == wanted
                           : type->kind == TYPE_LIST && type->of->kind == TYPE_TUPLE);
}

static void hint_define(struct trial_build *build, struct diagnostic *d, struct str name) {
    const struct definition *near = NULL;
    size_t near_distance = 4;
    const struct definition *definition = build->trial->program->main->definitions;
    for (; definition; definition = definition->next) {
        size_t distance =
            str_equal_fold(name, definition->name) ? 0 : str_distance(name, definition->name, 3);
        if (distance < near_distance) {
            near = definition;
            near_distance = distance;
        }
    }
    if (near) {
        diag_hint(build->diags, d, "did you mean '%.*s'?", STR_ARG(near->name));
    } else {
        diag_hint(build->diags, d, "write it in %.*s: define \"%.*s\": ...",
                  STR_ARG(build->document->logic.text), STR_ARG(name));
    }
}

static void check_type(struct trial_build *build, const struct schema_key *key,
                       const struct trial_define *define) {
    const struct definition *definition = define->definition;
    uint16_t wanted = 0;
    const char *words = wanted_type(key, &wanted);
    bool either = key->object == SCHEMA_OBJECT_stratum && gives(definition, MODEL_BOOLEAN);
    if (!words || !definition->body || either || gives(definition, wanted)) {
        return;
    }
    struct buf type;
    buf_init(&type);
    type_print(definition->type, &type);
    struct diagnostic *d = diag_at(build->diags, DIAG_TR0107, define->place.span,
                                   "'%.*s' gives %.*s, and '%s' wants %s", STR_ARG(define->name),
                                   STR_ARG(buf_str(&type)), key->key, words);
    diag_note(build->diags, d, "it is defined in %.*s, line %u",
              STR_ARG(definition->span.source ? definition->span.source->name : STR_NONE),
              definition->span.source
                  ? (unsigned)diag_locate(definition->span.source, definition->span.start).line
                  : 0);
    buf_release(&type);
}

static void resolve_define(struct trial_build *build, const struct schema_key *key,
                           struct trial_define *define) {
    define->definition = program_find(build->trial->program, define->name);
    if (define->definition) {
        check_type(build, key, define);
        return;
    }
    struct diagnostic *d = diag_at(build->diags, DIAG_TR0106, define->place.span,
                                   "there is no definition '%.*s'", STR_ARG(define->name));
    hint_define(build, d, define->name);
}

static bool wants_time(const struct schema_key *key) {
    static const char *const keys[] = {"every", "max_age", "within", "late_after"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(key->key, keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum status check_unit(struct trial_build *build, const struct schema_key *key,
                              const struct trial_quantity *quantity) {
    const struct unit *unit = unit_intern(build->trial->program->units, quantity->unit);
    if (!unit) {
        return STATUS_NO_MEMORY;
    }
    if (!unit_is_valid(unit)) {
        struct diagnostic *d = diag_at(build->diags, DIAG_TR0113, quantity->place.span,
                                       "'%.*s' is no unit", STR_ARG(quantity->unit));
        diag_hint(build->diags, d, "units are written in UCUM: mg, mL, ug, h, d, wk");
    } else if (wants_time(key) && unit_date_precision(unit) == PRECISION_NONE) {
        struct diagnostic *d =
            diag_at(build->diags, DIAG_TR0113, quantity->place.span,
                    "'%s' wants a time, and '%.*s' is none", key->key, STR_ARG(quantity->unit));
        diag_hint(build->diags, d, "write it in h, d or wk");
    }
    return STATUS_OK;
}

struct resolver {
    struct trial_build *build;
    enum status status;
};

static void visit(void *context, const struct schema_key *key, void *object, void *member) {
    (void)object;
    struct resolver *r = context;
    if (key->kind == SCHEMA_DEFINE) {
        resolve_define(r->build, key, member);
    } else if (key->kind == SCHEMA_QUANTITY && key->object != SCHEMA_OBJECT_stated &&
               r->status == STATUS_OK) {
        r->status = check_unit(r->build, key, member);
    } else if (key->object == SCHEMA_OBJECT_biomarker && strcmp(key->key, "unit") == 0) {
        const struct trial_text *unit = member;
        const struct trial_quantity one = {.place = unit->place, .unit = unit->text};
        r->status = check_unit(r->build, key, &one);
    } else if (key->kind == SCHEMA_QUANTITIES) {
        const struct trial_quantity_list *list = member;
        for (uint32_t i = 0; i < list->count && r->status == STATUS_OK; i++) {
            r->status = check_unit(r->build, key, &list->items[i]);
        }
    }
}

/* The definitions of the laid out criteria, found by their place. */
static void take_definitions(struct trial_build *build, const struct trial_criterion_list *list,
                             uint32_t *at) {
    struct criterion *criteria = (struct criterion *)(uintptr_t)build->trial->criteria;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct trial_criterion *item = &list->items[i];
        const struct trial_group *group = item->any_of ? item->any_of : item->all_of;
        struct criterion *criterion = &criteria[(*at)++];
        criterion->define = group ? NULL : item->define.definition;
        criterion->applies = (group ? &group->applies : &item->applies)->definition;
        if (group) {
            take_definitions(build, &group->items, at);
        }
    }
}

enum status trial_resolve(struct trial_build *build) {
    struct resolver r = {build, STATUS_OK};
    document_walk(build->document, &(struct document_visitor){&r, NULL, visit});
    uint32_t at = 0;
    const struct trial_eligibility *eligibility = build->document->eligibility;
    if (eligibility && build->trial->criterion_count) {
        take_definitions(build, &eligibility->include, &at);
        take_definitions(build, &eligibility->exclude, &at);
    }
    return r.status;
}
