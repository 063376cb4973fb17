/* The schema as a page for people and as JSON Schema for editors. */
#include "trial/schema.h"

static const char *anchor_of(enum schema_object_id object) {
    return schema_object(object)->name;
}

static void add_spaced(struct buf *out, const char *name) {
    for (; *name; name++) {
        buf_add_char(out, *name == '_' ? ' ' : *name);
    }
}

/* ---- Markdown ---- */

static void add_kind(struct buf *out, const struct schema_key *k) {
    switch ((enum schema_kind)k->kind) {
    case SCHEMA_CHOICE: {
        bool first = true;
        for (uint32_t i = 0; i < schema_word_count; i++) {
            if (schema_words[i].choice == k->of) {
                buf_add_format(out, "%s`%s`", first ? "" : ", ", schema_words[i].text);
                first = false;
            }
        }
        return;
    }
    case SCHEMA_ONE:
        buf_add_format(out, "[");
        add_spaced(out, anchor_of(k->of));
        buf_add_format(out, "](#%s)", anchor_of(k->of));
        return;
    case SCHEMA_LIST:
        buf_add_cstr(out, "a list of [");
        add_spaced(out, anchor_of(k->of));
        buf_add_format(out, "](#%s)", anchor_of(k->of));
        return;
    case SCHEMA_MAP:
        buf_add_cstr(out, "names, each with a [");
        add_spaced(out, anchor_of(k->of));
        buf_add_format(out, "](#%s)", anchor_of(k->of));
        return;
    default:
        buf_add_cstr(out, schema_kind_words(k->kind));
    }
}

static void markdown_object(struct buf *out, enum schema_object_id object) {
    const struct schema_object *o = schema_object(object);
    buf_add_format(out, "\n<a id=\"%s\"></a>\n## ", o->name);
    add_spaced(out, o->name);
    buf_add_format(out, "\n\n%s\n\n| key | what stands there | meaning |\n|---|---|---|\n",
                   o->words);
    for (uint16_t i = 0; i < o->key_count; i++) {
        const struct schema_key *k = &schema_keys[o->key_first + i];
        if (!k->key[0]) {
            continue;
        }
        buf_add_format(out, "| %s`%s`%s | ", k->required ? "**" : "", k->key,
                       k->required ? "**" : "");
        add_kind(out, k);
        buf_add_format(out, " | %s |\n", k->words);
    }
}

/* ---- What a page is about ---- */

/* published.yaml is a text of its own; all the rest belongs to trial.yaml. */
struct page {
    bool objects[SCHEMA_OBJECT_COUNT];
    bool choices[SCHEMA_CHOICE_COUNT];
};

static void add_object(struct page *page, uint8_t object) {
    const struct schema_object *o = schema_object(object);
    if (page->objects[object]) {
        return;
    }
    page->objects[object] = true;
    for (uint16_t i = 0; i < o->key_count; i++) {
        const struct schema_key *k = &schema_keys[o->key_first + i];
        if (k->kind == SCHEMA_CHOICE) {
            page->choices[k->of] = true;
        } else if (k->kind == SCHEMA_ONE || k->kind == SCHEMA_LIST || k->kind == SCHEMA_MAP) {
            add_object(page, k->of);
        }
    }
}

static struct page page_of(bool published) {
    struct page page = {0};
    page.choices[SCHEMA_CHOICE_status] = true;
    for (int i = 0; i < SCHEMA_OBJECT_COUNT; i++) {
        bool is_published = i == SCHEMA_OBJECT_published || i == SCHEMA_OBJECT_claim;
        if (is_published == published) {
            add_object(&page, (uint8_t)i);
        }
    }
    return page;
}

static void markdown_words(struct buf *out, const struct page *page) {
    buf_add_cstr(out, "\n## Words\n");
    for (uint32_t c = 0; c < SCHEMA_CHOICE_COUNT; c++) {
        if (!page->choices[c]) {
            continue;
        }
        buf_add_format(out, "\n%s\n\n", schema_choice_words((enum schema_choice_id)c));
        for (uint32_t i = 0; i < schema_word_count; i++) {
            if (schema_words[i].choice == c) {
                buf_add_format(out, "- `%s`: %s\n", schema_words[i].text, schema_words[i].words);
            }
        }
    }
}

static void markdown_page(struct buf *out, bool published) {
    struct page page = page_of(published);
    for (int i = 0; i < SCHEMA_OBJECT_COUNT; i++) {
        if (page.objects[i]) {
            markdown_object(out, (enum schema_object_id)i);
        }
    }
    markdown_words(out, &page);
}

