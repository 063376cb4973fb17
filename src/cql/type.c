#include "cql/type.h"

#include "base/map.h"

#include <assert.h>
#include <string.h>

struct type_table {
    struct arena *arena;
    const struct type **slots; /* open addressing by hash; NULL: free */
    uint32_t capacity;         /* a power of two */
    uint32_t count;
    bool too_deep;
};

enum { FIRST_CAPACITY = 256 };

bool type_too_deep(const struct type_table *table) {
    return table->too_deep;
}

enum status type_table_new(struct arena *arena, struct type_table **out) {
    struct type_table *table = ARENA_NEW(arena, struct type_table);
    if (!table) {
        return STATUS_NO_MEMORY;
    }
    table->arena = arena;
    table->capacity = FIRST_CAPACITY;
    table->slots = ARENA_ARRAY(arena, FIRST_CAPACITY, const struct type *);
    if (!table->slots) {
        return STATUS_NO_MEMORY;
    }
    *out = table;
    return STATUS_OK;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

/* By content one level deep: the parts are interned already. */
static uint64_t hash_type(const struct type *type) {
    uint64_t hash = mix(type->kind + 1u, type->name);
    hash = mix(hash, (uint64_t)(uintptr_t)type->of);
    for (uint32_t i = 0; i < type->count; i++) {
        hash = mix(hash, (uint64_t)(uintptr_t)type->members[i]);
        if (type->names) {
            hash = mix(hash, map_hash(type->names[i]));
        }
    }
    return hash;
}

static bool same_content(const struct type *a, const struct type *b) {
    if (a->kind != b->kind || a->name != b->name || a->of != b->of || a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->members[i] != b->members[i] || (a->names && !str_equal(a->names[i], b->names[i]))) {
            return false;
        }
    }
    return true;
}

static bool grow(struct type_table *table) {
    uint32_t capacity = table->capacity * 2;
    const struct type **slots = ARENA_ARRAY(table->arena, capacity, const struct type *);
    if (!slots) {
        return false;
    }
    for (uint32_t i = 0; i < table->capacity; i++) {
        if (table->slots[i]) {
            uint64_t at = hash_type(table->slots[i]) & (capacity - 1);
            while (slots[at]) {
                at = (at + 1) & (capacity - 1);
            }
            slots[at] = table->slots[i];
        }
    }
    table->slots = slots;
    table->capacity = capacity;
    return true;
}

static uint16_t depth_of(const struct type *type) {
    uint16_t depth = type->of ? type->of->depth : 0;
    for (uint32_t i = 0; i < type->count; i++) {
        if (type->members[i]->depth > depth) {
            depth = type->members[i]->depth;
        }
    }
    return (uint16_t)(depth + 1);
}

/* The copy of names and members that a new type keeps. */
static bool keep_parts(struct type_table *table, struct type *type) {
    if (type->count == 0) {
        return true;
    }
    const struct type **members = ARENA_ARRAY(table->arena, type->count, const struct type *);
    if (!members) {
        return false;
    }
    memcpy(members, type->members, type->count * sizeof(*members));
    type->members = members;
    if (type->names) {
        struct str *names = ARENA_ARRAY(table->arena, type->count, struct str);
        if (!names) {
            return false;
        }
        for (uint32_t i = 0; i < type->count; i++) {
            names[i] = arena_copy(table->arena, type->names[i]);
            if (!names[i].at) {
                return false;
            }
        }
        type->names = names;
    }
    return true;
}

static const struct type *intern(struct type_table *table, struct type wanted) {
    uint64_t at = hash_type(&wanted) & (table->capacity - 1);
    for (; table->slots[at]; at = (at + 1) & (table->capacity - 1)) {
        if (same_content(table->slots[at], &wanted)) {
            return table->slots[at];
        }
    }
    wanted.depth = depth_of(&wanted);
    if (wanted.depth > TYPE_DEPTH_MAX) {
        table->too_deep = true;
        return NULL;
    }
    struct type *type = ARENA_NEW(table->arena, struct type);
    if (!type) {
        return NULL;
    }
    *type = wanted;
    if (!keep_parts(table, type)) {
        return NULL;
    }
    table->slots[at] = type;
    table->count++;
    if (table->count * 2 > table->capacity && !grow(table)) {
        return NULL;
    }
    return type;
}

const struct type *type_named(struct type_table *table, uint16_t model_type) {
    return intern(table, (struct type){.kind = TYPE_NAMED, .name = model_type});
}

const struct type *type_variable(struct type_table *table, uint16_t number) {
    return intern(table, (struct type){.kind = TYPE_VARIABLE, .name = number});
}

const struct type *type_list(struct type_table *table, const struct type *of) {
    return of ? intern(table, (struct type){.kind = TYPE_LIST, .of = of}) : NULL;
}

const struct type *type_interval(struct type_table *table, const struct type *of) {
    return of ? intern(table, (struct type){.kind = TYPE_INTERVAL, .of = of}) : NULL;
}

