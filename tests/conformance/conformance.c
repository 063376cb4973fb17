/* Runs the public CQL test suite (cqframework/cql-tests) and prints a table a file. An expected
 * value is itself CQL: it is evaluated and must be exactly the result. A test that must fail has to
 * fail at its stage. What the engine refuses is counted as failed, and shown apart.
 *
 *   conformance [--verbose] [--file NAME] [--floor FILE] [--write-floor FILE] [--docs FILE]
 *               [--write-docs FILE]
 *
 * With --floor, a file of "NAME PASSED" lines, the exit status tells whether any file passes fewer
 * tests than its floor; without, whether any failed. With --docs it also tells whether the table
 * there is the one of this run; --write-docs puts it there. */
#include "docs_table.h"
#include "exact.h"
#include "suite_reader.h"

#include "base/buf.h"
#include "diag/diag.h"
#include "exec/machine.h"
#include "value/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef QUELL_SOURCE_ROOT
#define QUELL_SOURCE_ROOT "."
#endif

enum stage { STAGE_DONE, STAGE_SYNTAX, STAGE_SEMANTIC, STAGE_EXECUTION };

/* One evaluated text. Everything lives in `arena` and the machine. */
struct evaluation {
    struct arena arena;
    struct diag_list diags;
    struct program *program;
    struct plan *plan;
    struct machine *machine;
    enum stage stage;
    struct value value;
    struct str message;
};

/* The request: Sunday 2026-01-04 12:00 at UTC. The suite takes offsets and the current time for
 * granted only in ways that hold at any. */
static const struct datetime request = {2026, 1, 4, 12, 0, 0, PRECISION_MILLISECOND, 0, 0};

static enum stage stage_of(const struct diag_list *diags, struct str *message) {
    for (const struct diagnostic *d = diags->first; d; d = d->next) {
        if (d->severity == SEVERITY_ERROR) {
            *message = d->message;
            /* A literal out of range is a matter of the text alone. */
            bool text = d->id == DIAG_CQ0120 || atoi(diag_info(d->id)->id + 2) < 100;
            return text ? STAGE_SYNTAX : STAGE_SEMANTIC;
        }
    }
    return STAGE_DONE;
}

static void evaluate(struct evaluation *e, struct str text) {
    *e = (struct evaluation){.stage = STAGE_SEMANTIC};
    arena_init(&e->arena, 0);
    diag_init(&e->diags, &e->arena);
    const struct source *source = diag_source(&e->diags, STR("test"), text);
    if (!source ||
        check_expression(source, false, &e->arena, &e->diags, &e->program) != STATUS_OK ||
        diag_has_errors(&e->diags)) {
        e->message = STR("not checked");
        e->stage = stage_of(&e->diags, &e->message);
        return;
    }
    if (plan_compile(e->program, NULL, &e->diags, &e->plan) != STATUS_OK ||
        plan_link(e->plan, NULL, NULL, 0, &e->diags) != STATUS_OK ||
        machine_new(e->plan, NULL, &e->machine) != STATUS_OK) {
        e->message = STR("not compiled");
        (void)stage_of(&e->diags, &e->message);
        return;
    }
    struct buf why;
    buf_init(&why);
    if (!plan_verify(e->plan, &why)) {
        e->message = arena_copy(&e->arena, buf_str(&why));
        buf_release(&why);
        return;
    }
    buf_release(&why);
    machine_start(e->machine, NULL, INSTANT_MAX, request);
    const struct definition *d = program_find(e->program, STR("expression"));
    const struct run_error *errors;
    if (!d || machine_eval(e->machine, d, &e->value) != STATUS_OK) {
        e->message = STR("no memory");
        return;
    }
    e->stage = STAGE_DONE;
    if (machine_errors(e->machine, &errors) > 0) {
        e->stage = STAGE_EXECUTION;
        e->message = errors[0].message;
    }
}

static void evaluation_release(struct evaluation *e) {
    machine_free(e->machine);
    plan_free(e->plan);
    program_release(e->program);
    arena_release(&e->arena);
}

