/* Random well-typed libraries: the machine, the traced machine and the tree walker agree on every
 * definition, and the syntax printed is CQL that parses to the same tree. The templates are
 * random_library.def; the same seed gives the same libraries.
 *
 *   test_random_libraries [LIBRARIES [SEED]] */
#include "compare_walks.h"

#include "base/buf.h"
#include "cql/syntax.h"
#include "value/datetime.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEFINITIONS = 8, FUNCTIONS = 2, DEPTH_MAX = 5, VARIABLES_MAX = 32, LIBRARIES = 1500 };

struct template {
    char type;
    const char *text;
};

static const struct template templates[] = {
#define TEMPLATE(type, text) {#type[0], text},
#define LEAF(type, text)
#include "random_library.def"
#undef TEMPLATE
#undef LEAF
};

static const struct template leaves[] = {
#define TEMPLATE(type, text)
#define LEAF(type, text) {#type[0], text},
#include "random_library.def"
#undef TEMPLATE
#undef LEAF
};

/* What a name in scope is: a variable N12, an operand, or an earlier definition. */
struct name {
    char type;
    char text[16];
};

struct generator {
    uint64_t seed;
    uint32_t uses;      /* of templates, so that names differ */
    uint32_t functions; /* f0 ... that may be called already */
    struct name names[VARIABLES_MAX + DEFINITIONS];
    uint32_t name_count;
    struct buf text;
};

static uint32_t random_below(struct generator *g, uint32_t end) {
    uint64_t z = (g->seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) % end);
}

static void add_name(struct generator *g, char type, const char *text) {
    if (g->name_count < VARIABLES_MAX + DEFINITIONS) {
        struct name *name = &g->names[g->name_count++];
        name->type = type;
        (void)snprintf(name->text, sizeof(name->text), "%s", text);
    }
}

/* A template of the type that calls no function that is still to come. */
static const char *pick(struct generator *g, const struct template *from, size_t count, char type) {
    const char *chosen = NULL;
    uint32_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        bool later = from[i].text[0] == 'f' && from[i].text[1] >= '0' && from[i].text[1] <= '9' &&
                     (uint32_t)(from[i].text[1] - '0') >= g->functions;
        if (from[i].type == type && !later && random_below(g, ++seen) == 0) {
            chosen = from[i].text;
        }
    }
    return chosen;
}

static bool use_name(struct generator *g, char type) {
    for (uint32_t tries = 0; tries < 4 && g->name_count; tries++) {
        const struct name *name = &g->names[random_below(g, g->name_count)];
        if (name->type == type) {
            buf_add_cstr(&g->text, name->text);
            return true;
        }
    }
    return false;
}

static void add_expression(struct generator *g, char type, int depth) {
    const char *t = NULL;
    if (random_below(g, 4) == 0 && use_name(g, type)) {
        return;
    }
    if (depth > 0 && random_below(g, 6) != 0) {
        t = pick(g, templates, sizeof(templates) / sizeof(templates[0]), type);
    }
    t = t ? t : pick(g, leaves, sizeof(leaves) / sizeof(leaves[0]), type);
    uint32_t names = g->name_count, use = g->uses++;
    char number[11], variable[16];
    (void)snprintf(number, sizeof(number), "%u", use);
    for (; *t; t++) {
        if (*t == '%') {
            add_expression(g, *++t, depth - 1);
        } else if (*t == '$') {
            buf_add_cstr(&g->text, number);
        } else if (*t == '#') {
            (void)snprintf(variable, sizeof(variable), "%c%.10s", t[2], number);
            add_name(g, t[1], variable);
            t += 2;
        } else {
            buf_add_char(&g->text, *t);
        }
    }
    g->name_count = names;
}

