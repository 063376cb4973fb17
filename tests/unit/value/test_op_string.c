/* The examples of the CQL 1.5 reference, section 17, and the answers of CqlStringOperatorsTest of
 * the conformance suite. */
#include "value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define CHECK(cases) check_operators(cases, sizeof(cases) / sizeof((cases)[0]))

static void joining_and_cutting(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_COMBINE, 0, {"null"}, "null"},
        {OP_COMBINE, 0, {"{}"}, "null", NULL_EMPTY},
        {OP_COMBINE, 0, {"{'a', 'b', 'c'}"}, "'abc'"},
        {OP_COMBINE, 0, {"{'A', 'B', 'C', null}"}, "'ABC'"},
        {OP_COMBINE_WITH, 0, {"{'a', 'b', 'c'}", "'-'"}, "'a-b-c'"},
        {OP_COMBINE_WITH, 0, {"{null, 'b', null, 'c'}", "'-'"}, "'b-c'"},
        {OP_COMBINE_WITH, 0, {"{'a', 'b'}", "null"}, "'ab'"},
        {OP_CONCATENATE, 0, {"'a'", "null"}, "null"},
        {OP_CONCATENATE, 0, {"'a'", "'b'"}, "'ab'"},
        {OP_CONCATENATE_NULL, 0, {"'John'", "null"}, "'John'"},
        {OP_CONCATENATE_NULL, 0, {"null", "null"}, "''"},
        {OP_SPLIT, 0, {"null", "','"}, "null"},
        {OP_SPLIT, 0, {"'a,b'", "null"}, "{ 'a,b' }"},
        {OP_SPLIT, 0, {"'a,b'", "'-'"}, "{ 'a,b' }"},
        {OP_SPLIT, 0, {"'a,b'", "','"}, "{ 'a', 'b' }"},
        {OP_SPLIT, 0, {"',a,,'", "','"}, "{ '', 'a', '', '' }"},
        {OP_SPLIT, 0, {"''", "','"}, "{ '' }"},
        {OP_SUBSTRING, 0, {"'ab'", "0"}, "'ab'"},
        {OP_SUBSTRING, 0, {"'ab'", "1"}, "'b'"},
        {OP_SUBSTRING, 0, {"'ab'", "2"}, "null", NULL_NOT_DEFINED},
        {OP_SUBSTRING, 0, {"'ab'", "-1"}, "null"},
        {OP_SUBSTRING, 0, {"''", "0"}, "''"},
        {OP_SUBSTRING, 0, {"'žluť'", "2"}, "'uť'"},
        {OP_SUBSTRING_LENGTH, 0, {"'ab'", "0", "1"}, "'a'"},
        {OP_SUBSTRING_LENGTH, 0, {"'ab'", "0", "3"}, "'ab'"},
        {OP_SUBSTRING_LENGTH, 0, {"'abc'", "1", "1"}, "'b'"},
        {OP_SUBSTRING_LENGTH, 0, {"'abc'", "1", "null"}, "'bc'"},
        {OP_SUBSTRING_LENGTH, 0, {"'abc'", "1", "-1"}, "null"},
        {OP_SUBSTRING_LENGTH, 0, {"'abc'", "2147483647", "2147483647"}, "null"},
        {OP_TO_CHARS, 0, {"'aé€'"}, "{ 'a', 'é', '€' }"},
        {OP_TO_CHARS, 0, {"''"}, "{ }"},
    };
    CHECK(cases);
}

static void looking(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_ENDS_WITH, 0, {"'Chris Schuler is the man!!'", "'n!!'"}, "true"},
        {OP_ENDS_WITH, 0, {"'Chris Schuler is the man!!'", "'n!'"}, "false"},
        {OP_STARTS_WITH, 0, {"'Breathe deep the gathering gloom'", "'Bre'"}, "true"},
        {OP_STARTS_WITH, 0, {"'Breathe deep the gathering gloom'", "'bre'"}, "false"},
        {OP_STARTS_WITH, 0, {"'a'", "''"}, "true"},
        {OP_INDEXER_STRING, 0, {"'ab'", "1"}, "'b'"},
        {OP_INDEXER_STRING, 0, {"'ab'", "2"}, "null", NULL_NOT_DEFINED},
        {OP_INDEXER_STRING, 0, {"'ab'", "-1"}, "null"},
        {OP_INDEXER_STRING, 0, {"'a€b'", "1"}, "'€'"},
        {OP_LAST_POSITION_OF, 0, {"'hi'", "'Say hi to Ohio!'"}, "11"},
        {OP_LAST_POSITION_OF, 0, {"'B'", "'ABCDEDCBA'"}, "7"},
        {OP_LAST_POSITION_OF, 0, {"'XYZ'", "'ABCDE'"}, "-1"},
        {OP_LAST_POSITION_OF, 0, {"''", "'ABCDE'"}, "5"},
        {OP_POSITION_OF, 0, {"'b'", "'ab'"}, "1"},
        {OP_POSITION_OF, 0, {"'c'", "'ab'"}, "-1"},
        {OP_POSITION_OF, 0, {"''", "'ABCDE'"}, "0"},
        {OP_POSITION_OF, 0, {"'b'", "'€€b'"}, "2"},
        {OP_LENGTH_STRING, 0, {"''"}, "0"},
        {OP_LENGTH_STRING, 0, {"'a€𝄞'"}, "3"},
        {OP_LOWER, 0, {"'AbÉΣ1'"}, "'abéσ1'"},
        {OP_UPPER, 0, {"'aBéλ1'"}, "'ABÉΛ1'"},
    };
    CHECK(cases);
}

