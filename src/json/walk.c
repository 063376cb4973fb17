#include "json/walk.h"

#include "base/limits.h"

static bool fail(struct json_walk *walk, uint32_t place, const char *words) {
    if (!walk->error.words) {
        uint32_t last = walk->marks.count;
        walk->error.offset = walk->marks.at[place < last ? place : last];
        walk->error.words = words;
    }
    return false;
}

void json_walk_init(struct json_walk *walk, const struct json_marks *marks) {
    *walk = (struct json_walk){.marks = *marks};
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One scalar lies between its mark and the next; only white space can follow it there. */
static struct str scalar(const struct json_walk *walk, uint32_t place) {
    const char *start = walk->marks.text.at + walk->marks.at[place];
    const char *end = walk->marks.text.at + walk->marks.at[place + 1];
    while (end > start && is_space(end[-1])) {
        end--;
    }
    return (struct str){start, (size_t)(end - start)};
}

/* Reads the member's key when it has one; `place` is where a key or an item starts. */
static bool start_member(struct json_walk *walk, uint32_t place, struct json_member *member) {
    if (member->close == ']') {
        member->value = place;
        return place < walk->marks.count || fail(walk, place, "a ] is missing");
    }
    if (json_at(walk, place) != '"') {
        return fail(walk, place,
                    place < walk->marks.count ? "a key in quotes is expected" : "a } is missing");
    }
    if (json_at(walk, place + 1) != ':') {
        return fail(walk, place + 1, "a : is expected behind the key");
    }
    struct str key = scalar(walk, place);
    member->key = (struct str){key.at + 1, key.len - 2};
    member->key_place = place;
    member->value = place + 2;
    return place + 2 < walk->marks.count || fail(walk, place + 2, "a value is missing");
}

bool json_open(struct json_walk *walk, uint32_t place, char open, struct json_member *first) {
    *first = (struct json_member){.close = open == '{' ? '}' : ']'};
    if (json_at(walk, place + 1) == first->close) {
        first->value = place + 1;
        return false;
    }
    return start_member(walk, place + 1, first);
}

bool json_next(struct json_walk *walk, struct json_member *member) {
    if (walk->error.words) {
        return false;
    }
    char first = json_at(walk, member->value);
    bool is_scalar = first == '"' || (first >= '0' && first <= '9');
    uint32_t after = is_scalar ? member->value + 1 : json_skip(walk, member->value);
    if (after == UINT32_MAX) {
        return false;
    }
    char c = json_at(walk, after);
    if (c == member->close) {
        member->value = after;
        return false;
    }
    if (c != ',') {
        return fail(walk, after,
                    member->close == '}' ? "a , or } is expected" : "a , or ] is expected");
    }
    return start_member(walk, after + 1, member);
}

uint32_t json_skip(struct json_walk *walk, uint32_t place) {
    const char *text = walk->marks.text.at;
    const uint32_t *at = walk->marks.at;
    uint32_t depth = 0;
    char first = json_at(walk, place);
    if (first == ',' || first == ':' || first == ']' || first == '}') {
        fail(walk, place, "a value is missing");
        return UINT32_MAX;
    }
    if (first != '{' && first != '[' && place < walk->marks.count) {
        return place + 1;
    }
    for (uint32_t i = place; i < walk->marks.count; i++) {
        /* ASCII: the square brackets are 32 below the curly ones, and no other byte that can stand
         * at a mark differs from { in nothing but these three bits. */
        char bracket = (char)(text[at[i]] | 0x20);
        if ((bracket & ~6) != ('{' & ~6)) {
            continue;
        }
        if (bracket == '{') {
            if (++depth > LIMIT_JSON_DEPTH) {
                fail(walk, i, "the nesting is too deep");
                return UINT32_MAX;
            }
        } else if (bracket == '}' && --depth == 0) {
            return i + 1;
        }
    }
    fail(walk, walk->marks.count, depth ? "a closing bracket is missing" : "a value is missing");
    return UINT32_MAX;
}

bool json_ends(struct json_walk *walk) {
    uint32_t after = json_skip(walk, 0);
    if (after == UINT32_MAX) {
        return false;
    }
    return after == walk->marks.count || fail(walk, after, "something follows the value");
}

struct str json_raw(struct json_walk *walk, uint32_t place) {
    char c = json_at(walk, place);
    if (c == '{' || c == '[') {
        uint32_t after = json_skip(walk, place);
        if (after == UINT32_MAX) {
            return STR_NONE;
        }
        const char *start = walk->marks.text.at + walk->marks.at[place];
        const char *end = walk->marks.text.at + walk->marks.at[after - 1] + 1;
        return (struct str){start, (size_t)(end - start)};
    }
    struct str raw = scalar(walk, place);
    return c == '"' ? (struct str){raw.at + 1, raw.len - 2} : raw;
}

static int hex4(const char *at) {
    int n = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        n = n * 16 + digit;
    }
    return n;
}

