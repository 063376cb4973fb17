# Expected numbers of src/stats/stratified.h: R 4.2.2 (mantelhaen.test), metafor's rma.mh, and the
# Breslow-Day test by its definition, expected cells by root finding.
suppressMessages(library(metafor))
source("emit.R")
emit_begin("stratified.txt")
bd <- function(a, b, c, d, or) {
  keep <- a + c > 0 & b + d > 0 & a + b > 0 & c + d > 0
  a <- a[keep]; b <- b[keep]; c <- c[keep]; d <- d[keep]
  e <- mapply(function(a, b, c, d) { n1 <- a + b; m1 <- a + c; n0 <- c + d
    uniroot(function(e) log(e) + log(n0 - m1 + e) - log(n1 - e) - log(m1 - e) - log(or), c(max(0, m1 - n0) + 1e-12, min(n1, m1) - 1e-12), tol = 1e-14)$root }, a, b, c, d)
  v <- 1 / (1 / e + 1 / (a + b - e) + 1 / (a + c - e) + 1 / (d - a + e))
  x <- sum((a - e)^2 / v); c(x, length(a) - 1, x - sum(a - e)^2 / sum(v))
}
one <- function(name, a, b, c, d) {
  f <- function(m) { r <- rma.mh(ai = a, bi = b, ci = c, di = d, measure = m, add = 0, to = "none", drop00 = FALSE); c(r$beta, r$se, r$ci.lb, r$ci.ub) }
  or <- f("OR"); rr <- f("RR"); rd <- f("RD")
  t3 <- array(rbind(a, c, b, d), c(2, 2, length(a)))
  m <- mantelhaen.test(t3, correct = FALSE); mc <- mantelhaen.test(t3, correct = TRUE)
  stopifnot(abs(m$estimate - exp(or[1])) < 1e-10)
  emit(name, c(exp(or[1]), or[2], exp(or[3:4]), exp(rr[1]), rr[2], exp(rr[3:4]), rd, m$statistic, m$p.value, mc$statistic, mc$p.value, bd(a, b, c, d, exp(or[1]))))
}
u <- apply(UCBAdmissions, c(1, 2, 3), sum)
a <- u["Admitted", "Male", ]; b <- u["Rejected", "Male", ]; c <- u["Admitted", "Female", ]; d <- u["Rejected", "Female", ]
emit("ucb.cells", rbind(a, b, c, d)); one("ucb", a, b, c, d)
a <- c(0, 3, 5, 2); b <- c(10, 7, 15, 0); c <- c(1, 0, 4, 1); d <- c(9, 10, 16, 3)      # zero cells
emit("zeros.cells", rbind(a, b, c, d)); one("zeros", a, b, c, d)
emit_end()
