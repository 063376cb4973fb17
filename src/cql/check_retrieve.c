/* Retrieves: [Type: path comparator terminology]. Whatever the terminology is written as, `codes`
 * is a value set, a code system, or a list of codes (or of strings, for elements that are plain
 * codes). */
#include "cql/check.h"

static bool is_vocabulary(const struct type *type) {
    return check_is(type, MODEL_VALUESET) || check_is(type, MODEL_CODESYSTEM);
}

static struct expr *list_of_one(struct checker *ck, struct expr *item) {
    struct expr *list =
        check_node1(ck, EXPR_LIST, type_list(ck->types, item->type), item->span, item);
    if (list) {
        list->implicit = true;
    }
    return list;
}

static struct expr *codes_of(struct checker *ck, struct expr *concept) {
    struct expr *codes = check_property(ck, concept, STR("codes"), concept->span);
    if (codes) {
        codes->implicit = true;
    }
    return codes;
}

/* The terminology as what a retrieve takes; NULL without a report when it is something else. */
static struct expr *as_codes(struct checker *ck, struct expr *terminology) {
    struct str helper;
    const struct type *target = check_helper_target(ck, terminology->type, &helper);
    if (target) {
        terminology = check_ensure(ck, terminology, target);
    }
    if (!terminology) {
        return NULL;
    }
    const struct type *type = terminology->type;
    if (is_vocabulary(type)) {
        return terminology;
    }
    if (check_is(type, MODEL_CODE) || check_is(type, MODEL_STRING)) {
        return list_of_one(ck, terminology);
    }
    if (check_is(type, MODEL_CONCEPT)) {
        return codes_of(ck, terminology);
    }
    if (type->kind != TYPE_LIST) {
        return NULL;
    }
    if (check_is(type->of, MODEL_CODE) || check_is(type->of, MODEL_STRING)) {
        return terminology;
    }
    if (check_is(type->of, MODEL_CONCEPT)) {
        return codes_of(ck, terminology);
    }
    const struct type *codes = type_list(ck->types, ck->system[MODEL_CODE]);
    return codes && check_find_conversion(ck, type, codes) ? check_ensure(ck, terminology, codes)
                                                           : NULL;
}

/* The ELM operator that asks whether codes of the type are wanted. */
static const char *match_operator(const struct type *path, const struct type *codes) {
    bool list = path->kind == TYPE_LIST;
    return codes->kind == TYPE_LIST          ? "Equivalent"
           : check_is(codes, MODEL_VALUESET) ? (list ? "AnyInValueSet" : "InValueSet")
                                             : (list ? "AnyInCodeSystem" : "InCodeSystem");
}

/* The element's codes must be comparable with the terminology: tried on an element with no value.
 */
static bool fits_path(struct checker *ck, const struct type *path, const struct expr *codes,
                      struct span span) {
    bool items = codes->type->kind == TYPE_LIST;
    struct expr element = {.kind = EXPR_ALIAS_REF,
                           .type = items && path->kind == TYPE_LIST ? path->of : path,
                           .span = span};
    struct expr wanted = {
        .kind = EXPR_ALIAS_REF, .type = items ? codes->type->of : codes->type, .span = span};
    struct expr *args[2] = {&element, &wanted};
    struct call call = {STR("~"), 2, args, PRECISION_NONE, span};
    struct resolution found;
    return check_resolve_operator(ck, &call, str_from(match_operator(path, codes->type)), &found);
}

static void report_element(struct checker *ck, const struct model_type *model,
                           const struct syntax *name) {
    diag_at(ck->diags, DIAG_CQ0102, name->span, "FHIR.%.*s has no `%.*s`", STR_ARG(model->name),
            STR_ARG(name->kids[0]->text));
}

static void report_terminology(struct checker *ck, const struct syntax *node,
                               const struct expr *terminology, struct str path,
                               const struct type *type) {
    if (ck->status == STATUS_OK) {
        struct str given = check_type_text(ck, terminology->type);
        struct str element = check_type_text(ck, type);
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0141, node->kids[1]->span,
                                       "%.*s cannot select by `%.*s`, which is %.*s",
                                       STR_ARG(given), STR_ARG(path), STR_ARG(element));
        diag_hint(ck->diags, d, "give a value set, a code, a concept or a list of codes");
    }
}

