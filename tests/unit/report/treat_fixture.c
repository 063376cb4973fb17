#include "treat_fixture.h"

#include "treat/treat_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Only what the views read of the trial is there. */
struct made_trial {
    struct trial_document document;
    struct trial_arm arm;
    struct trial_treatment source;
    struct trial_site sites[2];
    struct trial_site_zone zones[2];
    struct trial_visit visit;
    struct trial_advice advice_source;
    struct trial_regimen regimen;
    struct regimen_arm arms;
    struct regimen_treatment treatment;
    struct regimen_part part;
    struct regimen_drug drug;
    struct regimen_condition condition;
    struct regimen_advice advice;
    struct definition definition;
};

static struct trial_text text_of(const struct source *source, const char *text) {
    return (struct trial_text){.place = {.span = {source, 0, 1}}, .text = str_from(text)};
}

static const struct source somewhere = {.name = {"trial.yaml", 10}};

static void make_document(struct made_trial *m) {
    m->source = (struct trial_treatment){.route = text_of(&somewhere, "sub<i>cutaneous")};
    m->arm = (struct trial_arm){.id = text_of(&somewhere, "a"),
                                .label = text_of(&somewhere, "A & B"),
                                .treatments = {1, &m->source}};
    m->sites[0] = (struct trial_site){.id = text_of(&somewhere, "one")};
    m->sites[1] = (struct trial_site){.id = text_of(&somewhere, "two")};
    m->zones[0] =
        (struct trial_site_zone){STR("one"), STR("H\xc3\xb4pital <One>"), STR("UTC"), NULL};
    m->zones[1] = (struct trial_site_zone){STR("two"), STR("Two"), STR("UTC"), NULL};
    m->visit = (struct trial_visit){
        .name = text_of(&somewhere, "week <one>"),
        .day = {.first = 7, .last = 7},
        .window = {.place = {.span = {&somewhere, 0, 1}}, .first = -1, .last = 1}};
    m->advice_source =
        (struct trial_advice){.text = text_of(&somewhere, "mind <the> \"gap\", always")};
    m->document = (struct trial_document){
        .title = text_of(&somewhere, "A trial of <things> & others"),
        .version = {.value = 2 * DECIMAL_ONE},
        .arms = {1, &m->arm},
        .sites = {2, m->sites},
        .visits = {1, &m->visit},
    };
}

static void make_regimen(struct made_trial *m, const struct unit *mg) {
    m->definition = (struct definition){.name = STR("Platelets <low>")};
    m->condition = (struct regimen_condition){&m->definition, 0};
    m->part = (struct regimen_part){.first = 1, .last = 5, .dose = {300 * DECIMAL_ONE, 0, mg}};
    m->treatment = (struct regimen_treatment){.source = &m->source,
                                              .id = STR("t1"),
                                              .start = REGIMEN_NONE,
                                              .part_count = 1,
                                              .parts = &m->part,
                                              .max_days = REGIMEN_OPEN,
                                              .max_doses = REGIMEN_OPEN};
    m->advice = (struct regimen_advice){&m->advice_source, 0, 0};
    m->arms = (struct regimen_arm){.source = &m->arm,
                                   .id = STR("a"),
                                   .treatment_count = 1,
                                   .treatments = &m->treatment,
                                   .advice_count = 1,
                                   .advice = &m->advice,
                                   .condition_count = 1,
                                   .conditions = &m->condition};
    m->drug = (struct regimen_drug){.id = STR("drug"),
                                    .name = STR("Drug<x>"),
                                    .unit = {100 * DECIMAL_ONE, 0, mg},
                                    .unit_name = STR("syringe")};
    m->regimen = (struct trial_regimen){
        .arm_count = 1, .arms = &m->arms, .drug_count = 1, .drugs = &m->drug};
}