enum outcome { PASSED, FAILED, UNSUPPORTED };

struct tally {
    uint32_t passed;
    uint32_t failed;
    uint32_t unsupported;
};

static void print_failure(const struct suite_test *test, const struct evaluation *actual,
                          const struct evaluation *expected) {
    static const char *const stages[] = {"", "syntax: ", "semantic: ", "execution: "};
    struct buf text;
    buf_init(&text);
    if (actual->stage == STAGE_DONE) {
        value_print_cql(&actual->value, &text);
    } else {
        buf_add_cstr(&text, stages[actual->stage]);
        buf_add(&text, actual->message);
    }
    printf("  %.*s / %.*s: %.*s\n    actual   %.*s\n", STR_ARG(test->group), STR_ARG(test->name),
           STR_ARG(test->expression), STR_ARG(buf_str(&text)));
    if (test->invalid != SUITE_VALID) {
        printf("    expected a failure\n");
    } else {
        printf("    expected %.*s\n", STR_ARG(test->output));
        if (expected->stage != STAGE_DONE) {
            printf("    the expected value: %s%.*s\n", stages[expected->stage],
                   STR_ARG(expected->message));
        }
    }
    buf_release(&text);
}

static bool fails_rightly(enum suite_invalid invalid, enum stage stage) {
    switch (invalid) {
    case SUITE_INVALID_SYNTAX:
        return stage == STAGE_SYNTAX;
    case SUITE_INVALID_SEMANTIC:
        return stage == STAGE_SEMANTIC;
    case SUITE_INVALID_EXECUTION:
        return stage == STAGE_EXECUTION;
    case SUITE_INVALID_ANY:
        return stage != STAGE_DONE;
    case SUITE_VALID:
        break;
    }
    return false;
}

static enum outcome run_test(const struct suite_test *test, bool verbose) {
    struct evaluation actual, expected = {.stage = STAGE_DONE};
    evaluate(&actual, test->expression);
    enum outcome outcome = FAILED;
    if (test->invalid != SUITE_VALID) {
        outcome = fails_rightly(test->invalid, actual.stage) ? PASSED : FAILED;
    } else {
        evaluate(&expected, test->output);
        if (actual.stage == STAGE_SYNTAX || actual.stage == STAGE_SEMANTIC) {
            outcome = UNSUPPORTED;
        } else if (actual.stage == STAGE_DONE && expected.stage == STAGE_DONE &&
                   value_is_exactly(&actual.value, &expected.value, request.offset_min)) {
            outcome = PASSED;
        }
    }
    if (outcome != PASSED && verbose) {
        print_failure(test, &actual, &expected);
    }
    evaluation_release(&actual);
    if (test->invalid == SUITE_VALID) {
        evaluation_release(&expected);
    }
    return outcome;
}

static void run_file(const struct suite_file *file, bool verbose, struct tally *tally) {
    for (const struct suite_test *test = file->first; test; test = test->next) {
        switch (run_test(test, verbose)) {
        case PASSED:
            tally->passed++;
            break;
        case FAILED:
            tally->failed++;
            break;
        case UNSUPPORTED:
            tally->unsupported++;
            break;
        }
    }
}

/* The least number of tests of a file that must pass; 0 when the floor does not name it. */
static uint32_t floor_of(const char *path, const char *name) {
    FILE *file = path ? fopen(path, "r") : NULL;
    char word[128];
    unsigned least = 0, found = 0;
    while (file && fscanf(file, "%127s %u", word, &least) == 2) {
        if (strcmp(word, name) == 0) {
            found = least;
        }
    }
    if (file) {
        fclose(file);
    }
    return found;
}

struct options {
    bool verbose;
    const char *file;
    const char *floor;
    const char *write_floor;
    const char *docs;
    const char *write_docs;
};