static size_t put_utf8(char *out, uint32_t c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Decodes the \u escape whose digits start at `at`; *used counts bytes behind the 'u'. */
static bool unescape_code(const char *at, const char *end, uint32_t *code, size_t *used) {
    int high = end - at >= 4 ? hex4(at) : -1;
    *used = 4;
    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF)) {
        return false;
    }
    *code = (uint32_t)high;
    if (high < 0xD800 || high > 0xDBFF) {
        return true;
    }
    int low = end - at >= 10 && at[4] == '\\' && at[5] == 'u' ? hex4(at + 6) : -1;
    *used = 10;
    *code = 0x10000 + (((uint32_t)high - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
    return low >= 0xDC00 && low <= 0xDFFF;
}

/* Writes at most raw.len bytes to `out` (NULL: only checks). SIZE_MAX: a broken escape. */
static size_t unescape(struct str raw, char *out) {
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char *end = raw.at + raw.len;
    char scratch[4];
    size_t n = 0;
    for (const char *p = raw.at; p < end;) {
        if (*p != '\\') {
            if (out) {
                out[n] = *p;
            }
            n++;
            p++;
            continue;
        }
        if (end - p < 2) {
            return SIZE_MAX;
        }
        const char *letter = p[1] ? strchr(letters, p[1]) : NULL;
        if (letter) {
            if (out) {
                out[n] = bytes[letter - letters];
            }
            n++;
            p += 2;
            continue;
        }
        uint32_t code;
        size_t used;
        if (p[1] != 'u' || !unescape_code(p + 2, end, &code, &used)) {
            return SIZE_MAX;
        }
        n += put_utf8(out ? out + n : scratch, code);
        p += 2 + used;
    }
    return n;
}

struct str json_text(struct json_walk *walk, uint32_t place, struct arena *arena) {
    if (json_at(walk, place) != '"') {
        fail(walk, place, "a string is expected");
        return STR_NONE;
    }
    struct str raw = json_raw(walk, place);
    if (!memchr(raw.at, '\\', raw.len)) {
        return raw;
    }
    char *out = arena_new(arena, raw.len, 1);
    if (!out) {
        return STR_NONE;
    }
    size_t length = unescape(raw, out);
    if (length == SIZE_MAX) {
        fail(walk, place, "an escape in this string is broken");
        return STR_NONE;
    }
    return (struct str){out, length};
}

static size_t digits(const char *at, const char *end) {
    const char *p = at;
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }
    return (size_t)(p - at);
}

/* RFC 8259, section 6. */
static bool is_number(struct str text) {
    const char *p = text.at, *end = text.at + text.len;
    if (p < end && *p == '-') {
        p++;
    }
    size_t n = digits(p, end);
    if (n == 0 || (n > 1 && *p == '0')) {
        return false;
    }
    p += n;
    if (p < end && *p == '.') {
        n = digits(++p, end);
        if (n == 0) {
            return false;
        }
        p += n;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-')) {
            p++;
        }
        n = digits(p, end);
        if (n == 0) {
            return false;
        }
        p += n;
    }
    return p == end;
}

struct str json_number(struct json_walk *walk, uint32_t place) {
    char c = json_at(walk, place);
    if (c == '-' || (c >= '0' && c <= '9')) {
        struct str text = scalar(walk, place);
        if (is_number(text)) {
            return text;
        }
        fail(walk, place, "this number is not written as JSON wants it");
        return STR_NONE;
    }
    fail(walk, place, "a number is expected");
    return STR_NONE;
}

bool json_is_word(const struct json_walk *walk, uint32_t place, struct str word) {
    return place < walk->marks.count && str_equal(scalar(walk, place), word);
}

static bool check_scalar(struct json_walk *walk, uint32_t place) {
    char c = json_at(walk, place);
    if (c == '"') {
        struct str raw = json_raw(walk, place);
        return !memchr(raw.at, '\\', raw.len) || unescape(raw, NULL) != SIZE_MAX ||
               fail(walk, place, "an escape in this string is broken");
    }
    if (json_is_word(walk, place, STR("true")) || json_is_word(walk, place, STR("false")) ||
        json_is_word(walk, place, STR("null"))) {
        return true;
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return json_number(walk, place).at != NULL;
    }
    return fail(walk, place, "a value is expected");
}

bool json_check(struct json_walk *walk, uint32_t place) {
    char close[LIMIT_JSON_DEPTH];
    uint32_t depth = 0;
    for (;;) {
        /* A value, after opening as many containers as start here. */
        char c = json_at(walk, place);
        if (c == '{' || c == '[') {
            if (depth == LIMIT_JSON_DEPTH) {
                return fail(walk, place, "the nesting is too deep");
            }
            close[depth] = c == '{' ? '}' : ']';
            place++;
            if (json_at(walk, place) != close[depth]) {
                depth++;
                struct json_member member = {.close = close[depth - 1]};
                if (!start_member(walk, place, &member) ||
                    (member.close == '}' && !check_scalar(walk, place))) {
                    return false;
                }
                place = member.value;
                continue;
            }
        } else if (!check_scalar(walk, place)) {
            return false;
        }
        place++;
        while (depth && json_at(walk, place) == close[depth - 1]) {
            depth--;
            place++;
        }
        if (!depth) {
            return true;
        }
        if (json_at(walk, place) != ',') {
            return fail(walk, place,
                        close[depth - 1] == '}' ? "a , or } is expected" : "a , or ] is expected");
        }
        struct json_member member = {.close = close[depth - 1]};
        if (!start_member(walk, place + 1, &member) ||
            (member.close == '}' && !check_scalar(walk, place + 1))) {
            return false;
        }
        place = member.value;
    }
}
