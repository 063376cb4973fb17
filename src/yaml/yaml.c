#include "yaml/yaml.h"

#include "base/limits.h"
#include "base/map.h"

#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>

struct builder {
    struct str text;
    struct arena *arena;
    struct fy_parser *parser;
    struct yaml_error *errors;
    uint32_t error_count;
    uint32_t error_capacity;
    uint32_t depth;
    uint32_t last; /* byte behind the last scalar */
    bool stopped;  /* what follows cannot be read */
    enum status status;
};

struct nodes {
    struct yaml *at;
    uint32_t count;
    uint32_t capacity;
};

static void no_memory(struct builder *b) {
    b->status = STATUS_NO_MEMORY;
    b->stopped = true;
}

static void report(struct builder *b, uint32_t start, uint32_t end, struct str words,
                   const char *hint) {
    if (b->error_count == b->error_capacity) {
        uint32_t capacity = b->error_capacity ? b->error_capacity * 2 : 8;
        struct yaml_error *grown = ARENA_ARRAY(b->arena, capacity, struct yaml_error);
        if (!grown) {
            no_memory(b);
            return;
        }
        if (b->error_count) {
            memcpy(grown, b->errors, b->error_count * sizeof *grown);
        }
        b->errors = grown;
        b->error_capacity = capacity;
    }
    if (!words.at) {
        no_memory(b);
        return;
    }
    b->errors[b->error_count++] =
        (struct yaml_error){.start = start, .end = end, .words = words, .hint = str_from(hint)};
}

static void stop(struct builder *b, uint32_t start, uint32_t end, struct str words,
                 const char *hint) {
    report(b, start, end, words, hint);
    b->stopped = true;
}

/* Bytes and tabs, which libfyaml would say less clearly or let pass. False: not to be parsed. */
static bool check_text(struct builder *b) {
    bool indent = true;
    bool good = true;
    for (size_t i = 0; i < b->text.len;) {
        size_t step = str_utf8(b->text, i);
        uint32_t at = (uint32_t)i;
        unsigned char c = (unsigned char)b->text.at[i];
        if (step == 0 || c == '\0') {
            struct str words = step
                                   ? STR("there is a NUL byte here")
                                   : arena_format(b->arena, "the byte 0x%02X here is not UTF-8", c);
            stop(b, at, at + 1, words, "save the file as UTF-8 text");
            return false;
        }
        if (indent && c == '\t') {
            report(b, at, at + 1, STR("there is a tab in the indentation"),
                   "indent with spaces: YAML does not allow tabs there");
            good = false;
            indent = false;
        }
        indent = c == '\n' || (indent && c == ' ');
        i += step;
    }
    return good;
}

static uint32_t token_start(struct fy_token *token) {
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    return mark ? (uint32_t)mark->input_pos : 0;
}

static uint32_t token_end(struct fy_token *token) {
    const struct fy_mark *mark = token ? fy_token_end_mark(token) : NULL;
    return mark ? (uint32_t)mark->input_pos : 0;
}

/* What libfyaml says, as its words and a place. */
static void report_syntax(struct builder *b, struct fy_diag *diag) {
    void *previous = NULL;
    struct fy_diag_error *error = fy_diag_errors_iterate(diag, &previous);
    if (!error) {
        no_memory(b); /* it stops without an error only when its memory ends */
        return;
    }
    uint32_t at = 0;
    int line = 1;
    while (at < b->text.len && line < error->line) {
        line += b->text.at[at] == '\n';
        at++;
    }
    for (int column = 1; column < error->column && at < b->text.len && b->text.at[at] != '\n';) {
        at += (uint32_t)str_utf8(b->text, at);
        column++;
    }
    const char *msg = error->msg ? error->msg : "this is not YAML";
    stop(b, at, at + 1, arena_format(b->arena, "this is not YAML: %s", msg),
         "compare the indentation and the brackets with the lines above; a text with ': ', ' #' or "
         "a "
         "mark at its start stands in quotes");
}

static struct fy_event *next_event(struct builder *b) {
    return b->stopped ? NULL : fy_parser_parse(b->parser);
}

static struct yaml *add_node(struct builder *b, struct nodes *nodes) {
    if (nodes->count == nodes->capacity) {
        uint32_t capacity = nodes->capacity ? nodes->capacity * 2 : 4;
        struct yaml *grown = ARENA_ARRAY(b->arena, capacity, struct yaml);
        if (!grown) {
            no_memory(b);
            return NULL;
        }
        if (nodes->count) {
            memcpy(grown, nodes->at, nodes->count * sizeof *grown);
        }
        nodes->at = grown;
        nodes->capacity = capacity;
    }
    return &nodes->at[nodes->count++];
}

