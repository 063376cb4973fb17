/* The machine, the traced machine and the tree walker agree on the logic of the trials over the
 * bundled ward, and over records that nobody here shaped where they are, now and as of an earlier
 * time. */
#include "compare_walks.h"
#include "fhir/fhir.h"
#include "run/text_files.h"

#include "base/file.h"
#include "value/datetime.h"
#include "value/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const trials[] = {"elmekaty", "jakincov",    "kaplanski",
                                     "larosee",  "nct04334044", "ruxcoflam"};

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

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 16;
}

/* All public values at a time that do not move with it, in one text. */
static bool values_at(struct machine *machine, const struct job *job, const struct record *record,
                      instant_ms at, struct buf *out) {
    buf_reset(out);
    machine_start(machine, record, at, datetime_from_ms(at, 0));
    for (const struct definition *d = job->program->main->definitions; d; d = d->next) {
        struct value value;
        if (d->is_private || !d->body) {
            continue;
        }
        if (machine_eval(machine, d, &value) != STATUS_OK) {
            return false;
        }
        if (value.moves) {
            continue; /* it is another at every instant: Interval[Now() - 1 day, Now()] */
        }
        buf_add_format(out, "%.*s: ", STR_ARG(d->name));
        value_print_cql(&value, out);
        buf_add_char(out, '\n');
    }
    return buf_status(out) == STATUS_OK;
}

/* From a time of the record, what the machine says holds until valid_until does: just before it,
 * and at random times in between. */
static bool holds(struct machine *machine, const struct job *job, const struct record *record,
                  instant_ms at, uint64_t *seed, struct buf texts[2]) {
    if (!values_at(machine, job, record, at, &texts[0])) {
        return false;
    }
    instant_ms until = machine_valid_until(machine);
    instant_ms limit = at + INT64_C(90) * 86400000;
    until = until < limit ? until : limit;
    for (int i = 0; i < 3; i++) {
        instant_ms other =
            i == 0 ? until - 1 : at + (instant_ms)(next_random(seed) % (uint64_t)(until - at));
        if (!values_at(machine, job, record, other, &texts[1])) {
            return false;
        }
        if (!str_equal(buf_str(&texts[0]), buf_str(&texts[1]))) {
            printf("%.*s: not the same at %lld and %lld, before %lld\n",
                   STR_ARG(record->patient_id), (long long)at, (long long)other, (long long)until);
            return false;
        }
    }
    return true;
}

static void check_holding(struct job *job, struct comparison *total) {
    struct machine *machine = NULL;
    struct op_terminology terminology;
    struct buf texts[2];
    uint64_t seed = 20210301;
    buf_init(&texts[0]);
    buf_init(&texts[1]);
    terms_operations(job->terms, &terminology);
    if (machine_new(job->plan, &terminology, &machine) != STATUS_OK) {
        total->differing++;
        return;
    }
    for (uint32_t i = 0; i < population_patients(job->population); i++) {
        struct record record;
        population_record(job->population, i, &record);
        for (uint32_t t = 0; t < record.type_count; t++) {
            const struct record_table *table = &record.tables[t];
            instant_ms at = table->rows[table->count / 2].known_from;
            if (at != INSTANT_MIN && !holds(machine, job, &record, at, &seed, texts)) {
                total->differing++;
            }
            total->compared++;
        }
    }
    machine_free(machine);
    buf_release(&texts[0]);
    buf_release(&texts[1]);
}

/* One trial over one folder of records. */
static void run_trial(const char *name, struct str data, struct comparison *total) {
    struct job job = {0};
    arena_init(&job.arena, 0);
    diag_init(&job.diags, &job.arena);
    uint32_t before = total->compared;
    if (!compile(&job, name)) {
        print_diags(&job.diags);
        total->differing++;
    } else {
        compare(&job, data, total);
        check_holding(&job, total);
    }
    printf("%s over %.*s: %u values\n", name, STR_ARG(data), total->compared - before);
    population_free(job.population);
    plan_free(job.plan);
    terms_free(job.terms);
    program_release(job.program);
    arena_release(&job.arena);
}

int main(void) {
    const char *shared = getenv("QUELL_SHARED");
    struct comparison total = {0};
    struct buf out;
    struct arena arena;
    buf_init(&out);
    total.out = &out;
    arena_init(&arena, 0);
    struct str folders[] = {
        arena_format(&arena, "%s/examples/ward", QUELL_SOURCE_ROOT),
        shared ? arena_format(&arena, "%s/data/ward", shared)
               : arena_format(&arena, "%s/../shared/data/ward", QUELL_SOURCE_ROOT),
    };
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
            if (folders[f].at && access(folders[f].at, R_OK) == 0) {
                run_trial(trials[i], folders[f], &total);
            }
        }
    }
    printf("%.*s%u values compared, %u differ\n", (int)(out.len > 4000 ? 4000 : out.len),
           out.at ? out.at : "", total.compared, total.differing);
    buf_release(&out);
    arena_release(&arena);
    return total.differing > 0 || total.compared == 0;
}
