/* Where the texts of a plan come from on disk: included libraries and value sets. The stages below
 * do no I/O; everything that compiles CQL from files uses this. */
#ifndef QUELL_RUN_TEXT_FILES_H
#define QUELL_RUN_TEXT_FILES_H

#include "cql/tree.h"
#include "terms/terms.h"

/* Folders are searched in order: that of the including text, then `folders` (-I, the trial library,
 * the installed data folder). In each, Name-version.cql is taken before Name.cql; a qualified name
 * a.b.Name may also lie in a/b/. */
struct library_files {
    uint32_t folder_count;
    const struct str *folders;
};

/* A loader over these files; `files` must outlive the loader. */
void library_files_loader(const struct library_files *files, struct library_loader *out);

/* Reads every .json below the paths (a path may be a file) into `terms`, in bytewise order. What is
 * unreadable or no value set is a diagnostic. Texts live in the arena. */
MUST_USE enum status terms_read_paths(struct terms *terms, const struct str *paths, uint32_t count,
                                      struct arena *arena, struct diag_list *diags);

#endif
