/* The tables of docs/conformance.md are written by the runs they show: each stands between
 * `<!-- NAME -->` and `<!-- end of NAME -->`. */
#ifndef QUELL_TEST_DOCS_TABLE_H
#define QUELL_TEST_DOCS_TABLE_H

#include "base/buf.h"

/* Whether the file has just this table at its place; with `write` it is put there first. Says on
 * stdout what is wrong. */
bool docs_table(const char *path, const char *name, struct str table, bool write);

#endif