static void generate(struct generator *g) {
    static const char types[] = "BILDSATHQVWEXYZU";
    char name[16];
    buf_reset(&g->text);
    g->uses = g->name_count = g->functions = 0;
    buf_add_cstr(&g->text, "library Random\ndefine function f0(x Integer, s String): ");
    add_name(g, 'I', "x");
    add_name(g, 'S', "s");
    add_expression(g, 'I', DEPTH_MAX - 2);
    g->functions = 1;
    g->name_count = 1;
    buf_add_cstr(&g->text, "\ndefine function f1(x Integer): ");
    add_expression(g, 'I', DEPTH_MAX - 2);
    g->functions = FUNCTIONS;
    g->name_count = 0;
    for (int i = 0; i < DEFINITIONS; i++) {
        char type = types[random_below(g, sizeof(types) - 1)];
        buf_add_format(&g->text, "\ndefine d%d: ", i);
        add_expression(g, type, DEPTH_MAX);
        (void)snprintf(name, sizeof(name), "d%d", i);
        add_name(g, type, name);
    }
    buf_add_char(&g->text, '\n');
}

struct run {
    struct arena arena;
    struct diag_list diags;
    struct program *program;
    struct plan *plan;
    struct buf out;
    uint32_t compared;
};

/* The printed tree parses to the same tree. */
static bool reads_back(struct run *run, const struct source *source) {
    struct syntax *tree = NULL, *again = NULL;
    struct buf printed;
    buf_init(&printed);
    bool good = syntax_parse_library(source, &run->arena, &run->diags, &tree) == STATUS_OK;
    syntax_print(tree, &printed);
    struct str text = arena_copy(&run->arena, buf_str(&printed));
    const struct source *second = diag_source(&run->diags, STR("printed"), text);
    good = good && buf_status(&printed) == STATUS_OK && second &&
           syntax_parse_library(second, &run->arena, &run->diags, &again) == STATUS_OK &&
           !diag_has_errors(&run->diags) && syntax_equal(tree, again);
    buf_release(&printed);
    return good;
}

static bool agrees(struct run *run, const struct source *source) {
    struct buf why;
    buf_init(&why);
    bool good = check_program(source, NULL, &run->arena, &run->diags, &run->program) == STATUS_OK &&
                !diag_has_errors(&run->diags) &&
                plan_compile(run->program, NULL, &run->diags, &run->plan) == STATUS_OK &&
                plan_link(run->plan, NULL, NULL, 0, &run->diags) == STATUS_OK &&
                plan_verify(run->plan, &why);
    buf_release(&why);
    struct comparison c = {.plan = run->plan, .at = INSTANT_MAX, .out = &run->out};
    good = good && datetime_parse(STR("2020-02-29T12:00:00.000+05:45"), &c.now) &&
           compare_walks(&c, run->program);
    run->compared += c.compared;
    return good && c.differing == 0;
}

static bool run_one(struct generator *g, struct run *run) {
    arena_init(&run->arena, 0);
    diag_init(&run->diags, &run->arena);
    buf_init(&run->out);
    run->program = NULL;
    run->plan = NULL;
    const struct source *source = diag_source(&run->diags, STR("random"), buf_str(&g->text));
    bool good = source && reads_back(run, source) && agrees(run, source);
    if (!good) {
        diag_print_all(&run->diags, false, &run->out);
        printf("%.*s\n%.*s\n", STR_ARG(buf_str(&g->text)), STR_ARG(buf_str(&run->out)));
    }
    plan_free(run->plan);
    program_release(run->program);
    buf_release(&run->out);
    arena_release(&run->arena);
    return good;
}

int main(int argc, char **argv) {
    uint32_t libraries = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : LIBRARIES;
    struct generator g = {.seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1};
    struct run run = {.compared = 0};
    uint32_t failed = 0;
    buf_init(&g.text);
    for (uint32_t i = 0; i < libraries && failed < 3; i++) {
        generate(&g);
        failed += !run_one(&g, &run);
    }
    buf_release(&g.text);
    printf("%u definitions in %u libraries compared\n", run.compared, libraries);
    printf("%u passed, %u failed\n", libraries - failed, failed);
    return failed || !run.compared;
}