static bool find_path(struct checker *ck, const struct syntax *node, const struct model_type *model,
                      struct retrieve *out) {
    const struct syntax *path = node->kids[3];
    if (path) {
        out->code_path = path->kids[0]->text;
        out->code_element = model_find_element(out->type, out->code_path);
    } else {
        out->code_element = model->primary_code_element;
        out->code_path = out->code_element == MODEL_NO_ELEMENT
                             ? STR_NONE
                             : model_element(out->code_element)->name;
    }
    if (out->code_element != MODEL_NO_ELEMENT) {
        return true;
    }
    if (path) {
        report_element(ck, model, path);
    } else {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0142, node->span,
                                       "%.*s has no usual code element", STR_ARG(model->name));
        diag_hint(ck->diags, d, "name the element: [%.*s: element in ...]", STR_ARG(model->name));
    }
    return false;
}

static enum code_comparator comparator_of(const struct syntax *node, const struct expr *given) {
    switch (node->word) {
    case WORD_IN:
        return CODES_IN;
    case WORD_EQUAL:
        return CODES_EQUAL;
    case WORD_EQUIVALENT:
        return CODES_EQUIVALENT;
    default:
        return given->type->kind == TYPE_LIST || is_vocabulary(given->type) ? CODES_IN
                                                                            : CODES_EQUIVALENT;
    }
}

static bool check_filter(struct checker *ck, const struct syntax *node,
                         const struct model_type *model, struct retrieve *out) {
    struct expr *terminology = check_kid(ck, node, 1);
    if (!terminology || !find_path(ck, node, model, out)) {
        return false;
    }
    const struct type *path =
        check_spec_type(ck, model_element(out->code_element)->spec, node->span);
    if (!path) {
        return false;
    }
    out->comparator = comparator_of(node, terminology);
    out->codes = as_codes(ck, terminology);
    if (out->codes && fits_path(ck, path, out->codes, node->kids[1]->span)) {
        return true;
    }
    report_terminology(ck, node, terminology, out->code_path, path);
    return false;
}

static uint16_t retrieved_type(struct checker *ck, const struct syntax *node) {
    const struct type *type = node->kids[0] ? check_type(ck, node->kids[0]) : NULL;
    if (!type) {
        return MODEL_NONE;
    }
    if (type->kind == TYPE_NAMED && model_type(type->name)->is_retrievable) {
        return type->name;
    }
    struct str text = check_type_text(ck, type);
    struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0140, node->kids[0]->span,
                                   "%.*s cannot be retrieved", STR_ARG(text));
    diag_hint(ck->diags, d, "only resources can: Observation, Condition, MedicationRequest ...");
    return MODEL_NONE;
}

/* The context of a related-context retrieve as the id it names, a String: of a patient, of a
 * reference, or a text itself (CQL 1.5, developer's guide, related context retrieves). */
static struct expr *check_context(struct checker *ck, const struct syntax *node) {
    struct expr *context = check_expr(ck, node);
    if (!context) {
        return NULL;
    }
    const struct type *given = context->type;
    if (given->kind == TYPE_NAMED && given->name >= MODEL_SYSTEM_COUNT) {
        struct str name = model_type(given->name)->name;
        struct str element = str_equal(name, STR("Patient"))     ? STR("id")
                             : str_equal(name, STR("Reference")) ? STR("reference")
                                                                 : STR_NONE;
        context = element.len ? check_property(ck, context, element, node->span) : context;
    }
    const struct type *string = ck->system[MODEL_STRING];
    if (context &&
        (check_is_untyped(context) || check_find_conversion(ck, context->type, string))) {
        return check_ensure(ck, context, string);
    }
    if (context && ck->status == STATUS_OK) {
        struct str text = check_type_text(ck, given);
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0143, node->span,
                                       "%.*s does not say whose record to read", STR_ARG(text));
        diag_hint(ck->diags, d,
                  "give one patient, one reference to a patient, or the patient's id");
    }
    return NULL;
}

/* ---- Codes inside an element ----
 *
 * [Encounter: hospitalization.dischargeDisposition in "Home"]: the path may have qualifiers and
 * constant indexers (CQL 1.5, grammar simplePath; ELM, Retrieve.codeProperty). It is the query over
 * all of the type that asks the same of each. */

static const struct syntax *first_name(const struct syntax *path) {
    while (path->kind != SYNTAX_NAME) {
        path = path->kids[0];
    }
    return path;
}

/* The element at the path of a row. */
static struct expr *element_at(struct checker *ck, const struct syntax *path,
                               const struct variable *row) {
    const struct syntax *first = first_name(path);
    if (!check_property_type(ck, row->type, first->kids[0]->text, first->span)) {
        report_element(ck, model_type(row->type->name), first);
        return NULL;
    }
    const struct local *outer = ck->frame->locals;
    struct local local = {.kind = EXPR_ALIAS_REF, .variable = row, .is_row = true};
    ck->frame->locals = &local;
    struct expr *element = check_expr(ck, path);
    ck->frame->locals = outer;
    return element;
}

