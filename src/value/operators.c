#include "value/operators.h"

#include <assert.h>

static const struct operator_info table[OP_ID_COUNT] = {
#define OPERATOR(id, name, operands, result, flags, function)                                      \
    [OP_##id] = {#id, name, operands, result, flags, function},
#include "value/operators.def"
#undef OPERATOR
};

const struct operator_info *operator_info(enum op_id id) {
    assert(id < OP_ID_COUNT);
    return &table[id];
}
