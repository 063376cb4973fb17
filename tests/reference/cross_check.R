# `quell stats` against R on random data, small and awkward: run by hand,
#   Rscript cross_check.R PATH/OF/quell
# What one refuses, the other must find infinite or missing; what both estimate must agree to the digits
# printed. R 4.2.2 with survival, ordinal and cmprsk: 0 differ.
suppressMessages({library(survival); library(ordinal)})
quell <- commandArgs(TRUE)[1]
set.seed(4)
file <- tempfile(fileext = ".csv")
differ <- 0; counts <- c(estimated = 0, refused = 0)
run <- function(method, ...) suppressWarnings(system2(quell, c("stats", method, file, ...), stdout = TRUE, stderr = TRUE))
refused <- function(o) any(grepl("Does not apply", o))
get <- function(o, p) as.numeric(sub(paste0(".*", p, "([^,]*)(,.*|$)"), "\\1", grep(p, o, value = TRUE)))[1]
quiet <- function(e) { w <- NULL
  r <- withCallingHandlers(tryCatch(e, error = function(e) NULL), warning = function(c) { w <<- c(w, conditionMessage(c)); invokeRestart("muffleWarning") })
  list(fit = r, warnings = w) }
check <- function(name, o, r_refuses, expected, got) {
  if (refused(o) != r_refuses) { cat(name, "refused:", refused(o), "R refuses:", r_refuses, "\n"); differ <<- differ + 1; return() }
  if (refused(o)) { counts["refused"] <<- counts["refused"] + 1; return() }
  if (!all(is.finite(got)) || any(abs(got - expected) > 2e-6 * (abs(expected) + 1e-6))) { cat(name, got, "R:", expected, "\n"); differ <<- differ + 1 }
  else counts["estimated"] <<- counts["estimated"] + 1
}
wide <- function(r) is.null(r) || any(is.na(coef(r))) || any(!is.finite(diag(vcov(r)))) || any(sqrt(diag(vcov(r))) > 1000)
for (i in 1:130) {
  n <- sample(c(3:14, 25, 80), 1)
  d <- data.frame(e = sample(0:3, n, TRUE), x = sample(0:1, n, TRUE), z = round(rnorm(n), 1), s = sample(c("u", "v"), n, TRUE), g = sample(c("a", "b", "c"), n, TRUE),
                  d = rbinom(n, 1, .6), y = rbinom(n, 1, .5), o = sample(0:3, n, TRUE), v = round(rnorm(n), 1), k = sample(0:2, n, TRUE))
  d$t <- d$e + sample(1:6, n, TRUE)
  write.csv(d, file, row.names = FALSE, quote = FALSE)
  late <- i %% 2 == 0; strata <- i %% 3 == 0
  f <- as.formula(paste(if (late) "Surv(e, t, d)" else "Surv(t, d)", "~ x + z", if (strata) "+ strata(s)" else ""))
  r <- quiet(coxph(f, d, control = coxph.control(eps = 1e-12, iter.max = 60)))
  o <- run("cox", "--time", "t", "--event", "d", "--covariates", "x,z", if (late) c("--entry", "e"), if (strata) c("--strata", "s"))
  bad <- is.null(r$fit) || any(is.na(coef(r$fit))) || any(grepl("infinite|converge", r$warnings)) || any(abs(coef(r$fit)) > 15)
  check("cox", o, bad, if (!bad) c(exp(coef(r$fit)), r$fit$score), c(get(o, "hazard ratio, x: "), get(o, "hazard ratio, z: "), get(o, "score test: chi-square = ")))
  r <- quiet(glm(y ~ x + z, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100)))$fit
  o <- run("logistic", "--x", "y", "--covariates", "x,z")
  check("logistic", o, wide(r) || length(unique(d$y)) < 2, exp(coef(r))[-1], c(get(o, "odds ratio, x: "), get(o, "odds ratio, z: ")))
  r <- quiet(clm(factor(o, ordered = TRUE) ~ x + z, data = d, control = clm.control(gradTol = 1e-10, maxIter = 200)))$fit
  o <- run("proportional-odds", "--x", "o", "--covariates", "x,z")
  check("proportional-odds", o, wide(r), if (!is.null(r)) exp(tail(coef(r), 2)), c(get(o, "odds ratio, x: "), get(o, "odds ratio, z: ")))
  r <- quiet(lm(v ~ g + x, d))$fit
  o <- run("ancova", "--x", "v", "--by", "g", "--covariates", "x")
  bad <- is.null(r) || any(is.na(coef(r))) || r$df.residual < 1 || deviance(r) < 1e-20
  check("ancova", o, bad, if (!bad) drop1(r, test = "F")[-1, "F value"], c(get(o, "F test, g: F = "), get(o, "F test, x: F = ")))
  r <- quiet(cmprsk::cuminc(d$t, d$k, d$g)$Tests)$fit
  o <- run("cumulative-incidence", "--time", "t", "--event", "k", "--by", "g")
  for (k in rownames(r)) if (is.finite(r[k, "stat"]) && r[k, "stat"] >= 0) check("gray", o, FALSE, r[k, "stat"], get(o, paste0("Gray's test, event ", k, ": chi-square = ")))
}
print(counts); cat(differ, "differ\n")