void schema_print_published_markdown(struct buf *out) {
    buf_add_cstr(
        out,
        "# published.yaml\n\n"
        "What a publication printed, and how each number can be recomputed. `quell verify TRIAL` "
        "reads the file in a\n"
        "trial's folder, `quell verify FILE.yaml` any other: it works on every paper somebody "
        "transcribes.\n\n"
        "    publication: example\n"
        "    reference: N Engl J Med 2021\n"
        "    claims:\n"
        "      - id: primary-p\n"
        "        where: abstract\n"
        "        says: p value of the primary outcome\n"
        "        printed: 0.712\n"
        "        check: p of two groups\n"
        "        counts: [35/40, 37/40]\n"
        "        groups: [anakinra, SOC]\n"
        "        event: success\n"
        "        other: failure\n\n"
        "Write `printed` exactly as it stands there: its digits say how it was rounded. A number "
        "that "
        "rounds to it, half\n"
        "up or half to even, reproduces it; where the two differ the verdict says which was used. "
        "Every usual method is\n"
        "tried, and those that do not give the number are listed beside the one that does.\n\n"
        "The verdicts are `reproduced`, `inconsistent` (no way of computing it gives the printed "
        "number), `needs\n"
        "patient-level data` and `adjusted and so not recomputable`. The exit code is 1 when a "
        "claim "
        "is inconsistent.\n\n"
        "`docs/verify.md` shows by an example how a paper is transcribed. Editors that know YAML "
        "schemas complete keys\n"
        "and words when the first line of the file is\n\n"
        "    # yaml-language-server: $schema=PATH/docs/published.schema.json\n\n"
        "This page and that schema are written from the table `src/trial/schema_published.def`. "
        "Keys in bold are\nrequired.\n");
    markdown_page(out, true);
}

void schema_print_markdown(struct buf *out) {
    buf_add_cstr(
        out,
        "# trial.yaml\n\n"
        "This page is written from the table `src/trial/schema.def`, from which the reader of "
        "trial.yaml and\n"
        "`docs/trial.schema.json` come too; editors use that with `# yaml-language-server: "
        "$schema=PATH/docs/trial.schema.json`\n"
        "as the first line. Keys in bold are required.\n\n"
        "The text is a strict subset of YAML 1.2: no tabs for indentation, no anchors, aliases or "
        "tags, no key\n"
        "twice. A key that is not listed here is an error, never ignored.\n\n"
        "What stands in trial.yaml without a mark is stated in the trial's source. Anything else "
        "says so: every\n"
        "object may carry `status`, `source` and `note` beside its keys, and every single value "
        "may be written\n"
        "`{value: ..., status: ..., source: ..., note: ...}`. `quell check TRIAL "
        "--list-assumptions` lists them.\n");
    markdown_page(out, false);
}

/* ---- JSON Schema ---- */

/* What a single value may be; a marked value may stand for each. */
static const char *json_scalar(enum schema_kind kind) {
    switch (kind) {
    case SCHEMA_BOOLEAN:
        return "{\"type\":\"boolean\"}";
    case SCHEMA_NUMBER:
        return "{\"type\":\"number\"}";
    case SCHEMA_NAME:
        return "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9._-]+$\"}";
    case SCHEMA_DAY:
    case SCHEMA_DAYS:
    case SCHEMA_COUNT:
        return "{\"type\":[\"string\",\"integer\"]}";
    case SCHEMA_SCALAR:
        return "{\"type\":[\"string\",\"number\",\"boolean\"]}";
    case SCHEMA_TEXT:
        return "{\"type\":[\"string\",\"number\"]}";
    default:
        return "{\"type\":\"string\"}";
    }
}

static void json_marked(struct buf *out, const char *inner) {
    buf_add_format(out,
                   "{\"anyOf\":[%s,{\"type\":\"object\",\"required\":[\"value\"],"
                   "\"additionalProperties\":false,\"properties\":{\"value\":%s,\"status\":{"
                   "\"$ref\":\"#/$defs/status\"},\"source\":{\"type\":\"string\"},\"note\":{"
                   "\"type\":\"string\"}}}]}",
                   inner, inner);
}

