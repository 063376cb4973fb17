/* Files that hold the records of one patient alone. Exports with a file a patient put the patient's
 * name into the name of the file ("Erika_Mustermann_4711.json"), so what is drawn under pseudonyms
 * does not name such a file. Files named by a resource type, as FHIR's bulk export does
 * ("Observation-1.ndjson"), name nobody and count as shared. */
#ifndef QUELL_COURSE_OWN_FILES_H
#define QUELL_COURSE_OWN_FILES_H

#include "record/population.h"

struct own_files;

/* Names live as long as the population; free with own_files_free, which takes NULL. */
MUST_USE enum status own_files_new(const struct population *population, struct own_files **out);
void own_files_free(struct own_files *files);
/* Whether a file of this path holds one patient's records alone; false without `files`. */
bool own_files_has(const struct own_files *files, struct str path);

#endif