static void regular_expressions(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_MATCHES, 0, {"'Not all who wander are lost'", "'.*\\\\d+'"}, "false"},
        {OP_MATCHES, 0, {"'Not all who wander are lost - circa 2017'", "'.*\\\\d+'"}, "true"},
        {OP_MATCHES, 0, {"'Not all who wander are lost'", "'[\\\\w|\\\\s]+'"}, "true"},
        {OP_MATCHES,
         0,
         {"'Not all who wander are lost - circa 2017'", "'^[\\\\w\\\\s]+$'"},
         "false"},
        {OP_MATCHES, 0, {"' '", "'\\\\W+'"}, "true"},
        {OP_MATCHES, 0, {"' \\n\\t'", "'\\\\s+'"}, "true"},
        {OP_MATCHES, 0, {"'a\\nb'", "'^a.b$'"}, "true"},
        {OP_MATCHES, 0, {"'a\\n'", "'^a$'"}, "false"},
        {OP_MATCHES, 0, {"'é'", "'^\\\\w$'"}, "true"},
        {OP_MATCHES,
         0,
         {"'http://fhir.org/guides/cqf/common/Library/FHIR-ModelInfo|4.0.1'", "'Library'"},
         "true"},
        {OP_MATCHES, 0, {"'abc'", "'(unclosed'"}, "error"},
        {OP_MATCHES,
         0,
         {"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac'", "'^(a+)+(b|c(?!))$'"},
         "error"},
        {OP_REPLACE_MATCHES,
         0,
         {"'Not all who wander are lost'", "'Not all who wander are lost'",
          "'But still waters run deep'"},
         "'But still waters run deep'"},
        {OP_REPLACE_MATCHES, 0, {"'bop the bop'", "'bop'", "'bang'"}, "'bang the bang'"},
        {OP_REPLACE_MATCHES,
         0,
         {"'All that glitters'", "'\\\\s'", "'\\\\$'"},
         "'All$that$glitters'"},
        {OP_REPLACE_MATCHES,
         0,
         {"'2020-01-31'", "'(\\\\d+)-(\\\\d+)-(\\\\d+)'", "'$3.$2.$1'"},
         "'31.01.2020'"},
        {OP_REPLACE_MATCHES, 0, {"'ab'", "'(?<x>a)'", "'${x}${x}$12'"}, "'aaa2b'"},
        {OP_REPLACE_MATCHES, 0, {"'axb'", "'x*'", "'-'"}, "'-a--b-'"},
        {OP_REPLACE_MATCHES, 0, {"'a€'", "''", "'-'"}, "'-a-€-'"},
        {OP_REPLACE_MATCHES, 0, {"'ab'", "'a'", "'$2'"}, "error"},
        {OP_REPLACE_MATCHES, 0, {"'ab'", "'a'", "'5 $'"}, "'5 $b'"},
        {OP_REPLACE_MATCHES, 0, {"'ABCDE'", "'XYZ'", "'123'"}, "'ABCDE'"},
        {OP_SPLIT_ON_MATCHES, 0, {"'a1b22c'", "'\\\\d+'"}, "{ 'a', 'b', 'c' }"},
        {OP_SPLIT_ON_MATCHES, 0, {"'abc'", "'\\\\d+'"}, "{ 'abc' }"},
        {OP_SPLIT_ON_MATCHES, 0, {"'a b'", "'\\\\s*'"}, "{ 'a', 'b' }"},
        {OP_SPLIT_ON_MATCHES, 0, {"null", "'x'"}, "null"},
        {OP_SPLIT_ON_MATCHES, 0, {"'x'", "null"}, "{ 'x' }"},
    };
    CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining_and_cutting),
        cmocka_unit_test(looking),
        cmocka_unit_test(regular_expressions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
