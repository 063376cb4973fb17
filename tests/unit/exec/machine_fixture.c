#include "machine_fixture.h"

#include "value/datetime.h"
#include "value/print.h"

#include <unistd.h>

static void print_diags(const struct diag_list *diags) {
    struct buf out;
    buf_init(&out);
    diag_print_all(diags, false, &out);
    print_error("%.*s\n", STR_ARG(buf_str(&out)));
    buf_release(&out);
}

static void read_records(struct machine_fixture *f, const char *records) {
    char path[] = "/tmp/quell-machine-XXXXXX.ndjson";
    int file = mkstemps(path, 7);
    assert_true(file >= 0);
    size_t length = strlen(records);
    assert_int_equal(write(file, records, length), (ssize_t)length);
    close(file);
    struct str name = str_from(path);
    struct fhir_options options = {0};
    enum status status =
        fhir_read(&name, 1, plan_demand(f->plan), &options, &f->diags, &f->population);
    unlink(path);
    assert_int_equal(status, STATUS_OK);
    if (diag_has_errors(&f->diags)) {
        print_diags(&f->diags);
    }
    assert_int_equal(population_patients(f->population), 1);
    population_record(f->population, 0, &f->record);
}

void machine_fixture_init(struct machine_fixture *f, const char *library, const char *records) {
    *f = (struct machine_fixture){0};
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    struct str text = arena_format(&f->arena, "using FHIR version '4.0.1'\n%s", library);
    const struct source *source = diag_source(&f->diags, STR("test.cql"), text);
    struct library_loader none = {0};
    enum status status = check_program(source, &none, &f->arena, &f->diags, &f->program);
    if (status != STATUS_OK || diag_has_errors(&f->diags)) {
        print_diags(&f->diags);
        fail();
    }
    status = plan_compile(f->program, NULL, &f->diags, &f->plan);
    if (status == STATUS_OK) {
        status = plan_link(f->plan, NULL, NULL, 0, &f->diags);
    }
    if (status != STATUS_OK) {
        print_diags(&f->diags);
        fail();
    }
    struct buf why;
    buf_init(&why);
    if (!plan_verify(f->plan, &why)) {
        print_error("%.*s", STR_ARG(buf_str(&why)));
        fail();
    }
    buf_release(&why);
    if (records) {
        read_records(f, records);
    }
    assert_int_equal(machine_new(f->plan, NULL, &f->machine), STATUS_OK);
}

void machine_fixture_release(struct machine_fixture *f) {
    machine_free(f->machine);
    population_free(f->population);
    plan_free(f->plan);
    program_release(f->program);
    arena_release(&f->arena);
    assert_int_equal(mem_live(), 0);
}

instant_ms fixture_instant(const char *at) {
    struct datetime time;
    assert_true(datetime_parse(str_from(at), &time));
    return datetime_first_ms(&time, 0);
}

void machine_fixture_start(struct machine_fixture *f, const char *at) {
    instant_ms instant = *at ? fixture_instant(at) : INSTANT_MAX;
    instant_ms now = *at ? instant : fixture_instant("2024-03-10T12:00:00.000Z");
    machine_start(f->machine, f->population ? &f->record : NULL, instant, datetime_from_ms(now, 0));
}

static const struct definition *find(struct machine_fixture *f, const char *define) {
    const struct definition *d = program_find(f->program, str_from(define));
    assert_non_null(d);
    return d;
}

struct value machine_fixture_value(struct machine_fixture *f, const char *define) {
    struct value value;
    assert_int_equal(machine_eval(f->machine, find(f, define), &value), STATUS_OK);
    return value;
}

struct str machine_fixture_text(struct machine_fixture *f, const char *define) {
    struct value value = machine_fixture_value(f, define);
    struct buf out;
    buf_init(&out);
    value_print_cql(&value, &out);
    struct str text = arena_copy(&f->arena, buf_str(&out));
    buf_release(&out);
    return text;
}

void machine_fixture_expect(struct machine_fixture *f, const char *define, const char *text) {
    struct str found = machine_fixture_text(f, define);
    if (!str_equal(found, str_from(text))) {
        print_error("%s: %.*s, expected %s\n", define, STR_ARG(found), text);
        fail();
    }
}