const struct type *type_tuple(struct type_table *table, uint32_t count, const struct str *names,
                              const struct type *const *members) {
    struct str *sorted = ARENA_ARRAY(table->arena, count + 1u, struct str);
    const struct type **parts = ARENA_ARRAY(table->arena, count + 1u, const struct type *);
    if (!sorted || !parts) {
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!members[i]) {
            return NULL;
        }
        uint32_t at = i;
        while (at > 0 && str_compare(sorted[at - 1], names[i]) > 0) {
            sorted[at] = sorted[at - 1];
            parts[at] = parts[at - 1];
            at--;
        }
        sorted[at] = names[i];
        parts[at] = members[i];
    }
    return intern(
        table,
        (struct type){.kind = TYPE_TUPLE, .count = count, .names = sorted, .members = parts});
}

/* A total order by content, so that a choice is written the same in every run. */
static int order(const struct type *a, const struct type *b) {
    if (a == b) {
        return 0;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->name != b->name) {
        return a->name < b->name ? -1 : 1;
    }
    if (a->of && a->of != b->of) {
        return order(a->of, b->of);
    }
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        int by_name = a->names ? str_compare(a->names[i], b->names[i]) : 0;
        int by_type = by_name ? by_name : order(a->members[i], b->members[i]);
        if (by_type) {
            return by_type;
        }
    }
    return 0;
}

/* Adds in order, leaving out what is there already; gives the new count. */
static uint32_t add_member(const struct type **parts, uint32_t count, const struct type *member) {
    uint32_t at = count;
    while (at > 0 && order(parts[at - 1], member) >= 0) {
        at--;
    }
    if (at < count && parts[at] == member) {
        return count;
    }
    memmove(parts + at + 1, parts + at, (count - at) * sizeof(*parts));
    parts[at] = member;
    return count + 1;
}

const struct type *type_choice(struct type_table *table, uint32_t count,
                               const struct type *const *members) {
    size_t room = 1;
    for (uint32_t i = 0; i < count; i++) {
        if (!members[i]) {
            return NULL;
        }
        room += members[i]->kind == TYPE_CHOICE ? members[i]->count : 1;
    }
    const struct type **parts = ARENA_ARRAY(table->arena, room, const struct type *);
    if (!parts) {
        return NULL;
    }
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (members[i]->kind != TYPE_CHOICE) {
            found = add_member(parts, found, members[i]);
            continue;
        }
        for (uint32_t j = 0; j < members[i]->count; j++) {
            found = add_member(parts, found, members[i]->members[j]);
        }
    }
    if (found == 1) {
        return parts[0];
    }
    return intern(table, (struct type){.kind = TYPE_CHOICE, .count = found, .members = parts});
}

static void print_parts(const struct type *type, struct buf *out) {
    for (uint32_t i = 0; i < type->count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        if (type->names) {
            buf_add(out, type->names[i]);
            buf_add_char(out, ' ');
        }
        type_print(type->members[i], out);
    }
}

void type_print(const struct type *type, struct buf *out) {
    switch (type->kind) {
    case TYPE_NAMED: {
        const struct model_type *named = model_type(type->name);
        buf_add_cstr(out, named->is_system ? "" : "FHIR.");
        buf_add(out, named->name);
        break;
    }
    case TYPE_LIST:
    case TYPE_INTERVAL:
        buf_add_cstr(out, type->kind == TYPE_LIST ? "List<" : "Interval<");
        type_print(type->of, out);
        buf_add_char(out, '>');
        break;
    case TYPE_TUPLE:
        buf_add_cstr(out, "Tuple{");
        print_parts(type, out);
        buf_add_char(out, '}');
        break;
    case TYPE_CHOICE:
        buf_add_cstr(out, "Choice<");
        print_parts(type, out);
        buf_add_char(out, '>');
        break;
    case TYPE_VARIABLE:
        buf_add_char(out, (char)('T' + type->name));
        break;
    }
}

static bool is_any(const struct type *type) {
    return type->kind == TYPE_NAMED && type->name == MODEL_ANY;
}

static bool tuple_is_subtype(const struct type *a, const struct type *b) {
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (!str_equal(a->names[i], b->names[i]) ||
            !type_is_subtype(a->members[i], b->members[i])) {
            return false;
        }
    }
    return true;
}

bool type_is_subtype(const struct type *a, const struct type *b) {
    if (a == b || is_any(b)) {
        return true;
    }
    if (a->kind == TYPE_CHOICE) {
        for (uint32_t i = 0; i < a->count; i++) {
            if (!type_is_subtype(a->members[i], b)) {
                return false;
            }
        }
        return true;
    }
    if (b->kind == TYPE_CHOICE) {
        for (uint32_t i = 0; i < b->count; i++) {
            if (type_is_subtype(a, b->members[i])) {
                return true;
            }
        }
        return false;
    }
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case TYPE_NAMED:
        return model_derives(a->name, b->name);
    case TYPE_LIST:
    case TYPE_INTERVAL:
        return type_is_subtype(a->of, b->of);
    case TYPE_TUPLE:
        return tuple_is_subtype(a, b);
    default:
        return false;
    }
}
