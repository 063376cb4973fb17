/* The comment above a definition, which reports show beside its name. */
#include "cql/check.h"

static struct str trim(struct str s) {
    while (s.len && (*s.at == ' ' || *s.at == '\t' || *s.at == '\r' || *s.at == '\n')) {
        s.at++;
        s.len--;
    }
    while (s.len && strchr(" \t\r\n", s.at[s.len - 1])) {
        s.len--;
    }
    return s;
}

/* The line that ends at `end` (before its newline). */
static struct str line_before(struct str text, size_t end) {
    size_t start = end;
    while (start > 0 && text.at[start - 1] != '\n') {
        start--;
    }
    return (struct str){text.at + start, end - start};
}

/* Lines of a block comment without the marks; a leading star is decoration. */
static void add_line(struct buf *out, struct str line, const char *mark) {
    line = trim(line);
    size_t length = strlen(mark);
    if (str_starts(line, str_from(mark))) {
        line.at += length;
        line.len -= length;
    }
    line = trim(line);
    if (line.len && out->len) {
        buf_add_char(out, '\n');
    }
    buf_add(out, line);
}

static void add_block(struct buf *out, struct str block) {
    while (block.len) {
        const char *end = memchr(block.at, '\n', block.len);
        size_t length = end ? (size_t)(end - block.at) : block.len;
        add_line(out, (struct str){block.at, length}, "*");
        length += end ? 1 : 0;
        block.at += length;
        block.len -= length;
    }
}

/* Where the comment that ends at `end` starts; `end` when there is none. */
static size_t block_start(struct str text, size_t end) {
    if (end < 4 || memcmp(text.at + end - 2, "*/", 2) != 0) {
        return end;
    }
    for (size_t at = end - 2; at-- > 1;) {
        if (text.at[at] == '*' && text.at[at - 1] == '/') {
            return at - 1;
        }
    }
    return end;
}

static bool collect(struct str text, size_t end, struct buf *out) {
    size_t start = block_start(text, end);
    if (start < end) {
        if (end - start > 4) {
            add_block(out, (struct str){text.at + start + 2, end - start - 4});
        }
        return true;
    }
    size_t first = end;
    while (first > 0) {
        struct str line = line_before(text, first);
        if (!str_starts(trim(line), STR("//"))) {
            break;
        }
        size_t at = (size_t)(line.at - text.at);
        first = at > 0 ? at - 1 : 0;
        start = at;
    }
    for (size_t at = start; at < end;) {
        const char *newline = memchr(text.at + at, '\n', end - at);
        size_t stop = newline ? (size_t)(newline - text.at) : end;
        add_line(out, (struct str){text.at + at, stop - at}, "//");
        at = stop + 1;
    }
    return start < end;
}

struct str check_comment_above(struct checker *ck, struct span span) {
    struct str text = span.source->text;
    size_t end = span.start;
    size_t newlines = 0;
    while (end > 0 && strchr(" \t\r\n", text.at[end - 1])) {
        newlines += text.at[end - 1] == '\n';
        end--;
    }
    if (newlines != 1 || end == 0) {
        return STR("");
    }
    struct buf buf;
    buf_init(&buf);
    struct str comment = STR("");
    if (collect(text, end, &buf)) {
        comment = buf_status(&buf) == STATUS_OK ? arena_copy(ck->arena, buf_str(&buf)) : STR_NONE;
    }
    buf_release(&buf);
    return comment.at ? comment : (check_no_memory(ck), STR(""));
}
