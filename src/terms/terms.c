#include "terms/terms.h"

#include "base/limits.h"
#include "base/mem.h"
#include "terms/terms_internal.h"

#include <stdlib.h>

struct linker {
    struct terms *terms;
    enum status status;
    uint32_t depth;
};

/* Codes on the heap while a set is put together. */
struct gathered {
    struct code *at;
    size_t count;
    size_t capacity;
};

enum status terms_new(struct terms **out) {
    struct terms *terms = mem_new(1, sizeof *terms);
    *out = terms;
    if (!terms) {
        return STATUS_NO_MEMORY;
    }
    arena_init(&terms->arena, 0);
    return STATUS_OK;
}

void terms_free(struct terms *terms) {
    if (terms) {
        arena_release(&terms->arena);
        mem_free(terms->sets);
        mem_free(terms);
    }
}

int code_compare(const void *a, const void *b) {
    const struct code *left = a;
    const struct code *right = b;
    int order = str_compare(left->code, right->code);
    return order ? order : str_compare(left->system, right->system);
}

static bool digit(struct str s, size_t i) {
    return i < s.len && s.at[i] >= '0' && s.at[i] <= '9';
}

/* Order of versions: runs of digits as numbers, all else bytewise. */
static int version_compare(struct str a, struct str b) {
    size_t i = 0;
    size_t j = 0;
    while (i < a.len && j < b.len) {
        if (digit(a, i) && digit(b, j)) {
            size_t start_i = i;
            size_t start_j = j;
            while (digit(a, i)) {
                i++;
            }
            while (digit(b, j)) {
                j++;
            }
            while (start_i < i && a.at[start_i] == '0') {
                start_i++;
            }
            while (start_j < j && b.at[start_j] == '0') {
                start_j++;
            }
            struct str left = {a.at + start_i, i - start_i};
            struct str right = {b.at + start_j, j - start_j};
            int order =
                left.len != right.len ? (left.len < right.len ? -1 : 1) : str_compare(left, right);
            if (order) {
                return order;
            }
        } else if (a.at[i] != b.at[j]) {
            return (unsigned char)a.at[i] < (unsigned char)b.at[j] ? -1 : 1;
        } else {
            i++;
            j++;
        }
    }
    return (i < a.len) - (j < b.len);
}

static int set_compare(const void *a, const void *b) {
    const struct value_set *left = *(struct value_set *const *)a;
    const struct value_set *right = *(struct value_set *const *)b;
    if (left->is_system != right->is_system) {
        return left->is_system ? 1 : -1;
    }
    int order = str_compare(left->url, right->url);
    return order ? order : version_compare(right->version, left->version);
}

/* The first set of that url, in the order of set_compare: where it stands or would stand. */
static uint32_t first_of(const struct terms *terms, bool is_system, struct str url) {
    uint32_t low = 0;
    uint32_t high = terms->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct value_set *set = terms->sets[middle];
        bool before = set->is_system == is_system ? str_compare(set->url, url) < 0 : is_system;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low;
}

/* The set of that url; with no version the highest. NULL: none; *other: another version is here. */
static struct value_set *find_set(const struct terms *terms, bool is_system, struct str url,
                                  struct str version, bool *other) {
    *other = false;
    const char *bar = url.len ? memchr(url.at, '|', url.len) : NULL;
    if (bar) {
        struct str behind = {bar + 1, (size_t)(url.at + url.len - bar - 1)};
        url.len = (size_t)(bar - url.at);
        version = version.len ? version : behind;
    }
    for (uint32_t i = first_of(terms, is_system, url); i < terms->count; i++) {
        struct value_set *set = terms->sets[i];
        if (set->is_system != is_system || !str_equal(set->url, url)) {
            break;
        }
        if (version.len == 0 || str_equal(set->version, version)) {
            return set;
        }
        *other = true;
    }
    return NULL;
}

static bool gather(struct linker *lk, struct gathered *out, const struct code *code) {
    if (out->count == out->capacity) {
        size_t capacity = out->capacity ? out->capacity * 2 : 64;
        struct code *grown =
            out->count < LIMIT_LIST_ITEMS ? mem_resize(out->at, capacity, sizeof *grown) : NULL;
        if (!grown) {
            lk->status = out->count < LIMIT_LIST_ITEMS ? STATUS_NO_MEMORY : STATUS_LIMIT;
            return false;
        }
        out->at = grown;
        out->capacity = capacity;
    }
    out->at[out->count++] = *code;
    return true;
}

static void link_set(struct linker *lk, struct value_set *set);

static void set_why(struct linker *lk, struct value_set *set, struct str why) {
    set->why = why;
    if (!why.at) {
        lk->status = STATUS_NO_MEMORY;
    }
}

