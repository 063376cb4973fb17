/* The machine, the traced machine and the tree walker agree on the logic of the trials over records
 * that nobody here shaped, now and as of an earlier time. */
#include "compare_walks.h"
#include "fhir/fhir.h"
#include "run/text_files.h"

#include "base/file.h"
#include "value/datetime.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const trials[] = {"elmekaty", "jakincov", "kaplanski", "larosee", "nct04334044"};

struct job {
    struct arena arena;
    struct diag_list diags;
    struct program *program;
    struct plan *plan;
    struct terms *terms;
    struct population *population;
};

static void print_diags(const struct diag_list *diags) {
    struct buf out;
    buf_init(&out);
    diag_print_all(diags, false, &out);
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    buf_release(&out);
}

static bool compile(struct job *job, const char *name) {
    struct str path =
        arena_format(&job->arena, "%s/trials/%s/%s.cql", QUELL_SOURCE_ROOT, name, name);
    struct str folders[2] = {arena_format(&job->arena, "%s/trials/library", QUELL_SOURCE_ROOT),
                             arena_format(&job->arena, "%s/trials/%s", QUELL_SOURCE_ROOT, name)};
    struct str sets[2] = {
        arena_format(&job->arena, "%s/trials/library/valuesets", QUELL_SOURCE_ROOT),
        arena_format(&job->arena, "%s/trials/%s/valuesets", QUELL_SOURCE_ROOT, name)};
    struct library_files files = {2, folders};
    struct library_loader loader;
    library_files_loader(&files, &loader);
    struct str text;
    if (file_read(path, &job->arena, &text) != STATUS_OK) {
        return false;
    }
    const struct source *source = diag_source(&job->diags, path, text);
    uint32_t set_count = access(sets[1].at, R_OK) == 0 ? 2 : 1;
    return check_program(source, &loader, &job->arena, &job->diags, &job->program) == STATUS_OK &&
           !diag_has_errors(&job->diags) && terms_new(&job->terms) == STATUS_OK &&
           terms_read_paths(job->terms, sets, set_count, &job->arena, &job->diags) == STATUS_OK &&
           terms_link(job->terms, &job->diags) == STATUS_OK &&
           plan_compile(job->program, NULL, &job->diags, &job->plan) == STATUS_OK &&
           plan_link(job->plan, job->terms, NULL, 0, &job->diags) == STATUS_OK;
}

static void compare(struct job *job, struct str data, struct comparison *total) {
    struct fhir_options options = {0};
    struct op_terminology terminology;
    if (fhir_read(&data, 1, plan_demand(job->plan), &options, &job->diags, &job->population) !=
        STATUS_OK) {
        total->differing++;
        return;
    }
    terms_operations(job->terms, &terminology);
    instant_ms latest = population_latest(job->population, INSTANT_MAX - 1);
    total->plan = job->plan;
    total->terminology = &terminology;
    instant_ms times[] = {INSTANT_MAX, latest - INT64_C(400) * 86400000};
    for (uint32_t i = 0; i < population_patients(job->population); i++) {
        struct record record;
        population_record(job->population, i, &record);
        for (int k = 0; k < 2; k++) {
            total->record = &record;
            total->at = times[k];
            total->now = datetime_from_ms(k == 0 ? latest : times[k], 0);
            if (!compare_walks(total, job->program)) {
                total->differing++;
            }
        }
    }
}

enum { EXIT_SKIPPED = 77 };

int main(void) {
    const char *shared = getenv("QUELL_SHARED");
    struct comparison total = {0};
    struct buf out;
    buf_init(&out);
    total.out = &out;
    struct arena arena;
    arena_init(&arena, 0);
    struct str data = shared ? arena_format(&arena, "%s/data/ward", shared)
                             : arena_format(&arena, "%s/../shared/data/ward", QUELL_SOURCE_ROOT);
    if (!data.at || access(data.at, R_OK) != 0) {
        printf("skipped: no records (set QUELL_SHARED)\n");
        arena_release(&arena);
        return EXIT_SKIPPED;
    }
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        struct job job = {0};
        arena_init(&job.arena, 0);
        diag_init(&job.diags, &job.arena);
        uint32_t before = total.compared;
        if (!compile(&job, trials[i])) {
            print_diags(&job.diags);
            total.differing++;
        } else {
            compare(&job, data, &total);
        }
        printf("%s: %u values\n", trials[i], total.compared - before);
        population_free(job.population);
        plan_free(job.plan);
        terms_free(job.terms);
        program_release(job.program);
        arena_release(&job.arena);
    }
    printf("%.*s%u values compared, %u differ\n", (int)(out.len > 4000 ? 4000 : out.len),
           out.at ? out.at : "", total.compared, total.differing);
    buf_release(&out);
    arena_release(&arena);
    return total.differing > 0 || total.compared == 0;
}
