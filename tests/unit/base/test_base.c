#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <cmocka.h>

static void arena_gives_zeroed_aligned_memory(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        unsigned char *memory = arena_new(&arena, size, 1);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        assert_int_equal(memory[0] | memory[size - 1], 0);
        memset(memory, 0xFF, size);
    }
    arena_reset(&arena);
    assert_int_equal(*(unsigned char *)arena_new(&arena, 100, 1), 0);
    arena_release(&arena);
    assert_null(arena_new(&arena, SIZE_MAX / 2, 4));
    arena_release(&arena);
}

static void arena_keeps_its_limit(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    size_t got = 0;
    while (arena_new(&arena, 1000, 1)) {
        got += 1000;
    }
    assert_in_range(got, 1, 1024 * 1024);
    arena_release(&arena);
}

static void buf_escapes(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf);
    buf_add_json(&buf, STR("a\"b\\\n\x01\xC3\xA9\xFF"));
    assert_true(str_equal(buf_str(&buf), STR("\"a\\\"b\\\\\\n\\u0001\xC3\xA9\xEF\xBF\xBD\"")));
    buf_reset(&buf);
    buf_add_json(&buf, STR("\x7F\xC2\x9B\xC2\xA0"));
    assert_true(str_equal(buf_str(&buf), STR("\"\\u007f\\u009b\xC2\xA0\"")));
    buf_reset(&buf);
    buf_add_shown(&buf, STR("a\tb\n\x1B[31m\xC2\x9B\xC3\xA9\xFF\r"));
    assert_true(str_equal(buf_str(&buf), STR("a\tb\n\xEF\xBF\xBD[31m\xEF\xBF\xBD\xC3\xA9"
                                             "\xEF\xBF\xBD\xEF\xBF\xBD")));
    buf_reset(&buf);
    buf_add_html(&buf, STR("<a b='\"&\x07"));
    assert_true(str_equal(buf_str(&buf), STR("&lt;a b=&#39;&quot;&amp;\xEF\xBF\xBD")));
    buf_reset(&buf);
    buf_add_csv(&buf, STR("=cmd,\"x\""));
    assert_true(str_equal(buf_str(&buf), STR("\"'=cmd,\"\"x\"\"\"")));
    buf_reset(&buf);
    buf_add_csv(&buf, STR("-3.5"));
    assert_true(str_equal(buf_str(&buf), STR("-3.5")));
    buf_release(&buf);
}

static void map_finds_what_was_added(void **state) {
    (void)state;
    struct map map;
    map_init(&map);
    static char keys[1000][8];
    for (uint32_t i = 0; i < 1000; i++) {
        int len = snprintf(keys[i], sizeof keys[i], "k%u", i);
        bool added = false;
        uint32_t value = i;
        assert_int_equal(map_add(&map, (struct str){keys[i], (size_t)len}, &value, &added), 0);
        assert_true(added);
    }
    uint32_t found = 0;
    assert_true(map_find(&map, STR("k777"), &found));
    assert_int_equal(found, 777);
    assert_false(map_find(&map, STR("k1000"), &found));
    bool added = true;
    found = 5;
    assert_int_equal(map_add(&map, STR("k3"), &found, &added), 0);
    assert_false(added);
    assert_int_equal(found, 3);
    map_release(&map);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    for (uint64_t n = 1; n < 20; n++) {
        uint64_t live = mem_live();
        mem_fail_after(n);
        struct buf buf;
        buf_init(&buf);
        struct map map;
        map_init(&map);
        for (int i = 0; i < 100; i++) {
            buf_add_cstr(&buf, "some text to grow on ");
        }
        bool added = false;
        uint32_t value = 1;
        (void)!map_add(&map, STR("x"), &value, &added);
        mem_fail_after(0);
        buf_release(&buf);
        map_release(&map);
        assert_int_equal(mem_live(), live);
    }
}

static void distances(void **state) {
    (void)state;
    assert_int_equal(str_distance(STR("exsits"), STR("exists"), 3), 1);
    assert_int_equal(str_distance(STR("Patient"), STR("patient"), 3), 0);
    assert_int_equal(str_distance(STR("abc"), STR("xyz"), 1), 2);
}

static void files_are_listed_and_read(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    char folder[] = "/tmp/quell-base-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct str path = file_join(&arena, str_from(folder), STR("b.txt"));
    struct str other = file_join(&arena, str_from(folder), STR("a.txt"));
    assert_int_equal(file_write_new(path, STR("hello"), FILE_ACCESS_COMMON, &arena), STATUS_OK);
    assert_int_equal(file_write_new(path, STR("again"), FILE_ACCESS_COMMON, &arena), STATUS_IO);
    assert_int_equal(file_write_new(other, STR(""), FILE_ACCESS_SECRET, &arena), STATUS_OK);
    struct str text;
    assert_int_equal(file_read(path, &arena, &text), STATUS_OK);
    assert_true(str_equal(text, STR("hello")));
    assert_int_equal(file_read(STR("/no/such"), &arena, &text), STATUS_IO);
    struct str *names = NULL;
    uint32_t count = 0;
    assert_int_equal(file_list(str_from(folder), &arena, &names, &count), STATUS_OK);
    assert_int_equal(count, 2);
    assert_true(str_equal(names[0], STR("a.txt")));
    assert_int_equal(file_kind(str_from(folder)), FILE_FOLDER);
    assert_true(str_equal(file_folder(STR("x/y/z")), STR("x/y")));
    assert_true(str_equal(file_folder(STR("z")), STR(".")));
    (void)remove(path.at);
    (void)remove(other.at);
    (void)remove(folder);
    arena_release(&arena);
}

static void wrapping(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf);
    buf_add_wrapped(&buf, STR("one two three\nfour"), 8);
    assert_true(str_equal(buf_str(&buf), STR("one two\nthree\nfour\n")));
    buf_release(&buf);
}

/* Against the plain search, at every start in texts around the width that is searched at once. */
static void words_are_found(void **state) {
    (void)state;
    char text[80];
    const struct str word = STR("\"code\"");
    for (size_t len = 0; len <= sizeof text; len++) {
        for (size_t at = 0; at < sizeof text; at++) {
            memset(text, '"', sizeof text);
            if (at + word.len <= len) {
                memcpy(text + at, word.at, word.len);
            }
            size_t expected = at + word.len <= len ? at : len;
            assert_int_equal(str_find((struct str){text, len}, word, 0), expected);
            size_t behind = str_find((struct str){text, len}, word, at + 1);
            assert_int_equal(behind, len);
        }
    }
    assert_int_equal(str_find(STR("a code, a code"), STR("code"), 3), 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_keeps_its_limit),
        cmocka_unit_test(buf_escapes),
        cmocka_unit_test(map_finds_what_was_added),
        cmocka_unit_test(failing_allocations_are_survived),
        cmocka_unit_test(distances),
        cmocka_unit_test(words_are_found),
        cmocka_unit_test(files_are_listed_and_read),
        cmocka_unit_test(wrapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