static void json_type(struct buf *out, const struct schema_key *k) {
    const char *of = k->kind == SCHEMA_ONE || k->kind == SCHEMA_LIST || k->kind == SCHEMA_MAP
                         ? schema_object(k->of)->name
                         : "";
    switch ((enum schema_kind)k->kind) {
    case SCHEMA_ONE:
        buf_add_format(out, "{\"$ref\":\"#/$defs/object-%s\"}", of);
        return;
    case SCHEMA_LIST:
        buf_add_format(out, "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/object-%s\"}}", of);
        return;
    case SCHEMA_MAP:
        buf_add_format(
            out, "{\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#/$defs/object-%s\"}}",
            of);
        return;
    case SCHEMA_PAIRS:
        buf_add_cstr(out, "{\"type\":\"object\"}");
        return;
    case SCHEMA_TEXTS:
    case SCHEMA_QUANTITIES:
        json_marked(out, "{\"type\":[\"string\",\"array\"],\"items\":{\"type\":[\"string\","
                         "\"number\"]}}");
        return;
    case SCHEMA_NUMBERS:
        json_marked(out, "{\"type\":[\"number\",\"array\"],\"items\":{\"type\":\"number\"}}");
        return;
    case SCHEMA_CHOICE: {
        struct buf words;
        buf_init(&words);
        buf_add_cstr(&words, "{\"enum\":[");
        bool first = true;
        for (uint32_t i = 0; i < schema_word_count; i++) {
            if (schema_words[i].choice == k->of) {
                buf_add_cstr(&words, first ? "" : ",");
                buf_add_json(&words, str_from(schema_words[i].text));
                first = false;
            }
        }
        buf_add_cstr(&words, "]}");
        buf_add_char(&words, '\0');
        if (buf_status(&words) == STATUS_OK) {
            json_marked(out, words.at);
        } else {
            out->status = STATUS_NO_MEMORY;
        }
        buf_release(&words);
        return;
    }
    default:
        json_marked(out, json_scalar(k->kind));
    }
}

static void json_properties(struct buf *out, const struct schema_object *o) {
    for (uint16_t i = 0; i < o->key_count; i++) {
        const struct schema_key *k = &schema_keys[o->key_first + i];
        if (k->key[0]) {
            buf_add_format(out, "      \"%s\":{\"description\":", k->key);
            buf_add_json(out, str_from(k->words));
            buf_add_cstr(out, ",\"allOf\":[");
            json_type(out, k);
            buf_add_cstr(out, "]},\n");
        }
    }
    buf_add_cstr(out, "      \"status\":{\"$ref\":\"#/$defs/status\"},\n"
                      "      \"source\":{\"type\":\"string\"},\n"
                      "      \"note\":{\"type\":\"string\"}\n");
}

static void json_object(struct buf *out, const struct schema_object *o) {
    bool is_short = false;
    buf_add_format(out, "    \"object-%s\":{\"description\":", o->name);
    buf_add_json(out, str_from(o->words));
    buf_add_cstr(out, ",\"additionalProperties\":false,\"required\":[");
    bool first = true;
    for (uint16_t i = 0; i < o->key_count; i++) {
        const struct schema_key *k = &schema_keys[o->key_first + i];
        is_short |= str_equal(str_from(k->key), STR("value")) && k->required;
        if (k->key[0] && k->required) {
            buf_add_format(out, "%s\"%s\"", first ? "" : ",", k->key);
            first = false;
        }
    }
    buf_add_format(out, "],\"type\":%s,\"properties\":{\n",
                   is_short ? "[\"object\",\"string\",\"number\",\"boolean\"]" : "\"object\"");
    json_properties(out, o);
    buf_add_cstr(out, "    }}");
}

static void json_schema(struct buf *out, bool published) {
    buf_add_format(out,
                   "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
                   " \"title\":\"%s of Quell\",\n"
                   " \"$ref\":\"#/$defs/object-%s\",\n"
                   " \"$defs\":{\n    \"status\":{\"enum\":[",
                   published ? "published.yaml" : "trial.yaml",
                   published ? "published" : "document");
    bool first = true;
    for (uint32_t i = 0; i < schema_word_count; i++) {
        if (schema_words[i].choice == SCHEMA_CHOICE_status) {
            buf_add_cstr(out, first ? "" : ",");
            buf_add_json(out, str_from(schema_words[i].text));
            first = false;
        }
    }
    buf_add_cstr(out, "]}");
    struct page page = page_of(published);
    for (int i = 0; i < SCHEMA_OBJECT_COUNT; i++) {
        if (page.objects[i]) {
            buf_add_cstr(out, ",\n");
            json_object(out, schema_object((enum schema_object_id)i));
        }
    }
    buf_add_cstr(out, "\n }}\n");
}

void schema_print_json_schema(struct buf *out) {
    json_schema(out, false);
}

void schema_print_published_json_schema(struct buf *out) {
    json_schema(out, true);
}