static bool parse_options(int argc, char **argv, struct options *options) {
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--file") == 0          ? &options->file
                             : strcmp(argv[i], "--floor") == 0       ? &options->floor
                             : strcmp(argv[i], "--write-floor") == 0 ? &options->write_floor
                             : strcmp(argv[i], "--docs") == 0        ? &options->docs
                             : strcmp(argv[i], "--write-docs") == 0  ? &options->write_docs
                                                                     : NULL;
        if (strcmp(argv[i], "--verbose") == 0) {
            options->verbose = true;
        } else if (value && i + 1 < argc) {
            *value = argv[++i];
        } else {
            fprintf(stderr, "conformance: no option %s\n", argv[i]);
            return false;
        }
    }
    return true;
}

enum { EXIT_SKIPPED = 77, EXIT_USAGE = 2 };

/* What a run is made of and gives. */
struct suite_run {
    struct options options;
    struct arena arena;
    struct str folder;
    struct tally all;
    bool below;       /* a file passes fewer than its floor, or cannot be read */
    FILE *floor;      /* to be written, or NULL */
    struct buf table; /* Markdown */
};

static void run_named(struct suite_run *run, const char *name) {
    struct suite_file file;
    struct tally tally = {0};
    struct str path = arena_format(&run->arena, "%.*s/%s.xml", STR_ARG(run->folder), name);
    if (!path.at || suite_read(path.at, &run->arena, &file) != STATUS_OK) {
        fprintf(stderr, "conformance: cannot read %s\n", path.at ? path.at : name);
        run->below = true;
        return;
    }
    run_file(&file, run->options.verbose, &tally);
    bool low = tally.passed < floor_of(run->options.floor, name);
    run->below = run->below || low;
    printf("%-36s %7u %7u %12u%s\n", name, tally.passed, tally.failed, tally.unsupported,
           low ? "  below its floor" : "");
    uint32_t of = tally.passed + tally.failed + tally.unsupported;
    buf_add_format(&run->table, "| %s | %u | %u |\n", name, tally.passed, of);
    if (run->floor) {
        fprintf(run->floor, "%s %u\n", name, tally.passed);
    }
    run->all.passed += tally.passed;
    run->all.failed += tally.failed + tally.unsupported;
}

static bool check_docs(const struct suite_run *run) {
    const struct options *options = &run->options;
    const char *path = options->write_docs ? options->write_docs : options->docs;
    return !path || options->file ||
           docs_table(path, "the suite", buf_str(&run->table), options->write_docs != NULL);
}

static bool run_suite(struct suite_run *run) {
    run->floor = run->options.write_floor ? fopen(run->options.write_floor, "w") : NULL;
    buf_init(&run->table);
    buf_add_cstr(&run->table, "| file | passed | of |\n|---|---:|---:|\n");
    printf("%-36s %7s %7s %12s\n", "file", "passed", "failed", "unsupported");
    for (uint32_t i = 0; i < suite_name_count; i++) {
        if (!run->options.file || strstr(suite_names[i], run->options.file)) {
            run_named(run, suite_names[i]);
        }
    }
    if (run->floor) {
        fclose(run->floor);
    }
    buf_add_format(&run->table, "| **all** | **%u** | **%u** |\n", run->all.passed,
                   run->all.passed + run->all.failed);
    bool good = check_docs(run);
    buf_release(&run->table);
    printf("%u passed, %u failed\n", run->all.passed, run->all.failed);
    return good && !run->below && (run->options.floor || run->all.failed == 0);
}

int main(int argc, char **argv) {
    struct suite_run run = {0};
    if (!parse_options(argc, argv, &run.options)) {
        return EXIT_USAGE;
    }
    arena_init(&run.arena, 0);
    run.folder = suite_folder(&run.arena, QUELL_SOURCE_ROOT);
    int status = EXIT_SKIPPED;
    if (run.folder.at && access(run.folder.at, R_OK) == 0) {
        status = run_suite(&run) ? 0 : 1;
    } else {
        printf("skipped: no CQL test suite at %s (set QUELL_SHARED)\n",
               run.folder.at ? run.folder.at : "");
    }
    arena_release(&run.arena);
    return status;
}
