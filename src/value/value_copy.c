#include "value/value.h"

#include "base/arena.h"

static bool copy_text(struct str *text, struct arena *arena) {
    if (text->at) {
        *text = arena_copy(arena, *text);
        return text->at != NULL;
    }
    return true;
}

static bool copy_code(struct code *code, struct arena *arena) {
    return copy_text(&code->code, arena) && copy_text(&code->system, arena) &&
           copy_text(&code->version, arena) && copy_text(&code->display, arena);
}

static bool copy_concept(struct value *v, struct arena *arena) {
    struct concept *made = ARENA_NEW(arena, struct concept);
    struct code *codes = ARENA_ARRAY(arena, v->concept->count, struct code);
    if (!made || !codes) {
        return false;
    }
    *made = *v->concept;
    for (uint32_t i = 0; i < made->count; i++) {
        codes[i] = v->concept->codes[i];
        if (!copy_code(&codes[i], arena)) {
            return false;
        }
    }
    made->codes = codes;
    v->concept = made;
    return copy_text(&made->display, arena);
}

static bool copy_items(const struct value **items, uint32_t count, struct arena *arena) {
    struct value *made = ARENA_ARRAY(arena, count, struct value);
    for (uint32_t i = 0; made && i < count; i++) {
        if (!value_copy(&(*items)[i], arena, &made[i])) {
            return false;
        }
    }
    *items = made;
    return made != NULL;
}

static bool copy_tuple(struct value *v, struct arena *arena) {
    struct tuple *made = ARENA_NEW(arena, struct tuple);
    if (!made) {
        return false;
    }
    *made = *v->tuple;
    v->tuple = made;
    return copy_items(&made->values, made->count, arena);
}

static bool copy_list(struct value *v, struct arena *arena) {
    struct list *made = ARENA_NEW(arena, struct list);
    if (!made) {
        return false;
    }
    *made = *v->list;
    v->list = made;
    return copy_items(&made->items, made->count, arena);
}

static bool copy_interval(struct value *v, struct arena *arena) {
    struct interval *made = ARENA_NEW(arena, struct interval);
    if (!made) {
        return false;
    }
    *made = *v->interval;
    bool good = value_copy(&v->interval->low, arena, &made->low) &&
                value_copy(&v->interval->high, arena, &made->high);
    v->interval = made;
    return good;
}

static bool copy_vocabulary(struct value *v, struct arena *arena) {
    struct vocabulary *made = ARENA_NEW(arena, struct vocabulary);
    if (!made) {
        return false;
    }
    *made = *v->vocabulary;
    v->vocabulary = made;
    return copy_text(&made->id, arena) && copy_text(&made->version, arena) &&
           copy_text(&made->name, arena);
}

bool value_copy(const struct value *value, struct arena *arena, struct value *out) {
    *out = *value;
    switch ((enum value_kind)value->kind) {
    case VALUE_STRING:
        return copy_text(&out->string, arena);
    case VALUE_QUANTITY: {
        struct quantity *made = ARENA_NEW(arena, struct quantity);
        if (made) {
            *made = *value->quantity;
        }
        out->quantity = made;
        return made != NULL;
    }
    case VALUE_RATIO: {
        struct ratio *made = ARENA_NEW(arena, struct ratio);
        if (made) {
            *made = *value->ratio;
        }
        out->ratio = made;
        return made != NULL;
    }
    case VALUE_CODE: {
        struct code *made = ARENA_NEW(arena, struct code);
        if (made) {
            *made = *value->code;
        }
        out->code = made;
        return made && copy_code(made, arena);
    }
    case VALUE_CONCEPT:
        return copy_concept(out, arena);
    case VALUE_VOCABULARY:
        return copy_vocabulary(out, arena);
    case VALUE_INTERVAL:
    case VALUE_UNCERTAINTY:
        return copy_interval(out, arena);
    case VALUE_LIST:
        return copy_list(out, arena);
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        return copy_tuple(out, arena);
    default:
        return true;
    }
}
