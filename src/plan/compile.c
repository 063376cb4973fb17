#include "plan/compile_internal.h"
#include "plan/lean.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>

/* A block that somebody referred to: exactly one is set. */
struct wanted {
    const struct definition *definition;
    const struct function *function;
    const struct parameter *parameter;
};

void *vector_add(struct compiler *c, struct vector *vector, size_t size) {
    if (c->failed) {
        return NULL;
    }
    if (vector->count == vector->capacity) {
        uint32_t capacity = vector->capacity ? vector->capacity * 2 : 32;
        char *grown = capacity > vector->capacity ? mem_resize(vector->at, capacity, size) : NULL;
        if (!grown) {
            c->failed = true;
            return NULL;
        }
        vector->at = grown;
        vector->capacity = capacity;
    }
    void *element = vector->at + (size_t)vector->count++ * size;
    return memset(element, 0, size);
}

void *vector_freeze(struct compiler *c, const struct vector *vector, size_t size) {
    void *copy = c->failed ? NULL : arena_new(&c->plan->arena, vector->count, size);
    if (!copy) {
        c->failed = true;
    } else if (vector->count) {
        memcpy(copy, vector->at, vector->count * size);
    }
    return copy;
}

static void most_of(struct frame_size *most, const struct frame_size *size) {
    most->registers = size->registers > most->registers ? size->registers : most->registers;
    most->cursors = size->cursors > most->cursors ? size->cursors : most->cursors;
    most->builders = size->builders > most->builders ? size->builders : most->builders;
}

uint32_t new_registers(struct compiler *c, uint32_t count) {
    uint32_t first = c->next.registers;
    c->next.registers += count;
    most_of(&c->most, &c->next);
    return first;
}

uint32_t new_register(struct compiler *c) {
    return new_registers(c, 1);
}

uint32_t new_cursor(struct compiler *c) {
    c->next.cursors++;
    most_of(&c->most, &c->next);
    return c->next.cursors - 1;
}

uint32_t new_builder(struct compiler *c, uint32_t count) {
    c->next.builders += count;
    most_of(&c->most, &c->next);
    return c->next.builders - count;
}

uint32_t emit(struct compiler *c, const struct expr *origin, enum instruction_code code, uint32_t a,
              uint32_t b, uint32_t field_c) {
    struct instruction *in = vector_add(c, &c->code, sizeof *in);
    const struct expr **place = vector_add(c, &c->origins, sizeof *place);
    if (!in || !place) {
        return 0;
    }
    *in = (struct instruction){.code = (uint8_t)code, .a = a, .b = b, .c = field_c};
    *place = origin;
    return c->code.count - 1;
}

struct instruction *at(struct compiler *c, uint32_t place) {
    assert(place < c->code.count);
    return (struct instruction *)(void *)c->code.at + place;
}

uint32_t here(const struct compiler *c) {
    return c->code.count;
}

void land(struct compiler *c, uint32_t place) {
    if (!c->failed) {
        at(c, place)->c = here(c);
    }
}

uint32_t add_constant(struct compiler *c, const struct value *value) {
    struct value *added = vector_add(c, &c->constants, sizeof *added);
    if (!added) {
        return 0;
    }
    *added = *value;
    return c->constants.count - 1;
}

void emit_constant(struct compiler *c, const struct expr *origin, uint32_t dest,
                   struct value value) {
    emit(c, origin, CODE_CONSTANT, dest, add_constant(c, &value), 0);
}

uint32_t add_property(struct compiler *c, struct str name, uint16_t element, bool on_list) {
    struct str key =
        arena_format(&c->plan->arena, "%u %d %.*s", element, (int)on_list, STR_ARG(name));
    uint32_t number = c->properties.count;
    bool is_new = false;
    c->failed =
        c->failed || !key.at || map_add(&c->known_properties, key, &number, &is_new) != STATUS_OK;
    struct plan_property *added =
        is_new && !c->failed ? vector_add(c, &c->properties, sizeof *added) : NULL;
    if (added) {
        *added = (struct plan_property){.name = name,
                                        .element = element,
                                        .on_list = on_list,
                                        .is_value = str_equal(name, STR("value"))};
    }
    return c->failed ? 0 : number;
}

uint32_t add_names(struct compiler *c, uint32_t count, const struct str *names, uint16_t type) {
    struct plan_names *added = vector_add(c, &c->names, sizeof *added);
    if (!added) {
        return 0;
    }
    *added = (struct plan_names){.count = count, .names = names, .type = type};
    return c->names.count - 1;
}