static void refuse_properties(struct builder *b, struct fy_token *anchor, struct fy_token *tag) {
    if (anchor) {
        uint32_t start = token_start(anchor);
        start -= start > 0;
        report(b, start, token_end(anchor), STR("anchors (&name) are not allowed here"),
               "write the value again where it is needed");
    }
    if (tag) {
        report(b, token_start(tag), token_end(tag), STR("tags (!name) are not allowed here"),
               "remove it: what a value means is said by its key");
    }
}

static void read_scalar(struct builder *b, const struct fy_event *event, struct yaml *out) {
    struct fy_token *token = event->scalar.value;
    refuse_properties(b, event->scalar.anchor, event->scalar.tag);
    size_t len = 0;
    const char *text = fy_token_get_text(token, &len);
    out->quoted = fy_token_scalar_style(token) != FYSS_PLAIN;
    out->start = token_start(token);
    out->end = token_end(token);
    if (out->end == 0) {
        out->start = out->end = b->last; /* an empty value has no place of its own */
    }
    b->last = out->end;
    if (!text) {
        no_memory(b);
        return;
    }
    if (len == 0 && !out->quoted) {
        out->kind = YAML_NULL;
        return;
    }
    if (out->quoted && out->start > 0 &&
        (b->text.at[out->start - 1] == '"' || b->text.at[out->start - 1] == '\'')) {
        out->start--;
        out->end += out->end < b->text.len;
    }
    out->kind = YAML_SCALAR;
    out->text = arena_copy(b->arena, (struct str){text, len});
    if (!out->text.at) {
        no_memory(b);
    }
}

static void read_value(struct builder *b, const struct fy_event *event, struct yaml *out);

static void read_list(struct builder *b, const struct fy_event *event, struct yaml *out) {
    struct nodes items = {0};
    out->kind = YAML_LIST;
    out->start = out->end = token_start(event->sequence_start.sequence_start);
    refuse_properties(b, event->sequence_start.anchor, event->sequence_start.tag);
    struct fy_event *inner = NULL;
    while ((inner = next_event(b)) && inner->type != FYET_SEQUENCE_END) {
        struct yaml *item = add_node(b, &items);
        if (item) {
            struct yaml value = {0};
            read_value(b, inner, &value);
            items.at[items.count - 1] = value;
        }
        fy_parser_event_free(b->parser, inner);
    }
    if (inner) {
        uint32_t end = token_end(inner->sequence_end.sequence_end);
        out->end = end > out->end ? end : out->end;
        fy_parser_event_free(b->parser, inner);
    }
    out->count = items.count;
    out->items = items.at;
    if (items.count && items.at[items.count - 1].end > out->end) {
        out->end = items.at[items.count - 1].end;
    }
}

static uint32_t line_of(const struct builder *b, uint32_t offset) {
    uint32_t line = 1;
    for (uint32_t i = 0; i < offset && i < b->text.len; i++) {
        line += b->text.at[i] == '\n';
    }
    return line;
}

/* Whether an entry with this key is kept; says why when not. */
static bool check_key(struct builder *b, const struct yaml *key, const struct nodes *keys,
                      struct map *seen) {
    if (key->kind != YAML_SCALAR) {
        report(b, key->start, key->end > key->start ? key->end : key->start + 1,
               key->kind == YAML_NULL ? STR("a key is missing before the colon")
                                      : STR("a key must be a word or a text"),
               NULL);
        return false;
    }
    if (!key->quoted && str_equal(key->text, STR("<<"))) {
        report(b, key->start, key->end, STR("merge keys (<<) are not allowed here"),
               "write the entries again where they are needed");
        return false;
    }
    uint32_t first = keys->count;
    bool added = false;
    if (map_add(seen, key->text, &first, &added) != STATUS_OK) {
        no_memory(b);
        return false;
    }
    if (!added) {
        report(b, key->start, key->end,
               arena_format(b->arena, "the key '%.*s' stands twice; it was first given in line %u",
                            STR_ARG(key->text), line_of(b, keys->at[first].start)),
               "keep one of them");
    }
    return added;
}

static void read_entries(struct builder *b, struct yaml *out, struct map *seen) {
    struct nodes keys = {0};
    struct nodes values = {0};
    struct fy_event *event = NULL;
    while ((event = next_event(b)) && event->type != FYET_MAPPING_END) {
        struct yaml key = {0};
        struct yaml value = {0};
        read_value(b, event, &key);
        fy_parser_event_free(b->parser, event);
        event = next_event(b);
        if (!event) {
            break;
        }
        read_value(b, event, &value);
        fy_parser_event_free(b->parser, event);
        if (!b->stopped && check_key(b, &key, &keys, seen) && add_node(b, &keys) &&
            add_node(b, &values)) {
            keys.at[keys.count - 1] = key;
            values.at[values.count - 1] = value;
        }
        out->start = key.start < out->start ? key.start : out->start;
        out->end = value.end > out->end ? value.end : out->end;
    }
    if (event) {
        uint32_t end = token_end(event->mapping_end.mapping_end);
        out->end = end > out->end ? end : out->end;
        fy_parser_event_free(b->parser, event);
    }
    out->count = keys.count < values.count ? keys.count : values.count;
    out->keys = keys.at;
    out->items = values.at;
}

