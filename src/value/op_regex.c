/* Matches, ReplaceMatches and SplitOnMatches by PCRE2, the dialect that the CQL reference
 * recommends.
 *
 * CQL 1.5.3 says: partial matching (^ and $ bind to the ends of the string), case-sensitive, single
 * line mode (a point matches a newline too), Unicode. Matching has limits, so that no pattern can
 * take forever; passing them is a run-time error. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "value/op_support.h"

#include <pcre2.h>

struct pattern {
    pcre2_general_context *memory;
    pcre2_compile_context *compile;
    pcre2_match_context *match;
    pcre2_code *code;
    pcre2_match_data *found;
};

static void *take(size_t size, void *context) {
    (void)context;
    return mem_new(size, 1);
}

static void give(void *memory, void *context) {
    (void)context;
    mem_free(memory);
}

static void pattern_release(struct pattern *p) {
    pcre2_match_data_free(p->found);
    pcre2_code_free(p->code);
    pcre2_match_context_free(p->match);
    pcre2_compile_context_free(p->compile);
    pcre2_general_context_free(p->memory);
}

static enum op_result regex_error(struct op_context *cx, int code) {
    if (code == PCRE2_ERROR_NOMEMORY) {
        return OP_NO_MEMORY;
    }
    PCRE2_UCHAR words[128];
    if (pcre2_get_error_message(code, words, sizeof words) < 0) {
        words[0] = '\0';
    }
    return op_error(cx, "the regular expression failed: %s", (const char *)words);
}

/* OP_OK, or the pattern is bad; to be released in any case. */
static enum op_result pattern_init(struct pattern *p, struct op_context *cx, struct str text) {
    *p = (struct pattern){.memory = pcre2_general_context_create(take, give, NULL)};
    if (!p->memory) {
        return OP_NO_MEMORY;
    }
    p->compile = pcre2_compile_context_create(p->memory);
    p->match = pcre2_match_context_create(p->memory);
    if (!p->compile || !p->match) {
        return OP_NO_MEMORY;
    }
    uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    int error;
    size_t at;
    (void)pcre2_set_match_limit(p->match, LIMIT_REGEX_STEPS);
    (void)pcre2_set_depth_limit(p->match, LIMIT_REGEX_STEPS);
    (void)pcre2_set_heap_limit(p->match, LIMIT_REGEX_HEAP_KIB);
    p->code = pcre2_compile((PCRE2_SPTR)text.at, text.len, options, &error, &at, p->compile);
    if (!p->code) {
        PCRE2_UCHAR words[128];
        if (error == PCRE2_ERROR_HEAP_FAILED) {
            return OP_NO_MEMORY;
        }
        (void)pcre2_get_error_message(error, words, sizeof words);
        return op_error(cx, "the regular expression '%.*s' is wrong at character %zu: %s",
                        STR_ARG(text), at + 1, (const char *)words);
    }
    p->found = pcre2_match_data_create_from_pattern(p->code, p->memory);
    return p->found ? OP_OK : OP_NO_MEMORY;
}

/* The first match from byte `from` on; ends[0] and ends[1] are its bounds. */
static enum op_result pattern_find(struct pattern *p, struct op_context *cx, struct str text,
                                   size_t from, bool *found, const size_t **ends) {
    int count = pcre2_match(p->code, (PCRE2_SPTR)(text.at ? text.at : ""), text.len, from, 0,
                            p->found, p->match);
    *found = count > 0;
    *ends = pcre2_get_ovector_pointer(p->found);
    if (count > 0 || count == PCRE2_ERROR_NOMATCH) {
        return OP_OK;
    }
    return regex_error(cx, count);
}

enum op_result op_matches(struct op_context *cx, const struct value *args, struct value *out) {
    struct pattern p;
    bool found = false;
    const size_t *ends;
    enum op_result status = pattern_init(&p, cx, args[1].string);
    if (status == OP_OK) {
        status = pattern_find(&p, cx, args[0].string, 0, &found, &ends);
    }
    pattern_release(&p);
    *out = value_boolean(found);
    return status;
}

/* The end of the code point that begins at `at`. */
static size_t next_point(struct str text, size_t at) {
    do {
        at++;
    } while (at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80);
    return at;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Reads the group that $1 or ${name} at text[at] names, and moves past it; false: none is named. A
 * further digit belongs to the number as long as there is such a group. */
static bool read_group(const struct pattern *p, struct str text, size_t *at, int *group) {
    uint32_t groups = 0;
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    size_t i = *at + 1;
    if (i < text.len && text.at[i] == '{') {
        char name[33];
        size_t n = 0;
        for (i++; i < text.len && text.at[i] != '}' && n + 1 < sizeof name; i++) {
            name[n++] = text.at[i];
        }
        name[n] = '\0';
        *group = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)name);
        *at = i + 1;
        return i < text.len && text.at[i] == '}';
    }
    if (i >= text.len || !is_digit(text.at[i])) {
        return false;
    }
    int number = text.at[i++] - '0';
    while (i < text.len && is_digit(text.at[i]) &&
           number * 10 + (text.at[i] - '0') <= (int)groups) {
        number = number * 10 + (text.at[i++] - '0');
    }
    *group = number <= (int)groups ? number : -1;
    *at = i;
    return true;
}

