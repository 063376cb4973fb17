/* The signature texts of value/operators.def, read once a program into interned types. */
#include "cql/check.h"

#include <assert.h>

struct reader {
    struct type_table *types;
    const char *at;
    bool generic;
};

static bool take(struct reader *reader, const char *word) {
    size_t length = strlen(word);
    if (strncmp(reader->at, word, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

/* The texts are ours: a wrong one is a bug, found by the first test that checks anything. */
static const struct type *read_type(struct reader *reader) {
    bool list = take(reader, "List<");
    if (list || take(reader, "Interval<")) {
        const struct type *of = read_type(reader);
        bool closed = take(reader, ">");
        assert(closed);
        (void)closed;
        return list ? type_list(reader->types, of) : type_interval(reader->types, of);
    }
    size_t length = strspn(reader->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    struct str name = {reader->at, length};
    reader->at += length;
    if (length == 1) {
        reader->generic = true;
        return type_variable(reader->types, (uint16_t)(name.at[0] - 'T'));
    }
    uint16_t type = model_find(STR("System"), name);
    assert(type != MODEL_NONE);
    return type_named(reader->types, type);
}

static bool read_signature(struct type_table *types, struct arena *arena,
                           const struct operator_info *info, struct signature *out) {
    const struct type *operands[OPERANDS_MAX];
    struct reader reader = {types, info->operands, false};
    while (*reader.at) {
        assert(out->count < OPERANDS_MAX);
        operands[out->count] = read_type(&reader);
        if (!operands[out->count++]) {
            return false;
        }
        take(&reader, ", ");
    }
    const struct type **kept = ARENA_ARRAY(arena, out->count + 1u, const struct type *);
    if (!kept) {
        return false;
    }
    memcpy(kept, operands, out->count * sizeof(*kept));
    out->operands = kept;
    reader.at = info->result;
    out->result = read_type(&reader);
    out->generic = reader.generic;
    return out->result != NULL;
}

static enum status fill(struct type_table *types, struct arena *arena,
                        struct signature_table *table) {
    for (uint32_t i = 0; i < OP_ID_COUNT; i++) {
        const struct operator_info *info = operator_info((enum op_id)i);
        if (!read_signature(types, arena, info, &table->rows[i])) {
            return STATUS_NO_MEMORY;
        }
        table->next[i] = OP_ID_COUNT;
        if (info->flags & OP_IMPLICIT) {
            assert(table->implicit_count < IMPLICIT_MAX);
            table->implicit[table->implicit_count++] = (uint16_t)i;
        }
        uint32_t last = i;
        bool added;
        enum status status = map_add(&table->names, str_from(info->name), &last, &added);
        if (status != STATUS_OK) {
            return status;
        }
        while (!added && table->next[last] != OP_ID_COUNT) {
            last = table->next[last];
        }
        if (!added) {
            table->next[last] = (uint16_t)i;
        }
    }
    return STATUS_OK;
}

enum status signature_table_new(struct type_table *types, struct arena *arena,
                                struct signature_table **out) {
    struct signature_table *table = ARENA_NEW(arena, struct signature_table);
    if (!table) {
        return STATUS_NO_MEMORY;
    }
    map_init(&table->names);
    *out = table;
    return fill(types, arena, table);
}

void signature_table_release(struct signature_table *table) {
    map_release(&table->names);
}

uint32_t signature_first(const struct signature_table *table, struct str name) {
    uint32_t first;
    return map_find(&table->names, name, &first) ? first : OP_ID_COUNT;
}
