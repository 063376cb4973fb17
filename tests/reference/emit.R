# Shared by the scripts that regenerate expected numbers. Run one from this folder:
#   Rscript survival.R
# It writes survival.txt (a name and its numbers a line, 15 digits, NA where R has none) and the data
# its C test reads (data/*.csv). The tests need the files only, not R.
emit_begin <- function(file) {
  out <<- file(file, "w")
  packages <- intersect(loadedNamespaces(), c("survival", "cmprsk", "MASS", "ordinal", "emmeans", "rpact", "Hmisc"))
  versions <- vapply(packages, function(p) paste(p, packageVersion(p)), "")
  writeLines(paste("#", R.version.string, paste(sort(versions), collapse = ", ")), out)
}
emit <- function(name, x) {
  x <- as.numeric(x)
  writeLines(paste(name, paste(ifelse(is.na(x), "NA", sprintf("%.15g", x)), collapse = " ")), out)
}
emit_end <- function() close(out)
export <- function(d, file) write.csv(d, file.path("data", file), row.names = FALSE, quote = FALSE, na = "")

# The same pseudo-random numbers in R and in C: Park and Miller's generator, exact in doubles.
park_miller <- function(n, seed) {
  x <- numeric(n)
  for (i in seq_len(n)) { seed <- (seed * 16807) %% 2147483647; x[i] <- seed }
  x / 2147483647
}