/* The linked set that a rule names, or NULL with the reason in set->why. */
static struct value_set *linked(struct linker *lk, struct value_set *set,
                                const struct term_rule *rule, bool is_system, struct str url,
                                struct str version) {
    const char *kind = rule->exclude ? "exclude" : "include";
    bool other = false;
    struct arena *arena = &lk->terms->arena;
    struct value_set *found = find_set(lk->terms, is_system, url, version, &other);
    const char *what = is_system ? "the whole code system" : "the value set";
    if (!found) {
        set_why(lk, set,
                arena_format(arena, "%s %u takes %s %.*s, which is not here%s", kind, rule->number,
                             what, STR_ARG(url), other ? " in that version" : ""));
        return NULL;
    }
    if (found->state == SET_LINKING) {
        set_why(lk, set,
                arena_format(arena, "%s %u takes %s %.*s, which in turn takes this set", kind,
                             rule->number, what, STR_ARG(url)));
        return NULL;
    }
    link_set(lk, found);
    if (lk->status == STATUS_OK && found->why.len) {
        set_why(lk, set,
                arena_format(arena, "%s %u takes %s %.*s, and that cannot be expanded: %.*s", kind,
                             rule->number, what, STR_ARG(url), STR_ARG(found->why)));
    }
    return lk->status == STATUS_OK && !found->why.len ? found : NULL;
}

static const struct code *find_code(const struct code *codes, size_t count, struct str system,
                                    struct str code) {
    const struct code wanted = {.code = code, .system = system};
    return count ? bsearch(&wanted, codes, count, sizeof *codes, code_compare) : NULL;
}

/* Whether a rule takes a code: its system, its list, and every set it names. */
static bool rule_takes(const struct term_rule *rule, struct value_set *const *sets,
                       const struct code *code) {
    if (rule->system.at && !str_equal(rule->system, code->system)) {
        return false;
    }
    if (rule->code_count && !find_code(rule->codes, rule->code_count, code->system, code->code)) {
        return false;
    }
    for (uint32_t i = 0; i < rule->set_count; i++) {
        if (!find_code(sets[i]->codes, sets[i]->count, code->system, code->code)) {
            return false;
        }
    }
    return true;
}

static void include_rule(struct linker *lk, struct value_set *set, const struct term_rule *rule,
                         struct value_set *const *sets, struct gathered *out) {
    const struct code *codes = rule->codes;
    uint32_t count = rule->code_count;
    if (count == 0 && rule->set_count) {
        codes = sets[0]->codes;
        count = sets[0]->count;
    } else if (count == 0) {
        struct value_set *system = linked(lk, set, rule, true, rule->system, rule->version);
        if (!system) {
            return;
        }
        codes = system->codes;
        count = system->count;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (rule_takes(rule, sets, &codes[i]) && !gather(lk, out, &codes[i])) {
            return;
        }
    }
}

static void exclude_rule(const struct term_rule *rule, struct value_set *const *sets,
                         struct gathered *out) {
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (!rule_takes(rule, sets, &out->at[i])) {
            out->at[kept++] = out->at[i];
        }
    }
    out->count = kept;
}

static void apply_rule(struct linker *lk, struct value_set *set, const struct term_rule *rule,
                       struct gathered *out) {
    struct arena *arena = &lk->terms->arena;
    if (rule->obstacle.len) {
        set_why(lk, set,
                arena_format(arena, "%s %u %.*s", rule->exclude ? "exclude" : "include",
                             rule->number, STR_ARG(rule->obstacle)));
        return;
    }
    struct value_set **sets = arena_new(arena, rule->set_count, sizeof(struct value_set *));
    if (!sets) {
        lk->status = STATUS_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < rule->set_count; i++) {
        sets[i] = linked(lk, set, rule, false, rule->sets[i], STR_NONE);
        if (!sets[i]) {
            return;
        }
    }
    if (rule->exclude) {
        exclude_rule(rule, sets, out);
    } else {
        include_rule(lk, set, rule, sets, out);
    }
}

/* Sorted, each code once: the first of equal ones, which has the display of the first rule. */
static void finish_set(struct linker *lk, struct value_set *set, struct gathered *codes) {
    if (codes->count) {
        qsort(codes->at, codes->count, sizeof *codes->at, code_compare);
    }
    size_t kept = 0;
    for (size_t i = 0; i < codes->count; i++) {
        if (kept == 0 || code_compare(&codes->at[kept - 1], &codes->at[i]) != 0) {
            codes->at[kept++] = codes->at[i];
        }
    }
    set->codes = arena_new(&lk->terms->arena, kept, sizeof *set->codes);
    if (!set->codes) {
        lk->status = STATUS_NO_MEMORY;
        return;
    }
    if (kept) {
        memcpy(set->codes, codes->at, kept * sizeof *codes->at);
    }
    set->count = (uint32_t)kept;
}