uint32_t add_type(struct compiler *c, const struct type *type) {
    const struct type **added = vector_add(c, &c->types, sizeof *added);
    if (!added) {
        return 0;
    }
    *added = type;
    return c->types.count - 1;
}

uint32_t variable_bind(struct compiler *c, const struct variable *variable) {
    assert(variable->slot < c->slot_count);
    return c->slots[variable->slot] = new_register(c);
}

uint32_t variable_register(const struct compiler *c, const struct variable *variable) {
    assert(variable->slot < c->slot_count);
    return c->slots[variable->slot];
}

/* Starts a block's code: nothing of the block before it is left. */
static bool start_block(struct compiler *c, uint32_t slot_count) {
    c->code.count = c->origins.count = c->hoists.count = 0;
    c->next = c->most = (struct frame_size){0};
    c->scope = NULL;
    c->slot_count = slot_count;
    mem_free(c->slots);
    mem_free(c->inside);
    c->slots = mem_new(slot_count ? slot_count : 1, sizeof *c->slots);
    c->inside = mem_new(slot_count ? slot_count : 1, sizeof *c->inside);
    c->look_number = 0;
    c->failed = c->failed || !c->slots || !c->inside;
    for (uint32_t i = 0; i < slot_count && !c->failed; i++) {
        c->slots[i] = NO_BLOCK;
    }
    return !c->failed;
}

static void finish_block(struct compiler *c, const struct expr *body, struct block block) {
    uint32_t result = new_register(c);
    compile_expr(c, body, result);
    emit(c, body, CODE_RETURN, 0, result, 0);
    block.length = c->code.count;
    block.frame = c->most;
    block.code = vector_freeze(c, &c->code, sizeof(struct instruction));
    block.origin = vector_freeze(c, &c->origins, sizeof(struct expr *));
    struct block *added = vector_add(c, &c->blocks, sizeof *added);
    if (added) {
        *added = block;
    }
}

static void compile_block(struct compiler *c, const struct wanted *w) {
    if (w->definition) {
        const struct definition *d = w->definition;
        c->definition_blocks[d->number] = c->blocks.count;
        c->definitions[d->number] = d;
        if (start_block(c, d->slot_count)) {
            finish_block(c, d->body, (struct block){.definition = d});
        }
    } else if (w->parameter) {
        const struct parameter *p = w->parameter;
        c->parameters[p->number] = p;
        if (p->default_value) {
            c->parameter_blocks[p->number] = c->blocks.count;
            if (start_block(c, p->slot_count)) {
                finish_block(c, p->default_value, (struct block){.parameter = p});
            }
        }
    } else {
        const struct function *f = w->function;
        c->function_blocks[f->number] = c->blocks.count;
        c->functions[f->number] = f;
        if (start_block(c, f->slot_count)) {
            for (uint32_t i = 0; i < f->operand_count; i++) {
                variable_bind(c, f->operands[i]);
            }
            finish_block(c, f->body,
                         (struct block){.function = f, .operand_count = f->operand_count});
        }
    }
}

/* Whether block `b` of the chain can be given its depth: everything that it calls comes first. */
static bool measure(struct compiler *c, uint32_t index, uint8_t *state, uint32_t depth) {
    struct block *block = (struct block *)(void *)c->blocks.at + index;
    if (state[index] == 2) {
        return true;
    }
    if (state[index] == 1 || depth >= LIMIT_CALL_DEPTH) {
        return false;
    }
    state[index] = 1;
    struct frame_size below = {0};
    for (uint32_t i = 0; i < block->length; i++) {
        const struct instruction *in = &block->code[i];
        bool define = in->code == CODE_DEFINE || in->code == CODE_EACH;
        uint32_t callee = define                       ? c->plan->definition_blocks[in->b]
                          : in->code == CODE_PARAMETER ? c->plan->parameter_blocks[in->b]
                          : in->code == CODE_CALL      ? c->plan->function_blocks[in->c]
                                                       : NO_BLOCK;
        if (callee == NO_BLOCK) {
            continue;
        }
        if (!measure(c, callee, state, depth + 1)) {
            return false;
        }
        const struct block *called = (struct block *)(void *)c->blocks.at + callee;
        most_of(&below, &called->deepest);
        block->depth = called->depth > block->depth ? called->depth : block->depth;
    }
    block->depth++;
    block->deepest = (struct frame_size){block->frame.registers + below.registers,
                                         block->frame.cursors + below.cursors,
                                         block->frame.builders + below.builders};
    state[index] = 2;
    return true;
}