/* The substitution: $1 and ${name} stand for groups, a backslash takes the next character as it
 * is. */
static enum op_result add_substitution(const struct pattern *p, struct op_context *cx,
                                       struct str text, struct str substitution, struct buf *out) {
    const size_t *ends = pcre2_get_ovector_pointer(p->found);
    for (size_t at = 0; at < substitution.len;) {
        char c = substitution.at[at];
        int group;
        if (c == '\\' && at + 1 < substitution.len) {
            buf_add_char(out, substitution.at[at + 1]);
            at += 2;
        } else if (c == '$' && read_group(p, substitution, &at, &group)) {
            if (group < 0) {
                return op_error(cx,
                                "the substitution '%.*s' names a group that the regular "
                                "expression does not have; a plain dollar is written \\$",
                                STR_ARG(substitution));
            }
            if (ends[2 * group] != PCRE2_UNSET) {
                size_t from = ends[2 * group];
                buf_add(out, (struct str){text.at + from, ends[2 * group + 1] - from});
            }
        } else {
            buf_add_char(out, c);
            at++;
        }
    }
    return OP_OK;
}

static enum op_result replace(struct pattern *p, struct op_context *cx, struct str text,
                              struct str substitution, struct buf *out) {
    size_t done = 0; /* text before it is written */
    for (size_t from = 0; from <= text.len;) {
        bool found;
        const size_t *ends;
        enum op_result status = pattern_find(p, cx, text, from, &found, &ends);
        if (status != OP_OK || !found) {
            if (status != OP_OK) {
                return status;
            }
            break;
        }
        /* \K can put the start behind the end. */
        size_t begin = ends[0] < done ? done : ends[0], end = ends[1] < begin ? begin : ends[1];
        buf_add(out, (struct str){text.at + done, begin - done});
        status = add_substitution(p, cx, text, substitution, out);
        if (status != OP_OK) {
            return status;
        }
        done = end;
        from = end > begin ? end : next_point(text, end);
    }
    buf_add(out, (struct str){text.at + done, text.len - done});
    return buf_status(out) == STATUS_OK ? OP_OK : OP_NO_MEMORY;
}

enum op_result op_replace_matches(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    struct pattern p;
    struct buf text;
    buf_init(&text);
    enum op_result status = pattern_init(&p, cx, args[1].string);
    if (status == OP_OK) {
        status = replace(&p, cx, args[0].string, args[2].string, &text);
    }
    if (status == OP_OK) {
        status = op_string(cx, buf_str(&text), out);
    }
    pattern_release(&p);
    buf_release(&text);
    return status;
}

/* Cuts the text at every match that is not empty; `items` may be NULL to count only. */
static enum op_result cut(struct pattern *p, struct op_context *cx, struct str text,
                          struct value *items, uint32_t *count) {
    size_t done = 0;
    *count = 0;
    for (size_t from = 0; from <= text.len;) {
        bool found;
        const size_t *ends;
        enum op_result status = pattern_find(p, cx, text, from, &found, &ends);
        if (status != OP_OK) {
            return status;
        }
        if (!found) {
            break;
        }
        if (ends[1] <= ends[0] || ends[0] < done) {
            from = next_point(text, ends[1] > from ? ends[1] : from);
            continue;
        }
        if (items) {
            items[*count] = value_string((struct str){text.at + done, ends[0] - done});
        }
        ++*count;
        from = done = ends[1];
    }
    if (items) {
        items[*count] = value_string((struct str){text.at + done, text.len - done});
    }
    ++*count;
    return OP_OK;
}

static enum op_result split(struct pattern *p, struct op_context *cx, struct str text,
                            struct value *out) {
    struct list *list = ARENA_NEW(cx->arena, struct list);
    uint32_t count = 1;
    enum op_result status = cut(p, cx, text, NULL, &count);
    if (status != OP_OK) {
        return status;
    }
    struct value *items = ARENA_ARRAY(cx->arena, count, struct value);
    if (!list || !items) {
        return OP_NO_MEMORY;
    }
    status = cut(p, cx, text, items, &count);
    *list = (struct list){count, items};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    return status;
}

enum op_result op_split_on_matches(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    if (value_is_null(&args[1])) {
        struct value *item = ARENA_NEW(cx->arena, struct value);
        struct list *list = ARENA_NEW(cx->arena, struct list);
        if (!item || !list) {
            return OP_NO_MEMORY;
        }
        *item = args[0];
        *list = (struct list){1, item};
        *out = (struct value){.kind = VALUE_LIST, .list = list};
        return OP_OK;
    }
    struct pattern p;
    enum op_result status = pattern_init(&p, cx, args[1].string);
    if (status == OP_OK) {
        status = split(&p, cx, args[0].string, out);
    }
    pattern_release(&p);
    return status;
}
