/* Any bytes as trial.yaml, beside a small logic: it is a trial or has errors; and a subject whose
 * facts come from the same bytes can walk through every arm of it. Doses and decisions are in
 * order, and a dose that cannot be decided says what it needs. */
#include "course/course_dosing.h"
#include "fuzz_target.h"
#include "record/record.h"
#include "trial/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HOUR ((int64_t)3600000)
#define START ((int64_t)1609459200000) /* 2021-01-01 */

static const char logic[] = "library T version '1'\nusing FHIR version '4.0.1'\ncontext Patient\n"
                            "define Given: [MedicationAdministration] A return all { id: A.id }\n"
                            "define A: exists [Condition]\ndefine B: exists [Procedure]\n"
                            "define C: not A\ndefine Stage: if A then 'mild' else 'severe'\n"
                            "define Weight: 70 'kg'\ndefine Bed: 'bed'\n";

/* libfyaml 0.8 loses the text of a quoted scalar that never ends; it is its own to give back. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml.so\n";
}

enum { GIVEN_MAX = 64 };

struct bytes {
    const uint8_t *at;
    size_t size;
    const struct trial *trial;
    uint16_t arm;
    struct course_administration given[GIVEN_MAX];
    struct course_order orders[2];
};

static uint8_t byte_at(const struct bytes *b, int64_t i) {
    return b->size ? b->at[(size_t)i % b->size] : 0;
}

static enum status ask(void *context, int64_t at, struct course_known *known) {
    const struct bytes *b = context;
    int64_t step = (at - START) / (6 * HOUR);
    const struct regimen_arm *arm = &b->trial->regimen->arms[b->arm];
    for (uint32_t i = 0; i < arm->condition_count; i++) {
        known->values[i] = byte_at(b, step * 7 + i) % 3;
    }
    known->stage = byte_at(b, step) % 2 ? STR("mild") : STR("severe");
    known->valid_until = START + (step + 1) * 6 * HOUR;
    return STATUS_OK;
}

static const struct course_administration *administrations(void *context, uint16_t drug,
                                                           uint32_t *count) {
    const struct bytes *b = context;
    *count = drug ? 0 : GIVEN_MAX;
    return b->given;
}

static const struct course_order *orders(void *context, uint16_t drug, uint32_t *count) {
    const struct bytes *b = context;
    *count = drug ? 0 : 2;
    return b->orders;
}

static void make_facts(struct bytes *b) {
    int64_t at = START;
    for (uint32_t i = 0; i < GIVEN_MAX; i++) {
        at += (1 + byte_at(b, i) % 30) * HOUR;
        b->given[i] = (struct course_administration){
            .id = STR("g"), .at = at, .state = (enum administration_state)(byte_at(b, i + 3) % 3)};
    }
    for (uint32_t i = 0; i < 2; i++) {
        b->orders[i] = (struct course_order){.id = STR("o"),
                                             .at = START + (1 + byte_at(b, i) * (int64_t)i) * HOUR,
                                             .until = INSTANT_MAX,
                                             .every_ms = (1 + byte_at(b, i + 5)) * HOUR};
    }
}

static void walk(struct bytes *b, struct arena *arena) {
    const struct course_facts facts = {b, ask, administrations, orders, NULL};
    const struct course_input input = {.trial = b->trial,
                                       .arm = b->arm,
                                       .allocated = START,
                                       .at = START + 20 * 24 * HOUR,
                                       .facts = &facts,
                                       .arena = arena};
    struct course_dosing course;
    if (course_dosing_run(&input, &course) != STATUS_OK) {
        return;
    }
    for (uint32_t i = 1; i < course.decision_count; i++) {
        if (course.decisions[i].at < course.decisions[i - 1].at) {
            abort();
        }
    }
    for (uint32_t i = 0; i < course.dose_count; i++) {
        const struct course_dose *d = &course.doses[i];
        if ((d->state == DOSE_UNDECIDED) != (d->need != NEED_NOTHING) ||
            (d->treatment == REGIMEN_NONE) != (d->planned == INSTANT_MIN)) {
            abort();
        }
    }
}

static void write_file(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char folder[] = "/tmp/quell-fuzz-XXXXXX";
    char yaml[64];
    char cql[64];
    if (!mkdtemp(folder)) {
        abort();
    }
    (void)snprintf(yaml, sizeof yaml, "%s/trial.yaml", folder);
    (void)snprintf(cql, sizeof cql, "%s/t.cql", folder);
    write_file(yaml, data, size);
    write_file(cql, logic, sizeof logic - 1);
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    diag_init(&diags, &arena);
    struct trial *trial = NULL;
    const struct trial_options options = {.library_folder = STR("")};
    enum status status = trial_load(str_from(folder), &options, &arena, &diags, &trial);
    if (status == STATUS_USER_ERROR && !diag_has_errors(&diags)) {
        abort();
    }
    bool runs = status == STATUS_OK && trial && trial->regimen && !diag_has_errors(&diags);
    struct bytes *b = runs ? ARENA_NEW(&arena, struct bytes) : NULL;
    for (uint16_t i = 0; b && i < trial->regimen->arm_count; i++) {
        *b = (struct bytes){.at = data, .size = size, .trial = trial, .arm = i};
        make_facts(b);
        walk(b, &arena);
    }
    struct buf shown;
    buf_init(&shown);
    diag_print_all(&diags, false, &shown);
    buf_release(&shown);
    trial_free(trial);
    arena_release(&arena);
    (void)unlink(yaml);
    (void)unlink(cql);
    (void)rmdir(folder);
    return 0;
}
