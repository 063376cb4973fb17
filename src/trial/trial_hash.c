#include "base/digest.h"
#include "base/file.h"
#include "trial/trial_internal.h"

#include <stdlib.h>

static struct str last_part(struct str path) {
    size_t start = path.len;
    while (start > 0 && path.at[start - 1] != '/') {
        start--;
    }
    return (struct str){path.at + start, path.len - start};
}

struct piece {
    struct str name;
    struct str text;
};

static int compare_pieces(const void *a, const void *b) {
    const struct piece *x = a;
    const struct piece *y = b;
    int order = str_compare(x->name, y->name);
    return order ? order : str_compare(x->text, y->text);
}

static void add_piece(uint8_t hash[32], struct str name, struct str text) {
    digest_add(hash, name);
    digest_add(hash, text);
}

static enum status hash_libraries(struct trial_build *build, uint8_t hash[32]) {
    uint32_t count = 0;
    for (const struct library *l = build->trial->program->main; l; l = l->next) {
        count++;
    }
    struct piece *pieces = ARENA_ARRAY(build->arena, count, struct piece);
    if (!pieces) {
        return STATUS_NO_MEMORY;
    }
    count = 0;
    for (const struct library *l = build->trial->program->main; l; l = l->next) {
        if (l->source) {
            pieces[count++] = (struct piece){last_part(l->source->name), l->source->text};
        }
    }
    qsort(pieces, count, sizeof *pieces, compare_pieces);
    for (uint32_t i = 0; i < count; i++) {
        add_piece(hash, pieces[i].name, pieces[i].text);
    }
    return STATUS_OK;
}

static enum status hash_folder(struct trial_build *build, struct str folder, uint8_t hash[32]) {
    struct str *names = NULL;
    uint32_t count = 0;
    enum status status = file_list(folder, build->arena, &names, &count);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        if (!str_ends(names[i], STR(".json"))) {
            continue;
        }
        struct str path = file_join(build->arena, folder, names[i]);
        struct str text = STR_NONE;
        status = path.at ? file_read(path, build->arena, &text) : STATUS_NO_MEMORY;
        if (status == STATUS_OK) {
            add_piece(hash, names[i], text);
        }
    }
    /* What could not be read is reported where it is used. */
    return status == STATUS_NO_MEMORY ? status : STATUS_OK;
}

enum status trial_hash(struct trial_build *build) {
    uint8_t *hash = build->trial->hash;
    add_piece(hash, STR("trial.yaml"), build->trial->source->text);
    enum status status = hash_libraries(build, hash);
    struct str *folders = NULL;
    uint32_t count = 0;
    if (status == STATUS_OK) {
        status = trial_valueset_folders(build, &folders, &count);
    }
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        status = hash_folder(build, folders[i], hash);
    }
    return status;
}