void compiler_measure(struct compiler *c) {
    uint8_t *state = mem_new(c->blocks.count ? c->blocks.count : 1, 1);
    if (!state) {
        c->failed = true;
        return;
    }
    for (uint32_t i = 0; i < c->blocks.count; i++) {
        const struct block *block = (struct block *)(void *)c->blocks.at + i;
        if (!measure(c, i, state, 0)) {
            struct span span = block->definition ? block->definition->span
                               : block->function ? block->function->span
                                                 : block->parameter->span;
            struct str name = block->definition ? block->definition->name
                              : block->function ? block->function->name
                                                : block->parameter->name;
            diag_at(c->diags, DIAG_CQ0480, span,
                    "\"%.*s\" depends on itself, or on a chain of more than %d definitions",
                    STR_ARG(name), LIMIT_CALL_DEPTH);
            break;
        }
        most_of(&c->plan->deepest, &block->deepest);
    }
    mem_free(state);
}

static struct wanted *want(struct compiler *c, uint32_t *block) {
    if (*block != NO_BLOCK) {
        return NULL;
    }
    *block = NO_BLOCK - 1; /* in the queue */
    return vector_add(c, &c->wanted, sizeof(struct wanted));
}

void want_definition(struct compiler *c, const struct definition *definition) {
    struct wanted *w = definition->body ? want(c, &c->definition_blocks[definition->number]) : NULL;
    if (w) {
        w->definition = definition;
    }
}

void want_function(struct compiler *c, const struct function *function) {
    struct wanted *w = function->body ? want(c, &c->function_blocks[function->number]) : NULL;
    if (w) {
        w->function = function;
    }
}

void want_parameter(struct compiler *c, const struct parameter *parameter) {
    struct wanted *w = want(c, &c->parameter_blocks[parameter->number]);
    if (w) {
        w->parameter = parameter;
    }
}

static void want_output(struct compiler *c, const struct definition *definition) {
    if (definition->body) {
        c->plan->outputs[c->plan->output_count++] = definition;
        want_definition(c, definition);
    }
}

static void want_outputs(struct compiler *c, const struct plan_options *options) {
    uint32_t most = c->program->definition_count;
    if (options && options->outputs && options->output_count > most) {
        most = options->output_count;
    }
    c->plan->logical_only = options && options->logical_only;
    c->plan->outputs = ARENA_ARRAY(&c->plan->arena, most, const struct definition *);
    if (!c->plan->outputs) {
        c->failed = true;
        return;
    }
    if (options && options->outputs) {
        for (uint32_t i = 0; i < options->output_count; i++) {
            want_output(c, options->outputs[i]);
        }
        return;
    }
    for (const struct definition *d = c->program->main->definitions; d; d = d->next) {
        if (!d->is_private) {
            want_output(c, d);
        }
    }
}

static uint32_t *numbered(struct compiler *c, uint32_t count) {
    uint32_t *blocks = ARENA_ARRAY(&c->plan->arena, count, uint32_t);
    for (uint32_t i = 0; blocks && i < count; i++) {
        blocks[i] = NO_BLOCK;
    }
    c->failed = c->failed || !blocks;
    return blocks;
}

static bool prepare(struct compiler *c) {
    struct plan *plan = c->plan;
    const struct program *program = c->program;
    c->definition_blocks = numbered(c, program->definition_count);
    c->function_blocks = numbered(c, program->function_count);
    c->parameter_blocks = numbered(c, program->parameter_count);
    c->definitions =
        ARENA_ARRAY(&plan->arena, program->definition_count, const struct definition *);
    c->functions = ARENA_ARRAY(&plan->arena, program->function_count, const struct function *);
    c->parameters = ARENA_ARRAY(&plan->arena, program->parameter_count, const struct parameter *);
    plan->retrieves = ARENA_ARRAY(&plan->arena, program->retrieve_count, struct plan_retrieve);
    plan->retrieve_count = program->retrieve_count;
    plan->arguments = ARENA_ARRAY(&plan->arena, program->parameter_count, struct value);
    plan->argument_given = ARENA_ARRAY(&plan->arena, program->parameter_count, bool);
    c->failed = c->failed || !c->definitions || !c->functions || !c->parameters ||
                !plan->retrieves || !plan->arguments || !plan->argument_given ||
                unit_table_new(program->units, &plan->units) != STATUS_OK;
    c->cx = (struct op_context){.arena = &plan->arena, .units = plan->units};
    return !c->failed;
}

