/* Torture: each case is done again and again while its n-th allocation fails, for n = 1, 2, ...
 * until none of its allocations is the n-th; once with every later allocation failing too, once
 * with only that one. A case must then either say that there is no memory, or give exactly what it
 * gives with enough; it must not crash, and must give back all it took.
 *
 * Failing is turned off before a result is described, so that a wrong answer cannot hide behind a
 * description that failed.
 *
 *   torture GOLDEN_FOLDER TRIALS_FOLDER quick|all [trace] [CASE]
 *
 * "quick" tries every small n and then fewer and fewer; "all" every n to 2000, then each 1 in 64.
 * "trace" prints each n before it is tried. */
#include "base/file.h"
#include "base/mem.h"
#include "fhir/fhir.h"
#include "run/eval.h"
#include "run/text_files.h"
#include "screen/screen.h"
#include "trial/trial.h"
#include "value/datetime.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- What a case is made of ---- */

/* Everything that a case may leave; all of it is given back by clean. */
struct result {
    struct arena arena;
    struct diag_list diags;
    struct program *program;
    struct terms *terms;
    struct plan *plan;
    struct population *population;
    struct trial *trial;
    struct screen_result *screened;
    char *lines; /* of eval_run, by malloc: not tortured */
    size_t lines_len;
};

struct torture {
    struct str golden;
    struct str trials;
    struct str library; /* TRIALS/library */
    uint64_t every;     /* up to this n, each is tried */
    uint64_t grow;      /* then n grows by n / grow */
    bool trace;
    const char *only;
    uint32_t passed;
    uint32_t failed;
    uint64_t runs;
    const struct result *ready; /* a compiled plan and a population, for the case that runs them */
};

struct torture_case {
    const char *kind;
    struct str name; /* a file or a folder */
    enum status (*run)(const struct torture *t, struct str name, struct result *r);
};

static void result_init(struct result *r) {
    memset(r, 0, sizeof *r);
    arena_init(&r->arena, 0);
    diag_init(&r->diags, &r->arena);
}

static void result_release(struct result *r) {
    screen_release(r->screened);
    population_free(r->population);
    trial_free(r->trial);
    plan_free(r->plan);
    terms_free(r->terms);
    program_release(r->program);
    arena_release(&r->arena);
    free(r->lines);
}

static void describe_population(const struct result *r, struct buf *out) {
    const struct population_counts *c = population_counts(r->population);
    buf_add_format(out, "files %llu lines %llu resources %llu kept %llu bad %llu unknown %llu\n",
                   (unsigned long long)c->files, (unsigned long long)c->lines,
                   (unsigned long long)c->resources, (unsigned long long)c->kept,
                   (unsigned long long)c->bad, (unsigned long long)c->unknown_type);
    for (uint32_t i = 0; i < population_patients(r->population); i++) {
        struct record record;
        population_record(r->population, i, &record);
        buf_add(out, record.patient_id);
        buf_add_char(out, '\n');
    }
    uint8_t hash[16];
    population_hash(r->population, hash);
    for (size_t i = 0; i < sizeof hash; i++) {
        buf_add_format(out, "%02x", hash[i]);
    }
}

static void describe_subject(const struct screen_result *result, const struct screen_subject *s,
                             struct buf *out) {
    buf_add_format(out, "%.*s %d confirm %u first %u\n", STR_ARG(s->id), (int)s->status,
                   s->confirm_count, s->ask_first_count);
    for (uint32_t i = 0; i < s->confirm_count; i++) {
        buf_add_format(out, "  ask %.*s: %.*s\n", STR_ARG(s->confirm[i].datum),
                       STR_ARG(s->confirm[i].reason));
    }
    for (uint32_t i = 0; i < s->error_count; i++) {
        buf_add_format(out, "  error %.*s\n", STR_ARG(s->errors[i].message));
    }
    for (uint32_t c = 0; s->evidence && c < result->trial->criterion_count; c++) {
        for (uint32_t i = 0; i < s->evidence[c].reason_count; i++) {
            const struct evidence_reason *reason = &s->evidence[c].reasons[i];
            buf_add_format(out, "  %d %.*s\n", (int)reason->value, STR_ARG(reason->words));
        }
    }
}

