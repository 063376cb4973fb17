/* Everything in a trial that its source does not state. */
#include "trial/document_walk.h"
#include "trial/trial_internal.h"

enum { SHOWN_CHARS = 200 };

struct listing {
    struct trial_build *build;
    struct trial_assumption *items; /* NULL while counting */
    uint32_t count;
    bool no_memory;
};

/* The first words of what was written there, on one line. */
static struct str written(const struct listing *l, struct span span) {
    if (!span.source) {
        return STR_NONE;
    }
    size_t len = span.end - span.start;
    struct str text = {span.source->text.at + span.start, len < SHOWN_CHARS ? len : SHOWN_CHARS};
    const char *newline = text.len ? memchr(text.at, '\n', text.len) : NULL;
    if (newline) {
        text.len = (size_t)(newline - text.at);
    }
    return arena_copy(l->build->arena, text);
}

static struct str where_of(const struct listing *l, enum schema_object_id object, const void *at,
                           const char *key) {
    struct str id = document_id(object, at);
    const char *name = object == SCHEMA_OBJECT_document ? "trial" : schema_object(object)->name;
    struct str where = arena_format(l->build->arena, "%s%s%.*s%s%s", name, id.len ? " " : "",
                                    STR_ARG(id), key ? ": " : "", key ? key : "");
    for (size_t i = 0; i < where.len && name[i]; i++) {
        ((char *)(uintptr_t)where.at)[i] = where.at[i] == '_' ? ' ' : where.at[i];
    }
    return where;
}

static void add(struct listing *l, const struct trial_mark *mark, struct str where, struct str what,
                struct span span) {
    l->no_memory |= !where.at;
    l->items[l->count] = (struct trial_assumption){
        .status = mark->status,
        .where = where,
        .what = what,
        .source = mark->source,
        .note = mark->note,
        .span = span,
    };
}

/* What an object says in a few words: its text, title, label, name or value. */
static struct str words_of(const struct listing *l, enum schema_object_id object, const void *at) {
    static const char *const keys[] = {"text", "title", "label", "name", "value", "define"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct trial_text *text = document_text(object, at, keys[i]);
        if (text && trial_given(text->place)) {
            return text->text;
        }
    }
    return written(l, document_span(at));
}

static void visit_object(void *context, enum schema_object_id object, void *at) {
    struct listing *l = context;
    const struct trial_mark *mark = document_mark(at);
    if (mark->status == MARK_STATED) {
        return;
    }
    if (l->items) {
        add(l, mark, where_of(l, object, at, NULL), words_of(l, object, at), document_span(at));
    }
    l->count++;
}

static void visit_scalar(void *context, const struct schema_key *key, void *object, void *member) {
    struct listing *l = context;
    const struct trial_place *place = member;
    if (!place->mark || place->mark->status == MARK_STATED) {
        return;
    }
    if (l->items) {
        add(l, place->mark, where_of(l, key->object, object, key->key), written(l, place->span),
            place->span);
    }
    l->count++;
}

enum status trial_list_assumptions(struct trial_build *build) {
    struct listing l = {.build = build};
    const struct document_visitor visitor = {&l, visit_object, visit_scalar};
    document_walk(build->document, &visitor);
    struct trial_assumption *items =
        ARENA_ARRAY(build->arena, l.count + 1, struct trial_assumption);
    if (!items) {
        return STATUS_NO_MEMORY;
    }
    l = (struct listing){.build = build, .items = items};
    document_walk(build->document, &visitor);
    build->trial->assumptions = items;
    build->trial->assumption_count = l.count;
    return l.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
