# `quell stats` against R on random data of 2 to 20 rows, tied and empty as often as not: run by hand,
#   Rscript cross_check_samples.R PATH/OF/quell [ROUNDS] [SEED]
# Where R has no number, quell must have none, and the other way round. R 4.2.2 with survival and jsonlite:
# 0 differ.
suppressMessages({library(survival); library(jsonlite)})
arguments <- commandArgs(TRUE)
quell <- arguments[1]
rounds <- if (length(arguments) > 1) as.integer(arguments[2]) else 60
set.seed(if (length(arguments) > 2) as.integer(arguments[3]) else 1)
file <- tempfile(fileext = ".csv")
differ <- 0; counts <- c(all = 0)
run <- function(...) {
  o <- suppressWarnings(system2(quell, c("stats", ..., "--format", "json"), stdout = TRUE, stderr = FALSE))
  tryCatch(fromJSON(paste(o, collapse = "\n"), simplifyVector = FALSE), error = function(e) NULL)
}
number <- function(x) if (is.null(x)) NA else as.numeric(x)
p_of <- function(j, i = 1) if (is.null(j) || length(j$tests) < i) NA else number(j$tests[[i]]$p)
estimate_of <- function(j) {
  if (is.null(j) || !length(j$estimates)) return(c(NA, NA, NA))
  e <- j$estimates[[1]]
  c(number(e$value), if (is.null(e$interval)) c(NA, NA) else c(number(e$interval[[1]]), number(e$interval[[2]])))
}
quiet <- function(e) suppressWarnings(tryCatch(e, error = function(e) NULL))
p_r <- function(h) if (is.null(h)) NA else h$p.value
check <- function(name, got, expected, data = NULL) {
  expected[!is.finite(expected)] <- NA; got[!is.finite(got)] <- NA
  bad <- is.na(got) != is.na(expected) | (!is.na(got) & !is.na(expected) & abs(got - expected) > 1e-6 * (abs(expected) + 1e-9))
  counts[name] <<- 1 + if (is.na(counts[name])) 0 else counts[name]
  if (any(bad)) { differ <<- differ + 1; cat(name, "quell:", got, "R:", expected, "\n"); print(data) }
}
two_rows <- function(m) apply(m, 1, paste, collapse = ",")
for (i in seq_len(rounds)) {
  n <- sample(c(2, 3, 4, 5, 6, 8, 12, 20), 1); most <- sample(c(1, 2, 3, 6, 1000), 1)
  draw <- function(v) sample(v, n, TRUE)
  d <- data.frame(x = draw(0:most), y = draw(0:most), w = draw(0:most), g = draw(c("a", "b")), s = draw(c("u", "v")),
                  k = draw(c("p", "q", "r")), b = draw(0:1), b2 = draw(0:1), t = draw(1:max(2, n)), e = draw(0:1))
  write.csv(d, file, row.names = FALSE, quote = FALSE)
  a <- d$x[d$g == "a"]; b <- d$x[d$g == "b"]; both <- length(a) > 0 && length(b) > 0
  by <- c("--x", "x", "--by", "g"); xg <- d[, c("x", "g")]; xy <- d[, c("x", "y")]
  check("t", p_of(run("t", file, by)), p_r(quiet(t.test(a, b))), xg)
  check("t-pooled", p_of(run("t-pooled", file, by)), p_r(if (both) quiet(t.test(a, b, var.equal = TRUE))), xg)
  check("t-paired", p_of(run("t-paired", file, "--x", "x", "--y", "y")), p_r(quiet(t.test(d$x, d$y, paired = TRUE))), xy)
  check("wilcoxon", p_of(run("wilcoxon", file, by)), p_r(if (both) quiet(wilcox.test(a, b))), xg)
  check("signed-rank", p_of(run("signed-rank", file, "--x", "x", "--y", "y")), p_r(quiet(wilcox.test(d$x, d$y, paired = TRUE))), xy)
  check("kruskal-wallis", p_of(run("kruskal-wallis", file, "--x", "x", "--by", "k")), p_r(quiet(kruskal.test(d$x, factor(d$k)))), d)
  check("friedman", p_of(run("friedman", file, "--x", "x,y,w")), p_r(quiet(friedman.test(as.matrix(d[, 1:3])))), d[, 1:3])
  m <- table(factor(d$g, c("a", "b")), factor(d$b, c(1, 0))); full <- all(rowSums(m) > 0) && all(colSums(m) > 0)
  if (full) {
    check("fisher", p_of(run("fisher", file, "--x", "b", "--by", "g")), p_r(fisher.test(m)), m)
    j <- run("chi-square", two_rows(m))
    check("chi-square", c(p_of(j, 1), p_of(j, 2)), c(p_r(quiet(chisq.test(m, correct = FALSE))), p_r(quiet(chisq.test(m)))), m)
  }
  m <- table(factor(d$b, c(1, 0)), factor(d$b2, c(1, 0))); off <- m[1, 2] + m[2, 1]
  check("mcnemar", p_of(run("mcnemar", two_rows(m)), 3), p_r(if (off > 0) binom.test(m[1, 2], off)), m)
  k <- sum(d$b); p0 <- sample(c(0.1, 0.25, 0.5, 0.77), 1); fraction <- paste0(k, "/", n)
  check("proportion", estimate_of(run("proportion", fraction)), c(k / n, binom.test(k, n)$conf.int))
  check("binomial", p_of(run("binomial", fraction, "--null", p0)), binom.test(k, n, p0)$p.value)
  m <- table(d$k, d$x)
  if (nrow(m) > 1 && ncol(m) > 1 && ncol(m) < 5 && length(m) > 4) check("fisher r x c", p_of(run("fisher", two_rows(m))), p_r(fisher.test(m)), m)
  for (type in c("plain", "log", "log-log")) {
    f <- summary(survfit(Surv(t, e) ~ 1, d, conf.type = type))$table[c("median", "0.95LCL", "0.95UCL")]
    check(paste("km,", type), estimate_of(run("km", file, "--time", "t", "--event", "e", "--conf-type", type)), as.numeric(f), d[, c("t", "e")])
  }
  h <- quiet(survdiff(Surv(t, e) ~ g, d)); none <- is.null(h) || !is.finite(h$chisq) || sum(d$e) == 0 || abs(h$var[1, 1]) < 1e-12
  check("log-rank", p_of(run("log-rank", file, "--time", "t", "--event", "e", "--by", "g")), if (none) NA else pchisq(h$chisq, 1, lower.tail = FALSE), d)
  p <- round(runif(n)^2, 3)
  for (method in c("bonferroni", "holm", "hochberg", "hommel")) {
    rows <- run("p-adjust", p, "--adjust", method)$tables[[1]]$rows
    check(method, as.numeric(sapply(rows, function(r) r[[2]])), p.adjust(p, method), p)
  }
  if (full && length(unique(d$s)) == 2) {
    h <- quiet(mantelhaen.test(table(d$g, d$b, d$s)))
    if (!is.null(h)) check("mantel-haenszel", p_of(run("mantel-haenszel", file, "--x", "b", "--by", "g", "--strata", "s")), p_r(h), d)
  }
}
print(counts[-1]); cat(differ, "differ\n")