static void describe(const struct result *r, struct buf *out) {
    for (uint32_t i = 0; r->screened && i < r->screened->subject_count; i++) {
        describe_subject(r->screened, &r->screened->subjects[i], out);
    }
    diag_print_all(&r->diags, false, out);
    const struct program *program = r->trial ? r->trial->program : r->program;
    const struct definition *d = program && program->main ? program->main->definitions : NULL;
    for (; d; d = d->next) {
        buf_add(out, d->name);
        buf_add_char(out, '\n');
        if (d->body) {
            tree_print(d->body, out);
        }
    }
    const struct plan *plan = r->trial ? r->trial->plan : r->plan;
    if (plan) {
        plan_print(plan, true, out);
    }
    if (r->trial) {
        for (uint32_t i = 0; i < r->trial->criterion_count; i++) {
            const struct criterion *c = &r->trial->criteria[i];
            buf_add_format(out, "%.*s %u %u\n", STR_ARG(c->id), c->findings, c->end);
        }
        for (uint32_t i = 0; i < r->trial->assumption_count; i++) {
            buf_add_format(out, "%.*s\n", STR_ARG(r->trial->assumptions[i].where));
        }
        for (size_t i = 0; i < sizeof r->trial->hash; i++) {
            buf_add_format(out, "%02x", r->trial->hash[i]);
        }
    }
    if (r->population) {
        describe_population(r, out);
    }
    buf_add(out, (struct str){r->lines, r->lines_len});
}

/* ---- The cases ---- */

static enum status read_source(struct str path, struct result *r, const struct source **out) {
    struct str text = STR_NONE;
    enum status status = file_read(path, &r->arena, &text);
    if (status == STATUS_OK) {
        *out = diag_source(&r->diags, path, text);
        status = *out ? STATUS_OK : STATUS_NO_MEMORY;
    }
    return status;
}

static enum status check_file(struct str path, struct result *r) {
    const struct source *source = NULL;
    enum status status = read_source(path, r, &source);
    const struct str folder = file_folder(path);
    const struct library_files files = {1, &folder};
    struct library_loader loader;
    library_files_loader(&files, &loader);
    return status == STATUS_OK ? check_program(source, &loader, &r->arena, &r->diags, &r->program)
                               : status;
}

static enum status run_check(const struct torture *t, struct str path, struct result *r) {
    (void)t;
    return check_file(path, r);
}

/* A library compiled and linked with the value sets beside it. */
static enum status run_plan(const struct torture *t, struct str path, struct result *r) {
    (void)t;
    const struct plan_options options = {0};
    const struct str folder = file_folder(path);
    enum status status = check_file(path, r);
    status = status == STATUS_OK ? plan_compile(r->program, &options, &r->diags, &r->plan) : status;
    status = status == STATUS_OK ? terms_new(&r->terms) : status;
    status =
        status == STATUS_OK ? terms_read_paths(r->terms, &folder, 1, &r->arena, &r->diags) : status;
    status = status == STATUS_OK ? terms_link(r->terms, &r->diags) : status;
    return status == STATUS_OK ? plan_link(r->plan, r->terms, NULL, 0, &r->diags) : status;
}

static enum status run_read(const struct torture *t, struct str path, struct result *r) {
    const struct fhir_options options = {0};
    return fhir_read(&path, 1, plan_demand(t->ready->plan), &options, &r->diags, &r->population);
}

static enum status keep_lines(void *context, struct str lines) {
    struct result *r = context;
    char *grown = realloc(r->lines, r->lines_len + lines.len);
    if (!grown) {
        abort();
    }
    memcpy(grown + r->lines_len, lines.at, lines.len);
    r->lines = grown;
    r->lines_len += lines.len;
    return STATUS_OK;
}

static enum status run_eval(const struct torture *t, struct str path, struct result *r) {
    (void)path;
    const struct definition *const *outputs = NULL;
    uint32_t count = 0;
    enum status status = eval_public(t->ready->program, &r->arena, &outputs, &count);
    const struct eval_options options = {.outputs = outputs,
                                         .output_count = count,
                                         .now = datetime_from_ms(1584180000000, 60),
                                         .threads = 1};
    return status == STATUS_OK ? eval_run(t->ready->plan, t->ready->terms, t->ready->population,
                                          &options, keep_lines, r)
                               : status;
}

static enum status run_screen(const struct torture *t, struct str path, struct result *r) {
    (void)path;
    const struct screen_options options = {
        .at = 1584612000000, .now = 1584612000000, .evidence = true, .threads = 1};
    return screen_run(t->ready->trial, t->ready->population, &options, &r->arena, &r->diags,
                      &r->screened);
}

