/* Functions: their signatures are read when the library is declared, their bodies when they are
 * first called, so that the order in the file does not matter. */
#include "cql/check.h"

struct function_symbol *check_find_functions(struct check_library *library, struct str name) {
    uint32_t at;
    return map_find(&library->function_names, name, &at) ? library->functions[at] : NULL;
}

/* Puts the function into its library's list, with a number. */
static void list_function(struct checker *ck, struct function_symbol *symbol) {
    if (!symbol->listed) {
        symbol->listed = true;
        symbol->function->number = ck->program->function_count++;
        *symbol->library->last_function = symbol->function;
        symbol->library->last_function = &symbol->function->next;
    }
}

static void report_circle(struct checker *ck, const struct function_symbol *symbol) {
    struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0104, symbol->function->span,
                                   "`%.*s` calls itself", STR_ARG(symbol->function->name));
    diag_hint(ck->diags, d, "CQL has no recursion: use a query, or `aggregate`");
}

static void check_body(struct checker *ck, struct function_symbol *symbol) {
    struct function *function = symbol->function;
    const struct type *stated = function->type;
    struct local *locals = ARENA_ARRAY(ck->arena, function->operand_count + 1u, struct local);
    if (!locals) {
        check_no_memory(ck);
        return;
    }
    struct frame frame = {.library = symbol->library, .context = symbol->context};
    struct frame *outer = ck->frame;
    ck->frame = &frame;
    for (uint32_t i = 0; i < function->operand_count; i++) {
        function->operands[i]->slot = frame.slot_count++;
        check_push_local(ck, &locals[i], EXPR_OPERAND_REF, function->operands[i]);
    }
    struct expr *body = check_kid(ck, symbol->syntax, 1);
    if (body && stated) {
        body = check_convert_to(ck, body, stated, "what this function returns");
    }
    ck->frame = outer;
    function->body = body;
    function->type = body ? body->type : NULL;
    function->slot_count = frame.slot_count;
    symbol->reads = frame.reads;
    symbol->reads_population = frame.reads_population;
    symbol->uses_now = frame.uses_now;
}

bool check_any_broken(const struct function_symbol *first) {
    for (; first; first = first->next) {
        if (first->broken) {
            return true;
        }
    }
    return false;
}

bool check_function_body(struct checker *ck, struct function_symbol *symbol) {
    list_function(ck, symbol);
    if (symbol->state == STATE_BUSY) {
        report_circle(ck, symbol);
        return false;
    }
    if (symbol->state == STATE_NEW) {
        symbol->state = STATE_BUSY;
        if (!symbol->function->external && !symbol->broken) {
            check_body(ck, symbol);
        }
        symbol->state = STATE_DONE;
    }
    return symbol->function->type != NULL && !symbol->broken;
}

static bool read_operands(struct checker *ck, struct function_symbol *symbol) {
    const struct syntax *node = symbol->syntax;
    struct function *function = symbol->function;
    uint32_t count = node->count - 3;
    const struct type **types = ARENA_ARRAY(ck->arena, count + 1u, const struct type *);
    function->operands = ARENA_ARRAY(ck->arena, count + 1u, struct variable *);
    if (!types || !function->operands) {
        check_no_memory(ck);
        return false;
    }
    bool complete = true;
    for (uint32_t i = 0; i < count; i++) {
        const struct syntax *operand = node->kids[i + 3];
        types[i] = operand && operand->kids[1] ? check_type(ck, operand->kids[1]) : NULL;
        function->operands[i] =
            types[i] ? check_variable(ck, operand->kids[0]->text, types[i], operand->span) : NULL;
        complete = complete && function->operands[i];
    }
    function->operand_count = count;
    symbol->signature = (struct signature){.count = count, .operands = types};
    /* Resolution asks only whether there is a result; its type is known once the body is. */
    symbol->signature.result = ck->system[MODEL_ANY];
    return complete;
}

static bool same_operands(const struct signature *a, const struct signature *b) {
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++) {
        same = a->operands[i] == b->operands[i];
    }
    return same;
}

static void report_overload(struct checker *ck, const struct function_symbol *symbol,
                            const struct function_symbol *first) {
    for (const struct function_symbol *f = first; f && f != symbol; f = f->next) {
        if (!f->broken && same_operands(&f->signature, &symbol->signature)) {
            diag_at(ck->diags, DIAG_CQ0101, symbol->function->span,
                    "there is already a function `%.*s` with these operand types",
                    STR_ARG(symbol->function->name));
            return;
        }
    }
}

void check_read_signature(struct checker *ck, struct function_symbol *symbol,
                          struct function_symbol *first) {
    const struct syntax *node = symbol->syntax;
    struct function *function = symbol->function;
    if (node->is_wrong) {
        symbol->broken = true;
        return;
    }
    struct frame frame = {.library = symbol->library, .context = symbol->context};
    struct frame *outer = ck->frame;
    ck->frame = &frame;
    bool complete = read_operands(ck, symbol);
    if (node->kids[2]) {
        function->type = check_type(ck, node->kids[2]);
        complete = complete && function->type;
    }
    if (!node->kids[1] && !node->kids[2]) {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0154, function->span,
                                       "the external function `%.*s` must say what it returns",
                                       STR_ARG(function->name));
        diag_hint(ck->diags, d, "define function %.*s(...) returns Integer: external",
                  STR_ARG(function->name));
        complete = false;
    }
    ck->frame = outer;
    symbol->broken = !complete;
    if (complete) {
        report_overload(ck, symbol, first);
    }
}

struct function_symbol *check_add_function(struct checker *ck, struct check_library *library,
                                           const struct syntax *node, struct str context) {
    struct function_symbol *symbol = ARENA_NEW(ck->arena, struct function_symbol);
    struct function *function = ARENA_NEW(ck->arena, struct function);
    if (!symbol || !function) {
        return check_no_memory(ck);
    }
    function->name = node->kids[0]->text;
    function->library = library->library;
    function->is_private = node->word == WORD_PRIVATE;
    function->context = context;
    function->fluent = node->flags != 0;
    function->external = node->kids[1] == NULL;
    function->span = node->kids[0]->span;
    symbol->function = function;
    symbol->syntax = node;
    symbol->library = library;
    symbol->context = context;
    uint32_t at = library->function_name_count;
    bool added;
    if (map_add(&library->function_names, function->name, &at, &added) != STATUS_OK) {
        return check_no_memory(ck);
    }
    if (added) {
        library->functions[library->function_name_count++] = symbol;
    } else {
        struct function_symbol *last = library->functions[at];
        while (last->next) {
            last = last->next;
        }
        last->next = symbol;
    }
    if (!library->built_in) {
        list_function(ck, symbol);
    }
    return symbol;
}