static void freeze(struct compiler *c) {
    struct plan *plan = c->plan;
    /* Queued blocks without code (external functions, parameters without default) are none. */
    for (uint32_t i = 0; i < c->program->parameter_count; i++) {
        if (c->parameter_blocks[i] >= c->blocks.count) {
            c->parameter_blocks[i] = NO_BLOCK;
        }
    }
    plan->definition_blocks = c->definition_blocks;
    plan->function_blocks = c->function_blocks;
    plan->parameter_blocks = c->parameter_blocks;
    plan->definitions = c->definitions;
    plan->functions = c->functions;
    plan->parameters = c->parameters;
    compiler_measure(c);
    plan->block_count = c->blocks.count;
    plan->blocks = vector_freeze(c, &c->blocks, sizeof(struct block));
    plan->constant_count = c->constants.count;
    plan->constants = vector_freeze(c, &c->constants, sizeof(struct value));
    plan->property_count = c->properties.count;
    plan->properties = vector_freeze(c, &c->properties, sizeof(struct plan_property));
    plan->names_count = c->names.count;
    plan->names = vector_freeze(c, &c->names, sizeof(struct plan_names));
    plan->type_count = c->types.count;
    plan->types = vector_freeze(c, &c->types, sizeof(struct type *));
    plan->sort_count = c->sorts.count;
    plan->sorts = vector_freeze(c, &c->sorts, sizeof(struct plan_sort));
}

void compiler_release(struct compiler *c) {
    struct vector *vectors[] = {&c->blocks, &c->constants, &c->properties, &c->names,
                                &c->types,  &c->sorts,     &c->paths,      &c->wanted,
                                &c->code,   &c->origins,   &c->hoists};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        mem_free(vectors[i]->at);
    }
    map_release(&c->known_properties);
    mem_free(c->slots);
    mem_free(c->inside);
}

enum status plan_compile(const struct program *program, const struct plan_options *options,
                         struct diag_list *diags, struct plan **out) {
    *out = NULL;
    struct plan *plan = mem_new(1, sizeof *plan);
    if (!plan) {
        return STATUS_NO_MEMORY;
    }
    arena_init(&plan->arena, 0);
    plan->program = program;
    struct compiler c = {.plan = plan, .program = program, .diags = diags};
    map_init(&c.known_properties);
    uint64_t errors = diags->counts[SEVERITY_ERROR];
    if (prepare(&c)) {
        want_outputs(&c, options);
        for (uint32_t i = 0; i < c.wanted.count && !c.failed; i++) {
            struct wanted w = ((struct wanted *)(void *)c.wanted.at)[i];
            compile_block(&c, &w);
        }
        if (!c.failed) {
            freeze(&c);
        }
    }
    compiler_release(&c);
    enum status status =
        c.failed || diags->out_of_memory ? STATUS_NO_MEMORY : plan_make_demand(plan);
    if (status == STATUS_OK && diags->counts[SEVERITY_ERROR] == errors) {
        status = plan_make_lean(plan);
    }
    if (status == STATUS_OK && diags->counts[SEVERITY_ERROR] > errors) {
        status = STATUS_USER_ERROR;
    }
    if (status != STATUS_OK) {
        plan_free(plan);
        return status;
    }
    *out = plan;
    return STATUS_OK;
}

void plan_free(struct plan *plan) {
    if (!plan) {
        return;
    }
    for (uint32_t i = 0; i < plan->retrieve_count && plan->retrieves; i++) {
        map_release(&plan->retrieves[i].codes);
    }
    for (uint32_t i = 0; i < plan->demand.filter_count && plan->filters; i++) {
        map_release(&plan->filters[i].codes);
    }
    unit_table_free(plan->units);
    arena_release(&plan->arena);
    mem_free(plan);
}

const struct program *plan_program(const struct plan *plan) {
    return plan->program;
}

const struct demand *plan_demand(const struct plan *plan) {
    return &plan->demand;
}

const struct instruction_info *instruction_info(enum instruction_code code) {
    static const struct instruction_info table[CODE_COUNT] = {
#define INSTRUCTION(name, a, b, c, flow, sets, text)                                               \
    [CODE_##                                                                                       \
        name] = {#name, {OPERAND_##a, OPERAND_##b, OPERAND_##c}, FLOW_##flow, SETS_##sets, text},
#include "plan/instructions.def"
#undef INSTRUCTION
    };
    return &table[code];
}
