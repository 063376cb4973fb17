/* Shows a fuzz target every file of the folders given, in the order of their names; then once more
 * with each of the first allocations failing in turn, which must be as clean. */
#include "base/mem.h"
#include "fuzz_target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILURES_MAX = 200 };

static int show(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    uint8_t *data = NULL;
    size_t size = 0;
    if (fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        rewind(file);
        data = malloc(end > 0 ? (size_t)end : 1);
        size = data && end > 0 ? fread(data, 1, (size_t)end, file) : 0;
    }
    fclose(file);
    if (!data) {
        return 1;
    }
    uint64_t held = mem_live();
    uint64_t before = mem_count();
    (void)LLVMFuzzerTestOneInput(data, size);
    uint64_t made = mem_count() - before;
    for (uint64_t n = 1; n <= made && n <= FAILURES_MAX; n++) {
        mem_fail_after(n);
        (void)LLVMFuzzerTestOneInput(data, size);
        mem_fail_after(0);
    }
    free(data);
    if (mem_live() != held) {
        fprintf(stderr, "%s: memory is still held\n", path);
        return 1;
    }
    return 0;
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv) {
    int failed = 0;
    int shown = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **entries = NULL;
        int count = scandir(argv[i], &entries, visible, alphasort);
        if (count < 0) {
            perror(argv[i]);
            return 1;
        }
        for (int e = 0; e < count; e++) {
            char path[4096];
            int len = snprintf(path, sizeof path, "%s/%s", argv[i], entries[e]->d_name);
            failed += len < 0 || (size_t)len >= sizeof path || show(path) != 0;
            shown++;
            free(entries[e]);
        }
        free(entries);
    }
    printf("%d inputs, %d failed\n", shown, failed);
    return failed || shown == 0;
}