static void link_set(struct linker *lk, struct value_set *set) {
    if (set->state != SET_READ) {
        return;
    }
    if (lk->depth >= LIMIT_CALL_DEPTH) {
        set->why = STR("value sets include each other more than 256 deep");
        set->state = SET_LINKED;
        return;
    }
    set->state = SET_LINKING;
    lk->depth++;
    struct gathered codes = {0};
    for (uint32_t i = 0; i < set->count; i++) {
        if (!gather(lk, &codes, &set->codes[i])) {
            break;
        }
    }
    for (uint32_t i = 0; i < set->rule_count && !set->why.len && lk->status == STATUS_OK; i++) {
        apply_rule(lk, set, &set->rules[i], &codes);
    }
    if (lk->status == STATUS_OK && !set->why.len) {
        finish_set(lk, set, &codes);
    }
    mem_free(codes.at);
    lk->depth--;
    set->state = SET_LINKED;
}

enum status terms_link(struct terms *terms, struct diag_list *diags) {
    struct linker lk = {.terms = terms};
    if (terms->count) {
        qsort(terms->sets, terms->count, sizeof(struct value_set *), set_compare);
    }
    for (uint32_t i = 0; i < terms->count && lk.status == STATUS_OK; i++) {
        struct value_set *set = terms->sets[i];
        link_set(&lk, set);
        if (lk.status == STATUS_OK && !set->why.len && set->count == 0 && !set->is_system) {
            struct diagnostic *d =
                diag_in_file(diags, DIAG_TX0007, set->file, 0, "the value set '%.*s' has no codes",
                             STR_ARG(set->url));
            diag_hint(diags, d, "no code is ever a member of it; is something missing?");
        }
    }
    return diags->out_of_memory ? STATUS_NO_MEMORY : lk.status;
}

static const struct value_set *find_usable(const struct terms *terms, bool is_system,
                                           struct str url, struct str version, struct str *why) {
    bool other = false;
    const struct value_set *set = find_set(terms, is_system, url, version, &other);
    struct str words = STR_NONE;
    if (!set) {
        words = other       ? STR("it is here, but not in this version")
                : is_system ? STR("no CodeSystem resource with this url was given")
                            : STR("no ValueSet resource with this url was given");
    } else if (set->why.len) {
        words = set->why;
    }
    if (why) {
        *why = words;
    }
    return words.len ? NULL : set;
}

bool terms_has(const struct terms *terms, struct str url, struct str version) {
    bool other = false;
    return find_set(terms, false, url, version, &other) != NULL;
}

const struct value_set *terms_find(const struct terms *terms, struct str url, struct str version,
                                   struct str *why) {
    return find_usable(terms, false, url, version, why);
}

const struct value_set *terms_find_system(const struct terms *terms, struct str url,
                                          struct str version, struct str *why) {
    return find_usable(terms, true, url, version, why);
}

uint32_t value_set_count(const struct value_set *set) {
    return set->count;
}

const struct code *value_set_code(const struct value_set *set, uint32_t i) {
    return &set->codes[i];
}

bool value_set_has(const struct value_set *set, struct str system, struct str code) {
    if (system.at) {
        return find_code(set->codes, set->count, system, code) != NULL;
    }
    /* Sorted by code first: the first one not before it is it, when any is. */
    uint32_t low = 0;
    uint32_t high = set->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_compare(set->codes[middle].code, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < set->count && str_equal(set->codes[low].code, code);
}

struct str value_set_title(const struct value_set *set) {
    return set->title;
}

static const struct value_set *find_vocabulary(const struct terms *terms,
                                               const struct vocabulary *vocabulary) {
    return find_usable(terms, !vocabulary->is_value_set, vocabulary->id, vocabulary->version, NULL);
}

static int member(void *context, const struct vocabulary *vocabulary, const struct code *code) {
    const struct value_set *set = find_vocabulary(context, vocabulary);
    return set && value_set_has(set, code->system, code->code);
}

static const struct list *expand(void *context, const struct vocabulary *vocabulary,
                                 struct arena *arena) {
    const struct value_set *set = find_vocabulary(context, vocabulary);
    uint32_t count = set ? set->count : 0;
    struct list *list = ARENA_NEW(arena, struct list);
    struct value *items = list ? ARENA_ARRAY(arena, count, struct value) : NULL;
    if (!items) {
        return list;
    }
    for (uint32_t i = 0; i < count; i++) {
        items[i] = (struct value){.kind = VALUE_CODE, .code = &set->codes[i]};
    }
    *list = (struct list){count, items};
    return list;
}

void terms_operations(const struct terms *terms, struct op_terminology *out) {
    /* The operations only read; op_terminology's context is not const for the sake of others. */
    *out = (struct op_terminology){
        .member = member, .expand = expand, .context = (void *)(uintptr_t)terms};
}
