#include "plan/type_test.h"

uint16_t value_named_type(const struct value *value) {
    value = value->kind == VALUE_UNCERTAINTY ? &value->interval->low : value;
    static const uint16_t of_kind[] = {
        [VALUE_BOOLEAN] = MODEL_BOOLEAN,   [VALUE_INTEGER] = MODEL_INTEGER,
        [VALUE_LONG] = MODEL_LONG,         [VALUE_DECIMAL] = MODEL_DECIMAL,
        [VALUE_STRING] = MODEL_STRING,     [VALUE_DATE] = MODEL_DATE,
        [VALUE_DATETIME] = MODEL_DATETIME, [VALUE_TIME] = MODEL_TIME,
        [VALUE_QUANTITY] = MODEL_QUANTITY, [VALUE_RATIO] = MODEL_RATIO,
        [VALUE_CODE] = MODEL_CODE,         [VALUE_CONCEPT] = MODEL_CONCEPT,
    };
    if (value->type != MODEL_NONE) {
        return value->type;
    }
    if (value->kind == VALUE_VOCABULARY) {
        return value->vocabulary->is_value_set ? MODEL_VALUESET : MODEL_CODESYSTEM;
    }
    return value->kind < sizeof of_kind / sizeof *of_kind ? of_kind[value->kind] : MODEL_NONE;
}

static bool part_is(const struct value *value, const struct type *type) {
    return value_is_null(value) || value_is_of_type(value, type);
}

static bool tuple_is(const struct tuple *tuple, const struct type *type) {
    if (tuple->count != type->count) {
        return false;
    }
    for (uint32_t i = 0; i < tuple->count; i++) {
        if (!str_equal(tuple->names[i], type->names[i]) ||
            !part_is(&tuple->values[i], type->members[i])) {
            return false;
        }
    }
    return true;
}

static bool items_are(const struct list *list, const struct type *type) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (!part_is(&list->items[i], type)) {
            return false;
        }
    }
    return true;
}

bool value_is_of_type(const struct value *value, const struct type *type) {
    if (value_is_null(value)) {
        return false;
    }
    switch (type->kind) {
    case TYPE_NAMED: {
        uint16_t name = value_named_type(value);
        return type->name == MODEL_ANY ||
               (name != MODEL_NONE && (name == type->name || model_derives(name, type->name)));
    }
    case TYPE_LIST:
        return value->kind == VALUE_LIST && items_are(value->list, type->of);
    case TYPE_INTERVAL:
        return value->kind == VALUE_INTERVAL && part_is(&value->interval->low, type->of) &&
               part_is(&value->interval->high, type->of);
    case TYPE_TUPLE:
        return value->kind == VALUE_TUPLE && tuple_is(value->tuple, type);
    case TYPE_CHOICE:
        for (uint32_t i = 0; i < type->count; i++) {
            if (value_is_of_type(value, type->members[i])) {
                return true;
            }
        }
        return false;
    case TYPE_VARIABLE:
        return false;
    }
    return false;
}
