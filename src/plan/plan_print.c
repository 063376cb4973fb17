#include "plan/code.h"

#include "value/print.h"

static void print_quoted(struct str name, struct buf *out) {
    buf_add_char(out, '"');
    buf_add(out, name);
    buf_add_char(out, '"');
}

static void print_names(const struct plan_names *names, struct buf *out) {
    for (uint32_t i = 0; i < names->count; i++) {
        buf_add_cstr(out, i ? ", " : "{ ");
        buf_add(out, names->names[i]);
    }
    buf_add_cstr(out, " }");
}

static void print_sort(const struct plan_sort *sort, struct buf *out) {
    for (uint32_t i = 0; i < sort->count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        buf_add_cstr(out, sort->descending[i] ? "descending" : "ascending");
    }
}

static void print_path(const struct plan *plan, const struct plan_path *path, struct buf *out) {
    for (uint32_t i = 0; i < path->count; i++) {
        buf_add_char(out, '.');
        buf_add(out, plan->properties[path->properties[i]].name);
    }
}

/* An operand by its kind; false when it prints nothing. */
static bool print_operand(const struct plan *plan, enum operand_kind kind, uint32_t operand,
                          uint32_t count, struct buf *out) {
    switch (kind) {
    case OPERAND_NONE:
        return false;
    case OPERAND_OUT:
    case OPERAND_IN:
    case OPERAND_BOTH:
        buf_add_format(out, "r%u", operand);
        break;
    case OPERAND_VALUE:
        if (operand & CONSTANT_BIT) {
            value_print_cql(&plan->constants[operand & ~CONSTANT_BIT], out);
        } else {
            buf_add_format(out, "r%u", operand);
        }
        break;
    case OPERAND_RANGE:
        if (count == 0) {
            return false;
        }
        buf_add_format(out, count > 1 ? "r%u..r%u" : "r%u", operand, operand + count - 1);
        break;
    case OPERAND_CURSOR:
        buf_add_format(out, "cursor %u", operand);
        break;
    case OPERAND_BUILDER:
        buf_add_format(out, "list %u", operand);
        break;
    case OPERAND_JUMP:
        buf_add_format(out, "-> %u", operand);
        break;
    case OPERAND_FLAGS:
        buf_add_format(out, "%u", operand);
        break;
    case OPERAND_CONSTANT:
        value_print_cql(&plan->constants[operand], out);
        break;
    case OPERAND_OPERATOR:
        buf_add_cstr(out, operator_info((enum op_id)operand)->id);
        break;
    case OPERAND_PROPERTY:
        buf_add_char(out, '.');
        buf_add(out, plan->properties[operand].name);
        break;
    case OPERAND_NAMES:
        print_names(&plan->names[operand], out);
        break;
    case OPERAND_DEFINITION:
        print_quoted(plan->definitions[operand] ? plan->definitions[operand]->name : STR("?"), out);
        break;
    case OPERAND_PARAMETER:
        print_quoted(plan->parameters[operand] ? plan->parameters[operand]->name : STR("?"), out);
        break;
    case OPERAND_FUNCTION:
        print_quoted(plan->functions[operand] ? plan->functions[operand]->name : STR("?"), out);
        break;
    case OPERAND_RETRIEVE:
        buf_add_format(out, "retrieve %u", operand);
        break;
    case OPERAND_TYPE:
        type_print(plan->types[operand], out);
        break;
    case OPERAND_SORT:
        print_sort(&plan->sorts[operand], out);
        break;
    case OPERAND_PATH:
        print_path(plan, &plan->paths[operand], out);
        break;
    }
    return true;
}

static const char *precision_word(uint8_t precision) {
    static const char *const words[] = {"",     "year",   "month",  "week",       "day",
                                        "hour", "minute", "second", "millisecond"};
    return words[precision];
}

static void print_instruction(const struct plan *plan, const struct block *block, uint32_t place,
                              struct buf *out) {
    const struct instruction *in = &block->code[place];
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    const uint32_t operands[] = {in->a, in->b, in->c};
    buf_add_format(out, "%6u  %-9s ", place, info->name);
    bool first = true;
    for (int i = 0; i < 3; i++) {
        size_t before = out->len;
        if (!first) {
            buf_add_cstr(out, ", ");
        }
        if (print_operand(plan, info->operands[i], operands[i], in->count, out)) {
            first = false;
        } else {
            out->len = before;
        }
    }
    if (in->code == CODE_BINARY) {
        buf_add_format(out, ", %s", operator_info((enum op_id)in->count)->id);
    }
    if (in->precision) {
        buf_add_format(out, ", %s", precision_word(in->precision));
    }
    while (out->len && out->at[out->len - 1] == ' ') {
        out->len--;
    }
    buf_add_char(out, '\n');
}

static void print_retrieves(const struct plan *plan, struct buf *out) {
    for (uint32_t i = 0; i < plan->retrieve_count; i++) {
        const struct plan_retrieve *r = &plan->retrieves[i];
        if (!r->retrieve) {
            continue;
        }
        buf_add_format(out, "retrieve %u: ", i);
        buf_add(out, model_type(r->retrieve->type)->name);
        if (r->retrieve->codes && !plan->linked) {
            buf_add_format(out, ", %.*s in codes not linked yet", STR_ARG(r->retrieve->code_path));
        } else if (r->retrieve->codes && r->constant) {
            buf_add_format(out, ", %.*s in \"%.*s\" (%u codes)", STR_ARG(r->retrieve->code_path),
                           STR_ARG(r->name), r->declared);
        } else if (r->retrieve->codes) {
            buf_add_format(out, ", %.*s in computed codes", STR_ARG(r->retrieve->code_path));
        }
        if (plan->linked && r->filter != NO_FILTER) {
            buf_add_format(out, ", filter %u%s", r->filter,
                           r->per_row ? ", codes of each row" : "");
        }
        buf_add_char(out, '\n');
    }
}

static void print_demand(const struct plan *plan, struct buf *out) {
    for (uint16_t t = 0; plan->demand.shapes && t < model_type_count(); t++) {
        const struct shape *shape = &plan->demand.shapes[t];
        if (shape->count == 0 && !shape->whole) {
            continue;
        }
        buf_add_format(out, "demand %.*s:%s", STR_ARG(model_type(t)->name),
                       shape->whole ? " whole" : "");
        for (uint16_t i = 0; i < shape->count; i++) {
            buf_add_cstr(out, i || shape->whole ? ", " : " ");
            buf_add(out, model_element(shape->elements[i])->name);
        }
        buf_add_char(out, '\n');
    }
}

void plan_print(const struct plan *plan, bool lean, struct buf *out) {
    for (uint32_t i = 0; i < plan->block_count; i++) {
        const struct block *block = lean ? &plan->lean[i] : &plan->blocks[i];
        if (block->definition) {
            buf_add_cstr(out, "define ");
            print_quoted(block->definition->name, out);
        } else if (block->function) {
            buf_add_cstr(out, "function ");
            print_quoted(block->function->name, out);
            buf_add_format(out, " of %u", block->operand_count);
        } else {
            buf_add_cstr(out, "parameter ");
            print_quoted(block->parameter->name, out);
        }
        buf_add_format(out, " (%u registers)\n", block->frame.registers);
        for (uint32_t k = 0; k < block->length; k++) {
            print_instruction(plan, block, k, out);
        }
        buf_add_char(out, '\n');
    }
    print_retrieves(plan, out);
    print_demand(plan, out);
}
