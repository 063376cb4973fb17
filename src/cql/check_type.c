/* Types as the user writes them, and as the model has them. */
#include "cql/check.h"

const struct type *check_spec_type(struct checker *ck, struct model_spec spec, struct span span) {
    const struct type *made = NULL;
    if (spec.kind == SPEC_CHOICE || spec.kind == SPEC_LIST_OF_CHOICE) {
        const struct type **members =
            ARENA_ARRAY(ck->arena, spec.choice_count + 1u, const struct type *);
        if (!members) {
            return check_no_memory(ck);
        }
        for (uint32_t i = 0; i < spec.choice_count; i++) {
            members[i] = type_named(ck->types, spec.choices[i]);
        }
        made = type_choice(ck->types, spec.choice_count, members);
        made = spec.kind == SPEC_CHOICE ? made : type_list(ck->types, made);
    } else {
        made = type_named(ck->types, spec.type);
        made = spec.kind == SPEC_LIST ? type_list(ck->types, made) : made;
        made = spec.kind == SPEC_INTERVAL ? type_interval(ck->types, made) : made;
    }
    return check_made(ck, made, span);
}

/* "Observation.Component" of the identifiers from `first` on. */
static struct str join(struct checker *ck, const struct syntax *named, uint32_t first) {
    struct str text = named->kids[first]->text;
    for (uint32_t i = first + 1; i < named->count; i++) {
        text = arena_format(ck->arena, "%.*s.%.*s", STR_ARG(text), STR_ARG(named->kids[i]->text));
    }
    if (!text.at) {
        check_no_memory(ck);
    }
    return text;
}

uint16_t check_find_type(struct checker *ck, const struct syntax *named) {
    bool fhir = ck->frame->library->library->uses_fhir;
    if (named->count == 0) {
        return MODEL_NONE;
    }
    struct str first = named->kids[0]->text;
    struct str called = ck->frame->library->model_name;
    called = called.len ? called : STR("FHIR");
    bool is_system = str_equal(first, STR("System"));
    if (named->count > 1 && (is_system || (fhir && str_equal(first, called)))) {
        struct str name = join(ck, named, 1);
        return name.at ? model_find(is_system ? first : STR("FHIR"), name) : MODEL_NONE;
    }
    struct str name = join(ck, named, 0);
    return name.at ? model_find(fhir ? STR("") : STR("System"), name) : MODEL_NONE;
}

/* The name most like a type's, for a hint; empty when none is near. */
static struct str similar_type(struct str name) {
    struct str best = STR_NONE;
    size_t least = check_near(name);
    for (uint16_t i = 1; i < model_type_count(); i++) {
        struct str other = model_type(i)->name;
        size_t distance = str_equal_fold(name, other) ? 0 : str_distance(name, other, least);
        if (distance < least) {
            least = distance;
            best = other;
        }
    }
    return best;
}

static const struct type *named_type(struct checker *ck, const struct syntax *node) {
    uint16_t type = check_find_type(ck, node);
    if (type != MODEL_NONE) {
        return check_made(ck, type_named(ck->types, type), node->span);
    }
    if (ck->status != STATUS_OK || node->count == 0) {
        return NULL;
    }
    struct str name = join(ck, node, 0);
    if (ck->frame->library->model_unknown || check_is_told(ck, name, node->span)) {
        return NULL;
    }
    struct str near = similar_type(node->kids[node->count - 1]->text);
    struct diagnostic *d =
        diag_at(ck->diags, DIAG_CQ0110, node->span, "there is no type `%.*s`", STR_ARG(name));
    if (!ck->frame->library->library->uses_fhir && model_find(STR("FHIR"), name) != MODEL_NONE) {
        diag_hint(ck->diags, d, "it is a FHIR type: add `using FHIR version '4.0.1'`");
    } else if (near.len) {
        diag_hint(ck->diags, d, "did you mean `%.*s`?", STR_ARG(near));
    }
    check_tell(ck, name, node->span, d);
    return NULL;
}

/* Types of the kids from `first` on; NULL when one is wrong. */
static const struct type **kid_types(struct checker *ck, const struct syntax *node,
                                     uint32_t kid_of_kid, bool elements) {
    const struct type **types = ARENA_ARRAY(ck->arena, node->count + 1u, const struct type *);
    if (!types) {
        return check_no_memory(ck);
    }
    bool complete = true;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct syntax *kid = node->kids[i];
        kid = kid && elements ? kid->kids[kid_of_kid] : kid;
        types[i] = kid ? check_type(ck, kid) : NULL;
        complete = complete && types[i];
    }
    return complete ? types : NULL;
}

static const struct type *tuple_type(struct checker *ck, const struct syntax *node) {
    const struct type **types = kid_types(ck, node, 1, true);
    struct str *names = ARENA_ARRAY(ck->arena, node->count + 1u, struct str);
    if (!types || !names) {
        return NULL;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        names[i] = node->kids[i]->kids[0]->text;
        for (uint32_t j = 0; j < i; j++) {
            if (str_equal(names[i], names[j])) {
                diag_at(ck->diags, DIAG_CQ0101, node->kids[i]->span,
                        "the element `%.*s` is there twice", STR_ARG(names[i]));
                return NULL;
            }
        }
    }
    return check_made(ck, type_tuple(ck->types, node->count, names, types), node->span);
}

const struct type *check_type(struct checker *ck, const struct syntax *node) {
    switch (node->kind) {
    case SYNTAX_NAMED_TYPE:
        return named_type(ck, node);
    case SYNTAX_LIST_TYPE:
    case SYNTAX_INTERVAL_TYPE: {
        const struct type *of = node->kids[0] ? check_type(ck, node->kids[0]) : NULL;
        if (!of) {
            return NULL;
        }
        bool list = node->kind == SYNTAX_LIST_TYPE;
        return check_made(ck, list ? type_list(ck->types, of) : type_interval(ck->types, of),
                          node->span);
    }
    case SYNTAX_TUPLE_TYPE:
        return tuple_type(ck, node);
    case SYNTAX_CHOICE_TYPE: {
        const struct type **types = kid_types(ck, node, 0, false);
        return types ? check_made(ck, type_choice(ck->types, node->count, types), node->span)
                     : NULL;
    }
    default:
        return NULL;
    }
}
