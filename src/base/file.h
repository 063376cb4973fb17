/* Files and folders, as far as texts need them: whole files into an arena, and sorted listings.
 * Bulk data is streamed by its reader instead. Paths are bytes; nothing is normalised. */
#ifndef QUELL_BASE_FILE_H
#define QUELL_BASE_FILE_H

#include "base/arena.h"

#include <stdbool.h>

/* The whole file. STATUS_IO with errno set; STATUS_LIMIT when it is larger than LIMIT_SOURCE_BYTES.
 */
MUST_USE enum status file_read(struct str path, struct arena *arena, struct str *out);

enum file_kind { FILE_MISSING, FILE_REGULAR, FILE_FOLDER, FILE_OTHER };
/* Needs no memory, so that a file is never missing for want of it. A path longer than PATH_MAX
 * names nothing. */
enum file_kind file_kind(struct str path);

/* Names (not paths) in a folder, sorted bytewise, without "." and "..". STATUS_IO with errno set.
 */
MUST_USE enum status file_list(struct str folder, struct arena *arena, struct str **names,
                               uint32_t *count);

/* "a" + "b" = "a/b". .at NULL on no memory. */
struct str file_join(struct arena *arena, struct str folder, struct str name);
/* Up to the last slash, without it; "." when there is none. Points into path. */
struct str file_folder(struct str path);

/* Writes a new file; STATUS_IO with errno set, EEXIST when it exists. A secret one can be read by
 * its owner alone. */
enum file_access { FILE_ACCESS_COMMON, FILE_ACCESS_SECRET };
MUST_USE enum status file_write_new(struct str path, struct str text, enum file_access access,
                                    struct arena *scratch);

#endif