static struct expr *make_query(struct checker *ck, struct query *query, const struct type *row,
                               struct span span) {
    const struct type *type = check_made(ck, type_list(ck->types, row), span);
    struct expr *expr = type && query->where ? check_node(ck, EXPR_QUERY, type, span) : NULL;
    if (expr) {
        expr->query = query;
        expr->implicit = true;
    }
    return expr;
}

static struct expr *any_of(struct checker *ck, struct expr *element, struct expr *codes,
                           struct span span) {
    if (codes->type->kind != TYPE_LIST) {
        return check_operator2(ck, match_operator(element->type, codes->type), "in", element, codes,
                               span);
    }
    struct query *query = ARENA_NEW(ck->arena, struct query);
    struct query_source *sources = ARENA_ARRAY(ck->arena, 2, struct query_source);
    bool list = element->type->kind == TYPE_LIST;
    struct variable *one =
        check_variable(ck, STR("$element"), list ? element->type->of : element->type, span);
    struct variable *code = check_variable(ck, STR("$code"), codes->type->of, span);
    if (!query || !sources || !one || !code) {
        return check_no_memory(ck);
    }
    sources[0] = (struct query_source){one, element, list};
    sources[1] = (struct query_source){code, codes, true};
    query->source_count = 2;
    query->sources = sources;
    struct expr *left = check_variable_ref(ck, EXPR_ALIAS_REF, one, span);
    struct expr *right = check_variable_ref(ck, EXPR_ALIAS_REF, code, span);
    query->where = left && right ? check_operator2(ck, "Equivalent", "~", left, right, span) : NULL;
    query->returns = check_variable_ref(ck, EXPR_ALIAS_REF, code, span);
    struct expr *found = query->returns ? make_query(ck, query, code->type, span) : NULL;
    return found ? check_operator1(ck, "Exists", "exists", found, span) : NULL;
}

/* `rows`: all of the type. */
static struct expr *check_path_filter(struct checker *ck, const struct syntax *node,
                                      struct expr *rows) {
    const struct syntax *path = node->kids[3];
    struct expr *terminology = check_kid(ck, node, 1);
    struct query *query = ARENA_NEW(ck->arena, struct query);
    struct query_source *source = ARENA_NEW(ck->arena, struct query_source);
    struct variable *row = check_variable(ck, STR("$row"), rows->type->of, node->span);
    if (!query || !source || !row) {
        return check_no_memory(ck);
    }
    struct expr *element = terminology ? element_at(ck, path, row) : NULL;
    struct expr *codes = element ? as_codes(ck, terminology) : NULL;
    if (!element || !codes || !fits_path(ck, element->type, codes, node->kids[1]->span)) {
        if (element) {
            struct span span = path->span;
            struct str text = {span.source->text.at + span.start, span.end - span.start};
            report_terminology(ck, node, terminology, text, element->type);
        }
        return NULL;
    }
    *source = (struct query_source){row, rows, true};
    query->source_count = 1;
    query->sources = source;
    query->where = any_of(ck, element, codes, node->span);
    return make_query(ck, query, row->type, node->span);
}

struct expr *check_retrieve(struct checker *ck, const struct syntax *node) {
    uint16_t type = retrieved_type(ck, node);
    if (type == MODEL_NONE) {
        return NULL;
    }
    struct retrieve *retrieve = ARENA_NEW(ck->arena, struct retrieve);
    if (!retrieve) {
        return check_no_memory(ck);
    }
    retrieve->type = type;
    retrieve->code_element = MODEL_NO_ELEMENT;
    retrieve->code_path = STR("");
    bool inside = node->kids[3] && node->kids[3]->kind != SYNTAX_NAME;
    if (node->kids[1] && !inside && !check_filter(ck, node, model_type(type), retrieve)) {
        return NULL;
    }
    if (node->kids[2]) {
        retrieve->context = check_context(ck, node->kids[2]);
        if (!retrieve->context) {
            return NULL;
        }
        ck->frame->reads_population = true;
    }
    retrieve->number = ck->program->retrieve_count++;
    retrieve->in = ck->frame->definition;
    check_note_read(ck);
    const struct type *result = type_list(ck->types, type_named(ck->types, type));
    struct expr *expr =
        result ? check_node(ck, EXPR_RETRIEVE, result, node->span) : check_no_memory(ck);
    if (expr) {
        expr->retrieve = retrieve;
    }
    return expr && inside ? check_path_filter(ck, node, expr) : expr;
}