static struct treat_line *line_of(struct treat_fixture *f, const struct unit *mg,
                                  enum dose_state state) {
    struct treat_line *line = ARENA_NEW(&f->arena, struct treat_line);
    assert_non_null(line);
    *line = (struct treat_line){
        .state = state,
        .day = 2,
        .time_count = 2,
        .times = {FIXTURE_AT + 2 * FIXTURE_HOUR, FIXTURE_AT + 14 * FIXTURE_HOUR},
        .reason = STR("because <of> a, \"b\"\nand c"),
        .needs = STR(""),
        .order = STR("")};
    if (state == DOSE_PLANNED) {
        line->amount = (struct regimen_amount){300 * DECIMAL_ONE, 0, mg};
        line->has_units = true;
        line->units = 3 * DECIMAL_ONE;
    } else {
        line->needs = STR("a <decision>");
    }
    return line;
}

static void make_subject(struct treat_fixture *f, const struct made_trial *m, const struct unit *mg,
                         uint32_t i) {
    static struct course_treatment waiting = {0};
    struct treat_subject *s = &f->subjects[i];
    struct course_drug *drug = ARENA_NEW(&f->arena, struct course_drug);
    assert_non_null(drug);
    *drug = (struct course_drug){.given_count = 2, .total = {600 * DECIMAL_ONE, 0, mg}};
    *s = (struct treat_subject){
        .id = i ? arena_format(&f->arena, "S-%03u", i) : STR(FIXTURE_NASTY_ID),
        .patient = i,
        .site = (uint16_t)(i % 2),
        .allocated = FIXTURE_AT - 7 * 24 * FIXTURE_HOUR,
        .study_day = 7,
        .first_day = 18687 - 7,
        .bed = i ? arena_format(&f->arena, "Bed %u", 40 - i) : STR(FIXTURE_NASTY_BED),
        .course = {.arm = &m->arms, .drugs = drug, .treatments = &waiting, .stage = STR("2<b>")},
    };
    if (i % 3 == 2) {
        s->idle = IDLE_NOT_BEGUN;
        return;
    }
    s->line_count = 1;
    s->lines = line_of(f, mg, i % 3 == 0 ? DOSE_PLANNED : DOSE_UNDECIDED);
    if (i % 3 == 1) {
        struct treat_question *q = ARENA_NEW(&f->arena, struct treat_question);
        assert_non_null(q);
        *q = (struct treat_question){.what = {NEED_CONDITION, 0, REGIMEN_NONE, 0},
                                     .words = STR("Platelets <low>: none, \"yet\"")};
        s->question_count = 1;
        s->questions = q;
    } else {
        struct treat_note *note = ARENA_NEW(&f->arena, struct treat_note);
        assert_non_null(note);
        *note = (struct treat_note){.advice = &m->advice, .value = LOGIC_TRUE};
        s->note_count = 1;
        s->notes = note;
    }
}

void treat_fixture_make(struct treat_fixture *f, uint32_t subjects) {
    *f = (struct treat_fixture){.trial = {.id = STR("t")}};
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    struct made_trial *m = ARENA_NEW(&f->arena, struct made_trial);
    assert_non_null(m);
    *m = (struct made_trial){0};
    assert_int_equal(unit_table_new(NULL, &f->units), STATUS_OK);
    const struct unit *mg = unit_intern(f->units, STR("mg"));
    assert_non_null(mg);
    make_document(m);
    make_regimen(m, mg);
    f->trial.document = &m->document;
    f->trial.regimen = &m->regimen;
    f->trial.site_count = 2;
    f->trial.sites = m->zones;
    f->subjects = ARENA_ARRAY(&f->arena, (size_t)subjects + 1, struct treat_subject);
    assert_non_null(f->subjects);
    for (uint32_t i = 0; i < subjects; i++) {
        make_subject(f, m, mg, i);
    }
    static const struct population_counts counts = {0};
    f->result = (struct treat_result){.trial = &f->trial,
                                      .at = FIXTURE_AT,
                                      .patients = subjects,
                                      .subject_count = subjects,
                                      .subjects = f->subjects,
                                      .latest = INSTANT_MIN,
                                      .data = &counts};
    assert_int_equal(treat_list(&f->trial, &f->arena, &f->result), STATUS_OK);
    f->context = (struct treat_context){.result = &f->result,
                                        .diags = &f->diags,
                                        .version = STR("0"),
                                        .notice = STR("For <research>.")};
}

void treat_fixture_release(struct treat_fixture *f) {
    unit_table_free(f->units);
    arena_release(&f->arena);
}
