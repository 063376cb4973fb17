/* new: a commented trial to start from. The files are those of api/template/, embedded. */
#include "api/session.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

extern const char template_trial[];
extern const char template_logic[];
extern const char template_readme[];

static enum quell_status refuse(quell_session *session, struct str path, const char *words,
                                const char *hint) {
    struct diagnostic *d = diag_in_file(&session->diags, DIAG_DA0004, path, 0, "%s", words);
    diag_hint(&session->diags, d, "%s", hint);
    return QUELL_WORLD;
}

static enum quell_status make_folder(quell_session *session, struct str folder) {
    struct str *names = NULL;
    uint32_t count = 0;
    switch (file_kind(folder)) {
    case FILE_MISSING:
        if (mkdir(folder.at, 0777) != 0) {
            return refuse(session, folder, strerror(errno), "check the path above it");
        }
        return QUELL_OK;
    case FILE_FOLDER:
        if (file_list(folder, &session->arena, &names, &count) != STATUS_OK || count > 0) {
            return refuse(session, folder, "this folder is not empty",
                          "name a new folder; nothing was written");
        }
        return QUELL_OK;
    case FILE_REGULAR:
    case FILE_OTHER:
        break;
    }
    return refuse(session, folder, "this is no folder", "name a new folder");
}

enum quell_status quell_new(quell_session *session, const char *folder_name) {
    const struct {
        struct str name;
        struct str text;
    } files[] = {
        {STR("trial.yaml"), str_from(template_trial)},
        {STR("logic.cql"), str_from(template_logic)},
        {STR("README.md"), str_from(template_readme)},
    };
    struct str folder = arena_copy(&session->arena, str_from(folder_name));
    if (!folder.at) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    enum quell_status result = make_folder(session, folder);
    for (size_t i = 0; i < sizeof files / sizeof files[0] && result == QUELL_OK; i++) {
        struct str path = file_join(&session->arena, folder, files[i].name);
        enum status status =
            path.at ? file_write_new(path, files[i].text, FILE_ACCESS_COMMON, &session->arena)
                    : STATUS_NO_MEMORY;
        if (status == STATUS_IO) {
            result =
                refuse(session, path, strerror(errno), "check that there is room and permission");
        } else {
            result = session_status(session, status);
        }
    }
    return result;
}
