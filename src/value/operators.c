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

enum op_result operator_call(const struct operator_info *info, struct op_context *cx,
                             const struct value *args, uint32_t count, struct value *out) {
    bool null = false, ranged = false;
    for (uint32_t i = 0; i < count; i++) {
        null = null || value_is_null(&args[i]);
        ranged = ranged || args[i].kind == VALUE_UNCERTAINTY;
    }
    cx->reason = NULL_NOT_SAID;
    if (null && (info->flags & OP_STRICT)) {
        *out = value_null();
        return OP_OK;
    }
    if (ranged && !(info->flags & OP_RANGED)) {
        cx->reason = NULL_PRECISION;
        *out = value_null();
        return OP_OK;
    }
    return info->function(cx, args, out);
}
