/* Membership in value sets and code systems, and Message (CQL 1.5 reference, sections 22 and 23).
 * What is a member is asked of the terminology that was loaded. */
#include "value/op_support.h"

static bool is_member(struct op_context *cx, const struct vocabulary *set,
                      const struct value *item) {
    const struct op_terminology *t = cx->terminology;
    switch ((enum value_kind)item->kind) {
    case VALUE_STRING: {
        struct code code = {.code = item->string};
        return t->member(t->context, set, &code) == 1;
    }
    case VALUE_CODE:
        return t->member(t->context, set, item->code) == 1;
    case VALUE_CONCEPT:
        for (uint32_t i = 0; i < item->concept->count; i++) {
            if (t->member(t->context, set, &item->concept->codes[i]) == 1) {
                return true;
            }
        }
        return false;
    default: /* null is in no set */
        return false;
    }
}

static enum op_result no_terminology(struct op_context *cx, const struct vocabulary *set) {
    return op_error(cx, "no terminology was loaded to look into '%.*s'", STR_ARG(set->id));
}

static enum op_result member_of(struct op_context *cx, const struct value *args,
                                struct value *out) {
    if (value_is_null(&args[1])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    if (!cx->terminology) {
        return no_terminology(cx, args[1].vocabulary);
    }
    return op_boolean(is_member(cx, args[1].vocabulary, &args[0]), out);
}

static enum op_result any_member_of(struct op_context *cx, const struct value *args,
                                    struct value *out) {
    if (value_is_null(&args[0]) || value_is_null(&args[1])) {
        return value_is_null(&args[1]) ? op_null(cx, NULL_NOT_SAID, out) : op_boolean(false, out);
    }
    if (!cx->terminology) {
        return no_terminology(cx, args[1].vocabulary);
    }
    const struct list *list = args[0].list;
    bool found = false;
    for (uint32_t i = 0; !found && i < list->count; i++) {
        found = is_member(cx, args[1].vocabulary, &list->items[i]);
    }
    return op_boolean(found, out);
}

enum op_result op_in_value_set(struct op_context *cx, const struct value *args, struct value *out) {
    return member_of(cx, args, out);
}

enum op_result op_in_code_system(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    return member_of(cx, args, out);
}

enum op_result op_any_in_value_set(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return any_member_of(cx, args, out);
}

enum op_result op_any_in_code_system(struct op_context *cx, const struct value *args,
                                     struct value *out) {
    return any_member_of(cx, args, out);
}

enum op_result op_expand_value_set(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    const struct op_terminology *t = cx->terminology;
    if (!t) {
        return no_terminology(cx, args[0].vocabulary);
    }
    const struct list *members = t->expand(t->context, args[0].vocabulary, cx->arena);
    if (!members || (members->count > 0 && !members->items)) {
        return OP_NO_MEMORY;
    }
    *out = (struct value){.kind = VALUE_LIST, .list = members};
    return OP_OK;
}

static struct str text_or(const struct value *v, struct str otherwise) {
    return value_is_null(v) ? otherwise : v->string;
}

enum op_result op_message(struct op_context *cx, const struct value *args, struct value *out) {
    *out = args[0];
    cx->reason = NULL_NOT_SAID;
    if (value_is_null(&args[1]) || !args[1].boolean) {
        return OP_OK;
    }
    struct str code = text_or(&args[2], STR("")), severity = text_or(&args[3], STR("Message"));
    struct str text = text_or(&args[4], STR(""));
    if (str_equal(severity, STR("Error"))) {
        return op_error(cx, "%.*s%s%.*s", STR_ARG(code), code.len > 0 ? ": " : "", STR_ARG(text));
    }
    if (cx->on_message) {
        cx->on_message(cx->on_message_context, severity, code, text);
    }
    return OP_OK;
}