static enum status run_values(const struct torture *t, struct str folder, struct result *r) {
    (void)t;
    enum status status = terms_new(&r->terms);
    status =
        status == STATUS_OK ? terms_read_paths(r->terms, &folder, 1, &r->arena, &r->diags) : status;
    return status == STATUS_OK ? terms_link(r->terms, &r->diags) : status;
}

static enum status run_trial(const struct torture *t, struct str folder, struct result *r) {
    const struct trial_options options = {.library_folder = t->library};
    return trial_load(folder, &options, &r->arena, &r->diags, &r->trial);
}

/* ---- Torture ---- */

enum outcome { OUTCOME_REFUSED, OUTCOME_SAME, OUTCOME_WRONG };

static void show_difference(const struct torture_case *c, const char *mode, uint64_t n,
                            struct str expected, struct str got) {
    size_t at = 0;
    while (at < expected.len && at < got.len && expected.at[at] == got.at[at]) {
        at++;
    }
    size_t from = at > 100 ? at - 100 : 0;
    struct str a = {expected.at + from, expected.len - from > 300 ? 300 : expected.len - from};
    struct str b = {got.at + from, got.len - from > 300 ? 300 : got.len - from};
    printf("%s %.*s, %s %llu: another answer\n--- expected\n%.*s\n--- got\n%.*s\n", c->kind,
           STR_ARG(c->name), mode, (unsigned long long)n, STR_ARG(a), STR_ARG(b));
}

/* One run. `expected` NULL: nothing fails, and *out gets the description. Sets *made. */
static enum outcome run_once(const struct torture *t, const struct torture_case *c, bool once,
                             uint64_t n, const struct buf *expected, struct buf *out,
                             uint64_t *made) {
    const char *mode = once ? "only allocation" : "from allocation";
    uint64_t live = mem_live();
    uint64_t before = mem_count();
    struct result r;
    result_init(&r);
    if (expected) {
        once ? mem_fail_once(n) : mem_fail_after(n);
    }
    enum status status = c->run(t, c->name, &r);
    mem_fail_after(0);
    *made = mem_count() - before;
    enum outcome outcome = OUTCOME_SAME;
    if (status == STATUS_NO_MEMORY) {
        outcome = OUTCOME_REFUSED;
    } else if (status != STATUS_OK) {
        printf("%s %.*s, %s %llu: %s\n", c->kind, STR_ARG(c->name), mode, (unsigned long long)n,
               status_text(status));
        outcome = OUTCOME_WRONG;
    } else {
        describe(&r, out);
    }
    if (expected && outcome == OUTCOME_SAME && !str_equal(buf_str(expected), buf_str(out))) {
        show_difference(c, mode, n, buf_str(expected), buf_str(out));
        outcome = OUTCOME_WRONG;
    }
    result_release(&r);
    uint64_t out_live = out->cap > 0;
    if (mem_live() > live + out_live) {
        printf("%s %.*s, %s %llu: %llu allocations not given back\n", c->kind, STR_ARG(c->name),
               mode, (unsigned long long)n, (unsigned long long)(mem_live() - live - out_live));
        outcome = OUTCOME_WRONG;
    }
    return outcome;
}

static bool torture_mode(struct torture *t, const struct torture_case *c, bool once,
                         const struct buf *expected) {
    bool fine = true;
    uint64_t made = UINT64_MAX;
    /* A run that made fewer than n allocations met no failure, and none after it would. */
    for (uint64_t n = 1, last = 0; made >= last; n += n < t->every ? 1 : 1 + n / t->grow) {
        last = n;
        if (t->trace) {
            fprintf(stderr, "%s %.*s %s %llu\n", c->kind, STR_ARG(c->name), once ? "only" : "from",
                    (unsigned long long)n);
        }
        struct buf out;
        buf_init(&out);
        fine &= run_once(t, c, once, n, expected, &out, &made) != OUTCOME_WRONG;
        buf_release(&out);
        t->runs++;
    }
    return fine;
}

