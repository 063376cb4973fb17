#include "suite_reader.h"

#include "base/buf.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const suite_names[] = {
    "CqlAggregateFunctionsTest",
    "CqlAggregateTest",
    "CqlArithmeticFunctionsTest",
    "CqlComparisonOperatorsTest",
    "CqlConditionalOperatorsTest",
    "CqlDateTimeOperatorsTest",
    "CqlErrorsAndMessagingOperatorsTest",
    "CqlIntervalOperatorsTest",
    "CqlListOperatorsTest",
    "CqlLogicalOperatorsTest",
    "CqlNullologicalOperatorsTest",
    "CqlQueryTests",
    "CqlStringOperatorsTest",
    "CqlTypeOperatorsTest",
    "CqlTypesTest",
    "ValueLiteralsAndSelectors",
};
const uint32_t suite_name_count = sizeof suite_names / sizeof *suite_names;

struct reader {
    struct arena *arena;
    struct suite_file *file;
    struct suite_test **last;
    struct suite_test *test;
    struct str group;
    struct buf text;
    bool in_text;
    bool failed;
};

static const char *attribute(const char **attributes, const char *name) {
    for (int i = 0; attributes[i]; i += 2) {
        if (strcmp(attributes[i], name) == 0) {
            return attributes[i + 1];
        }
    }
    return "";
}

static struct str keep(struct reader *r, struct str text) {
    struct str copy = arena_copy(r->arena, text);
    r->failed = r->failed || !copy.at;
    return copy;
}

static enum suite_invalid stage(const char *word) {
    return strcmp(word, "syntax") == 0      ? SUITE_INVALID_SYNTAX
           : strcmp(word, "semantic") == 0  ? SUITE_INVALID_SEMANTIC
           : strcmp(word, "execution") == 0 ? SUITE_INVALID_EXECUTION
           : strcmp(word, "true") == 0      ? SUITE_INVALID_ANY
                                            : SUITE_VALID;
}

static void start(void *context, const char *name, const char **attributes) {
    struct reader *r = context;
    if (strcmp(name, "group") == 0) {
        r->group = keep(r, str_from(attribute(attributes, "name")));
    } else if (strcmp(name, "test") == 0) {
        r->test = ARENA_NEW(r->arena, struct suite_test);
        if (!r->test) {
            r->failed = true;
            return;
        }
        r->test->group = r->group;
        r->test->name = keep(r, str_from(attribute(attributes, "name")));
        *r->last = r->test;
        r->last = &r->test->next;
        r->file->count++;
    } else if (strcmp(name, "expression") == 0 || strcmp(name, "output") == 0) {
        buf_reset(&r->text);
        r->in_text = true;
        if (r->test && strcmp(name, "expression") == 0) {
            r->test->invalid = stage(attribute(attributes, "invalid"));
        }
    }
}

static void end(void *context, const char *name) {
    struct reader *r = context;
    bool expression = strcmp(name, "expression") == 0;
    if (expression || strcmp(name, "output") == 0) {
        r->in_text = false;
        if (r->test) {
            *(expression ? &r->test->expression : &r->test->output) = keep(r, buf_str(&r->text));
        }
    } else if (strcmp(name, "test") == 0) {
        r->test = NULL;
    }
}

static void text(void *context, const char *at, int length) {
    struct reader *r = context;
    if (r->in_text) {
        buf_add(&r->text, (struct str){at, (size_t)length});
    }
}

enum status suite_read(const char *path, struct arena *arena, struct suite_file *out) {
    *out = (struct suite_file){0};
    FILE *file = fopen(path, "rb");
    if (!file) {
        return STATUS_IO;
    }
    struct reader r = {.arena = arena, .file = out, .last = &out->first};
    buf_init(&r.text);
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, &r);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    enum status status = STATUS_OK;
    for (bool last = false; !last && status == STATUS_OK;) {
        char bytes[16384];
        size_t count = fread(bytes, 1, sizeof bytes, file);
        last = count < sizeof bytes;
        if (XML_Parse(parser, bytes, (int)count, last) != XML_STATUS_OK || r.failed) {
            status = STATUS_IO;
        }
    }
    XML_ParserFree(parser);
    fclose(file);
    buf_release(&r.text);
    return status;
}

struct str suite_folder(struct arena *arena, const char *root) {
    const char *shared = getenv("QUELL_SHARED");
    return shared ? arena_format(arena, "%s/suites/cql-tests", shared)
                  : arena_format(arena, "%s/../shared/suites/cql-tests", root);
}
