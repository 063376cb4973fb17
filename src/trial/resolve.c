/* Names of definitions become definitions; units become units. */
#include "trial/document_walk.h"
#include "trial/trial_internal.h"
#include "value/ucum.h"

static bool is_boolean(const struct definition *definition) {
    return definition->type && definition->type->kind == TYPE_NAMED &&
           definition->type->name == MODEL_BOOLEAN;
}

static bool is_string(const struct definition *definition) {
    return definition->type && definition->type->kind == TYPE_NAMED &&
           definition->type->name == MODEL_STRING;
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

/* What a definition named there must be. Endpoints and counted events give values of any type. */
static void check_type(struct trial_build *build, const struct schema_key *key,
                       const struct trial_define *define) {
    const struct definition *definition = define->definition;
    bool any = key->object == SCHEMA_OBJECT_endpoint || key->object == SCHEMA_OBJECT_safety_event;
    bool text = key->object == SCHEMA_OBJECT_stages;
    any |= key->object == SCHEMA_OBJECT_stratum && is_string(definition);
    if (any || !definition->body || (text ? is_string(definition) : is_boolean(definition))) {
        return;
    }
    struct buf type;
    buf_init(&type);
    type_print(definition->type, &type);
    struct diagnostic *d = diag_at(build->diags, DIAG_TR0107, define->place.span,
                                   "'%.*s' gives %.*s, and '%s' wants %s", STR_ARG(define->name),
                                   STR_ARG(buf_str(&type)), key->key, text ? "String" : "Boolean");
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
    static const char *const keys[] = {"every", "max_age", "within"};
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
