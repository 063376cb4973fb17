/* Every size, depth and count that has an end, with its reason. Tests may build with QUELL_STRESS,
 * which shrinks buffers so that growth paths run on small inputs. */
#ifndef QUELL_BASE_LIMITS_H
#define QUELL_BASE_LIMITS_H

/* A source text (CQL, YAML, value set) larger than this is no source text. */
#define LIMIT_SOURCE_BYTES (64u * 1024 * 1024)
/* Nesting of expressions: each level costs a few stack frames of a few hundred bytes. */
#define LIMIT_EXPRESSION_DEPTH 512
/* Nesting of JSON: FHIR needs about 20; contained resources and extensions a few more. */
#define LIMIT_JSON_DEPTH 128
/* One NDJSON line or one resource of a Bundle; the largest known real resources are about 50 MB. */
#define LIMIT_RESOURCE_BYTES (128u * 1024 * 1024)
/* A file that is one JSON text (a Bundle) is held in memory as a whole. */
#define LIMIT_DOCUMENT_BYTES (2048u * 1024 * 1024)
/* Folders inside folders; a loop of links ends here. */
#define LIMIT_FOLDER_DEPTH 32
/* A gzip stream that grows by more than this factor and past the size below is taken for a bomb:
 * deflate reaches 1032 at most, NDJSON about 30. */
#define LIMIT_INFLATE_RATIO 300
#define LIMIT_INFLATE_FREE_BYTES (64u * 1024 * 1024)
/* Diagnostics kept; more are counted, so that a broken file cannot fill the memory. */
#define LIMIT_DIAGNOSTICS 1000
/* Digits in a CQL literal: 28 and 8 with room for signs and zeros. */
#define LIMIT_LITERAL_CHARS 128
/* ELM of one library; values that the tree shares are written wherever they are used, which nested
 * choices multiply. */
#define LIMIT_ELM_BYTES (256u * 1024 * 1024)
/* Items of one list value: a collapse or expand that passes it is a run-time error. */
#define LIMIT_LIST_ITEMS (16u * 1024 * 1024)
/* Steps and memory of one regular expression on one string, so that none can take forever: about a
 * second, and far more than a sane pattern needs. */
#define LIMIT_REGEX_STEPS (10u * 1000 * 1000)
#define LIMIT_REGEX_HEAP_KIB (64u * 1024)
/* Calls inside calls; CQL has no recursion, so this bounds only the depth of libraries. */
#define LIMIT_CALL_DEPTH 256
/* Criteria of one trial, groups included: real protocols have up to about 60. */
#define LIMIT_CRITERIA 1024
/* Arms of one trial; platform trials have had about ten. */
#define LIMIT_ARMS 16
/* Strata of one allocation: combinations of factor levels. With a few subjects in each, more than
 * this is no stratification. */
#define LIMIT_STRATA 4096
/* Subjects in one permuted block. */
#define LIMIT_BLOCK_SUBJECTS 256
/* Subjects of one allocation sequence: the largest trials have about 100,000. */
#define LIMIT_ALLOCATIONS (16u * 1024 * 1024)
/* Fields of one row and rows of one table of data: spreadsheets end at 16384 and 1048576; trials of
 * a million rows are laboratory files, and what is computed here is held in memory. */
#define LIMIT_CSV_FIELDS 16385u
#define LIMIT_CSV_ROWS (4u * 1024 * 1024)
/* Bytes one subject's evaluation may use before it is a run-time error of that define. */
#define LIMIT_SUBJECT_BYTES (1024u * 1024 * 1024)
/* Coefficients of one regression: its matrices grow with the square, and no trial's model has more.
 */
#define LIMIT_MODEL_COLUMNS 200
/* Multiplications for one evaluation of the Cox model's exact likelihood: about ten seconds. */
#define LIMIT_EXACT_STEPS 2e9
/* Comparisons of pairs for wins and losses where only pairs will do (margins): about ten seconds.
 */
#define LIMIT_WIN_PAIRS 1e9
/* Subjects of an r x c table tested exactly or by a sample: a logarithm of a factorial each. */
#define LIMIT_TABLE_N 1e6
/* Subjects of a group whose tables are summed for the power of Fisher's test: a few seconds. */
#define LIMIT_FISHER_N 1000
/* Subjects of a design with one group that an exhaustive search goes through: under a minute. */
#define LIMIT_SINGLE_ARM_N 500
/* Kinds of event that compete: a code beyond it is no code. */
#define LIMIT_CAUSES 20
/* Analyses of a group-sequential design: no trial has more, and integration takes a time each. */
#define LIMIT_LOOKS 50

#ifdef QUELL_STRESS
#define ARENA_CHUNK_BYTES 64u
#define READ_BUFFER_BYTES 64u
#else
#define ARENA_CHUNK_BYTES (64u * 1024)
/* What is read of a data file at a time, until a longer line makes it grow. */
#define READ_BUFFER_BYTES (1024u * 1024)
#endif

#endif