static void read_map(struct builder *b, const struct fy_event *event, struct yaml *out) {
    out->kind = YAML_MAP;
    out->start = out->end = token_start(event->mapping_start.mapping_start);
    refuse_properties(b, event->mapping_start.anchor, event->mapping_start.tag);
    struct map seen;
    map_init(&seen);
    read_entries(b, out, &seen);
    map_release(&seen);
}

static void read_value(struct builder *b, const struct fy_event *event, struct yaml *out) {
    if (b->depth >= LIMIT_JSON_DEPTH) {
        uint32_t at = event->type == FYET_MAPPING_START
                          ? token_start(event->mapping_start.mapping_start)
                          : token_start(event->sequence_start.sequence_start);
        stop(
            b, at, at + 1,
            arena_format(b->arena, "lists and maps are nested more than %d deep", LIMIT_JSON_DEPTH),
            NULL);
        return;
    }
    b->depth++;
    switch (event->type) {
    case FYET_SCALAR:
        read_scalar(b, event, out);
        break;
    case FYET_SEQUENCE_START:
        read_list(b, event, out);
        break;
    case FYET_MAPPING_START:
        read_map(b, event, out);
        break;
    case FYET_ALIAS: {
        uint32_t start = token_start(event->alias.anchor);
        start -= start > 0;
        out->kind = YAML_NULL;
        out->start = start;
        out->end = token_end(event->alias.anchor);
        report(b, start, out->end, STR("aliases (*name) are not allowed here"),
               "write the value again where it is needed");
        break;
    }
    default:
        out->kind = YAML_NULL;
    }
    b->depth--;
}

/* The events of the whole stream; the first document's value goes to *root. */
static void read_stream(struct builder *b, struct yaml *root) {
    uint32_t documents = 0;
    bool ended = false;
    struct fy_event *event = NULL;
    while (!ended && (event = next_event(b))) {
        switch (event->type) {
        case FYET_STREAM_START:
        case FYET_DOCUMENT_END:
            break;
        case FYET_STREAM_END:
            ended = true;
            break;
        case FYET_DOCUMENT_START:
            if (documents++) {
                uint32_t at = token_start(event->document_start.document_start);
                stop(b, at, at + 3, STR("a second document begins here"),
                     "a file holds one document; remove the '---'");
            }
            break;
        default:
            read_value(b, event, root);
        }
        fy_parser_event_free(b->parser, event);
    }
}

static enum status parse_checked(struct builder *b, const struct yaml **out) {
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    struct yaml *root = ARENA_NEW(b->arena, struct yaml);
    if (!diag || !root) {
        fy_diag_destroy(diag);
        return STATUS_NO_MEMORY;
    }
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {
        .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DISABLE_DEPTH_LIMIT | FYPCF_JSON_NONE |
                 FYPCF_ALLOW_DUPLICATE_KEYS,
        .diag = diag,
    };
    b->parser = fy_parser_create(&cfg);
    if (!b->parser || fy_parser_set_string(b->parser, b->text.at, b->text.len) != 0) {
        b->status = STATUS_NO_MEMORY;
    } else {
        read_stream(b, root);
        if (!b->stopped && fy_diag_got_error(diag)) {
            report_syntax(b, diag);
        }
        *out = b->stopped ? NULL : root;
    }
    fy_parser_destroy(b->parser);
    fy_diag_destroy(diag);
    return b->status;
}

enum status yaml_parse(struct str text, struct arena *arena, const struct yaml **out,
                       struct yaml_errors *errors) {
    struct builder b = {.text = text, .arena = arena};
    *out = NULL;
    enum status status = STATUS_OK;
    if (text.len > LIMIT_SOURCE_BYTES) {
        stop(&b, 0, 1,
             arena_format(arena, "the text has %zu bytes; more than %u are not read", text.len,
                          LIMIT_SOURCE_BYTES),
             NULL);
        status = b.status;
    } else if (text.len == 0) {
        struct yaml *empty = ARENA_NEW(arena, struct yaml);
        *out = empty;
        status = empty ? STATUS_OK : STATUS_NO_MEMORY;
    } else if (check_text(&b)) {
        status = parse_checked(&b, out);
    } else {
        status = b.status;
    }
    *errors = (struct yaml_errors){.count = b.error_count, .items = b.errors};
    return status;
}

const struct yaml *yaml_get(const struct yaml *map, const char *key) {
    for (uint32_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++) {
        if (str_equal(map->keys[i].text, str_from(key))) {
            return &map->items[i];
        }
    }
    return NULL;
}