static void torture(struct torture *t, const struct torture_case *c) {
    if (t->only && !str_ends(c->name, str_from(t->only))) {
        return;
    }
    struct buf expected;
    buf_init(&expected);
    uint64_t made = 0;
    bool fine = run_once(t, c, false, 0, NULL, &expected, &made) == OUTCOME_SAME;
    if (fine) {
        fine = torture_mode(t, c, false, &expected);
        fine &= torture_mode(t, c, true, &expected);
    }
    buf_release(&expected);
    t->passed += fine;
    t->failed += !fine;
}

static void torture_folder(struct torture *t, struct str folder, const char *suffix,
                           struct torture_case c) {
    struct arena arena;
    arena_init(&arena, 0);
    struct str *names = NULL;
    uint32_t count = 0;
    if (file_list(folder, &arena, &names, &count) != STATUS_OK) {
        printf("%.*s cannot be read\n", STR_ARG(folder));
        t->failed++;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (str_ends(names[i], str_from(suffix)) && !str_equal(names[i], STR("library"))) {
            c.name = file_join(&arena, folder, names[i]);
            torture(t, &c);
        }
    }
    arena_release(&arena);
}

/* A library, data and value sets made for this: compiled, read, run. */
static void torture_run(struct torture *t, struct arena *arena) {
    struct str folder = file_join(arena, t->golden, STR("torture"));
    struct torture_case plan = {"plan", file_join(arena, folder, STR("Torture.cql")), run_plan};
    struct torture_case data = {"read", file_join(arena, folder, STR("data")), run_read};
    struct result ready;
    result_init(&ready);
    torture(t, &plan);
    if (plan.run(t, plan.name, &ready) != STATUS_OK || diag_has_errors(&ready.diags)) {
        struct buf out;
        buf_init(&out);
        diag_print_all(&ready.diags, false, &out);
        printf("%.*s\n", STR_ARG(buf_str(&out)));
        buf_release(&out);
        t->failed++;
    } else {
        t->ready = &ready;
        torture(t, &data);
        const struct fhir_options options = {0};
        if (fhir_read(&data.name, 1, plan_demand(ready.plan), &options, &ready.diags,
                      &ready.population) == STATUS_OK) {
            torture(t, &(struct torture_case){"eval", plan.name, run_eval});
        } else {
            t->failed++;
        }
        t->ready = NULL;
    }
    result_release(&ready);
}

/* The same small data, screened by a trial. */
static void torture_screen(struct torture *t, struct arena *arena) {
    struct str data = file_join(arena, file_join(arena, t->golden, STR("torture")), STR("data"));
    struct str folder = file_join(arena, t->trials, STR("jakincov"));
    struct result ready;
    result_init(&ready);
    const struct fhir_options options = {0};
    if (run_trial(t, folder, &ready) == STATUS_OK && !diag_has_errors(&ready.diags) &&
        fhir_read(&data, 1, plan_demand(ready.trial->plan), &options, &ready.diags,
                  &ready.population) == STATUS_OK) {
        t->ready = &ready;
        torture(t, &(struct torture_case){"screen", folder, run_screen});
        t->ready = NULL;
    } else {
        printf("%.*s cannot be screened\n", STR_ARG(folder));
        t->failed++;
    }
    result_release(&ready);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "torture GOLDEN TRIALS quick|all [trace] [CASE]\n");
        return 2;
    }
    struct arena arena;
    arena_init(&arena, 0);
    bool all = strcmp(argv[3], "all") == 0;
    struct torture t = {
        .golden = str_from(argv[1]),
        .trials = str_from(argv[2]),
        .library = file_join(&arena, str_from(argv[2]), STR("library")),
        .every = all ? 2000 : 12,
        .grow = all ? 64 : 3,
    };
    for (int i = 4; i < argc; i++) {
        if (strcmp(argv[i], "trace") == 0) {
            t.trace = true;
        } else {
            t.only = argv[i];
        }
    }
    torture_folder(&t, file_join(&arena, t.golden, STR("check")), ".cql",
                   (struct torture_case){.kind = "check", .run = run_check});
    torture_run(&t, &arena);
    torture_screen(&t, &arena);
    torture_folder(&t, t.trials, "", (struct torture_case){.kind = "trial", .run = run_trial});
    torture(&t, &(struct torture_case){"value sets", file_join(&arena, t.library, STR("valuesets")),
                                       run_values});
    arena_release(&arena);
    printf("%llu runs\n%u passed, %u failed\n", (unsigned long long)t.runs, t.passed, t.failed);
    return t.failed || !t.passed;
}
