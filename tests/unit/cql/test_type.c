#include "cql/type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct type_table *types;
    const struct type *any, *integer, *string, *quantity, *observation, *condition, *resource;
};

static int set_up(void **state) {
    static struct fixture f;
    arena_init(&f.arena, 0);
    if (type_table_new(&f.arena, &f.types) != STATUS_OK) {
        return 1;
    }
    f.any = type_named(f.types, MODEL_ANY);
    f.integer = type_named(f.types, MODEL_INTEGER);
    f.string = type_named(f.types, MODEL_STRING);
    f.quantity = type_named(f.types, MODEL_QUANTITY);
    f.observation = type_named(f.types, model_find(STR("FHIR"), STR("Observation")));
    f.condition = type_named(f.types, model_find(STR("FHIR"), STR("Condition")));
    f.resource = type_named(f.types, model_find(STR("FHIR"), STR("Resource")));
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    arena_release(&f->arena);
    return 0;
}

static void equal_types_are_one(void **state) {
    struct fixture *f = *state;
    assert_ptr_equal(type_list(f->types, f->integer), type_list(f->types, f->integer));
    assert_ptr_not_equal(type_list(f->types, f->integer), type_interval(f->types, f->integer));
    struct str names[2] = {STR("b"), STR("a")}, sorted[2] = {STR("a"), STR("b")};
    const struct type *members[2] = {f->integer, f->string};
    const struct type *swapped[2] = {f->string, f->integer};
    assert_ptr_equal(type_tuple(f->types, 2, names, members),
                     type_tuple(f->types, 2, sorted, swapped));
}

static void choices_are_flat_and_ordered(void **state) {
    struct fixture *f = *state;
    const struct type *ab[2] = {f->integer, f->string}, *ba[2] = {f->string, f->integer};
    const struct type *inner = type_choice(f->types, 2, ab);
    assert_ptr_equal(inner, type_choice(f->types, 2, ba));
    const struct type *nested[3] = {inner, f->integer, f->quantity};
    const struct type *flat[3] = {f->quantity, f->string, f->integer};
    assert_ptr_equal(type_choice(f->types, 3, nested), type_choice(f->types, 3, flat));
    const struct type *same[2] = {f->integer, f->integer};
    assert_ptr_equal(type_choice(f->types, 2, same), f->integer);
}

static void subtypes(void **state) {
    struct fixture *f = *state;
    const struct type *ab[2] = {f->integer, f->string};
    const struct type *abc[3] = {f->integer, f->string, f->quantity};
    const struct type *two = type_choice(f->types, 2, ab), *three = type_choice(f->types, 3, abc);
    assert_true(type_is_subtype(f->integer, f->any));
    assert_false(type_is_subtype(f->any, f->integer));
    assert_true(type_is_subtype(f->observation, f->resource));
    assert_false(type_is_subtype(f->resource, f->observation));
    assert_false(type_is_subtype(f->observation, f->condition));
    assert_true(type_is_subtype(two, three));
    assert_false(type_is_subtype(three, two));
    assert_true(type_is_subtype(f->integer, two));
    assert_true(
        type_is_subtype(type_list(f->types, f->observation), type_list(f->types, f->resource)));
    assert_true(type_is_subtype(type_list(f->types, f->integer), type_list(f->types, two)));
    assert_false(
        type_is_subtype(type_list(f->types, f->integer), type_interval(f->types, f->integer)));
}

static void types_print_as_cql(void **state) {
    struct fixture *f = *state;
    struct str names[2] = {STR("b"), STR("a")};
    const struct type *members[2] = {f->observation, type_interval(f->types, f->integer)};
    const struct type *two[2] = {f->string, type_tuple(f->types, 2, names, members)};
    struct buf out;
    buf_init(&out);
    type_print(type_list(f->types, type_choice(f->types, 2, two)), &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.at,
                        "List<Choice<String, Tuple{a Interval<Integer>, b FHIR.Observation}>>");
    buf_release(&out);
}

static void depth_is_bounded(void **state) {
    struct fixture *f = *state;
    const struct type *type = f->integer;
    for (int i = 1; i < TYPE_DEPTH_MAX; i++) {
        type = type_list(f->types, type);
        assert_non_null(type);
    }
    assert_false(type_too_deep(f->types));
    assert_null(type_list(f->types, type));
    assert_true(type_too_deep(f->types));
    assert_null(type_list(f->types, NULL));
}

static void many_types_stay_one(void **state) {
    struct fixture *f = *state;
    const struct type *first = type_list(f->types, type_named(f->types, 30));
    for (uint16_t i = 1; i < model_type_count(); i++) {
        assert_non_null(type_list(f->types, type_interval(f->types, type_named(f->types, i))));
    }
    assert_ptr_equal(first, type_list(f->types, type_named(f->types, 30)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_types_are_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(choices_are_flat_and_ordered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(subtypes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(types_print_as_cql, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_types_stay_one, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
