# Expected numbers of the methods on counts and samples (quell stats), with R's own functions where it has
# them; where R stops its root finding early (fisher.test, confint, wilcox.test's interval) the same equation is
# solved to 1e-14 here.
source("emit.R")

# ---- Data ----
two <- data.frame(g = rep(c("x", "y"), c(10, 11)),
                  v = c(3, 5, 5, 6, 7, 8, 9, 9, 10, 12, 1, 2, 4, 4, 5, 5, 6, 7, 7, 8, 11))
export(two, "two_samples.csv")
sofa <- as.data.frame(matrix(c(8,8,7,4, 10,11,9,6, 6,5,5,2, 9,7,6,3, 12,12,11,8, 7,5,4,1, 8,9,7,3, 5,3,3,0, 11,10,8,4,
                               7,6,6,2, 9,6,5,3), ncol = 4, byrow = TRUE))
names(sofa) <- c("d0", "d3", "d7", "d14")
export(sofa, "occasions.csv")
# No ties: exact tests.
clean <- data.frame(g = rep(c("a", "b"), c(6, 8)),
                    v = c(1.1, 2.3, 3.7, 4.2, 6.9, 9.4, 0.4, 2.9, 5.1, 5.8, 7.7, 8.3, 10.2, 12.6))
export(clean, "untied.csv")
pairs <- data.frame(a = c(2.1, 3.4, 1.9, 5.6, 4.4, 7.1, 6.3, 2.8), b = c(1.4, 3.9, 0.7, 3.1, 5.0, 5.2, 4.0, 3.9))
export(pairs, "untied_pairs.csv")
three <- data.frame(g = rep(c("p", "q", "r"), c(5, 6, 7)), v = c(3, 4, 4, 6, 8, 5, 6, 6, 7, 9, 9, 2, 3, 3, 4, 5, 5, 6))
export(three, "three_groups.csv")
large <- data.frame(g = ifelse(seq_len(1e5) %% 2 == 0, "a", "b"), v = floor(1e4 * park_miller(1e5, 7)) + (seq_len(1e5) %% 2) * 40)

# NIST StRD Michelso: Michelson's hundred measurements of the speed of light, in 1000 km/s.
export(data.frame(v = 299 + morley$Speed / 1000), "michelson.csv")

emit_begin("samples.txt")

# ---- Two by two ----
solve_or <- function(m, target) { # target(weights, support) - wanted = 0
  s <- max(0, sum(m[1, ]) - sum(m[, 2])):min(sum(m[1, ]), sum(m[, 1]))
  d <- dhyper(s, sum(m[, 1]), sum(m[, 2]), sum(m[1, ]), log = TRUE)
  f <- function(l) { w <- d + s * l; w <- exp(w - max(w)); target(w / sum(w), s) }
  exp(uniroot(f, c(-30, 30), tol = 1e-15, maxiter = 10000)$root)
}
fisher <- function(name, a, b, c, d) {
  m <- matrix(c(a, c, b, d), 2)
  ft <- fisher.test(m)
  s <- max(0, sum(m[1, ]) - sum(m[, 2])):min(sum(m[1, ]), sum(m[, 1]))
  est <- if (a == min(s)) 0 else if (a == max(s)) Inf else solve_or(m, function(w, s) sum(w * s) - a)
  low <- if (a == min(s)) 0 else solve_or(m, function(w, s) sum(w[s >= a]) - 0.025)
  high <- if (a == max(s)) Inf else solve_or(m, function(w, s) sum(w[s <= a]) - 0.025)
  dens <- dhyper(s, sum(m[, 1]), sum(m[, 2]), sum(m[1, ]))
  seen <- dens[s == a]
  mid <- sum(dens[dens < seen * (1 - 1e-7)]) + sum(dens[abs(dens / seen - 1) <= 1e-7]) / 2
  emit(paste0("fisher.", name), c(ft$p.value, min(1, 2 * min(sum(dens[s <= a]), sum(dens[s >= a]))), est, low, high, mid))
  emit(paste0("fisher.", name, ".sides"), c(fisher.test(m, alternative = "less")$p.value,
                                           fisher.test(m, alternative = "greater")$p.value))
}
fisher("elmekaty", 5, 35, 3, 37)
fisher("zero", 0, 11, 5, 7)
fisher("full", 4, 0, 1, 6)
fisher("tea", 3, 1, 1, 3)
fisher("large", 5000, 45000, 4900, 45100)
fisher("skew", 40, 10, 30, 1000)
emit("fisher.rxc", c(fisher.test(rbind(c(3, 1, 0), c(1, 4, 2)))$p.value,
                     fisher.test(rbind(c(12, 5, 3), c(4, 8, 9)))$p.value,
                     fisher.test(rbind(c(2, 3, 1, 4), c(0, 5, 2, 1), c(6, 0, 3, 2)))$p.value,
                     fisher.test(rbind(c(0, 4), c(3, 2), c(6, 1), c(5, 5)))$p.value))

chi <- function(name, m) {
  e <- outer(rowSums(m), colSums(m)) / sum(m)
  x <- suppressWarnings(chisq.test(m, correct = FALSE)); y <- suppressWarnings(chisq.test(m))
  n1 <- unname(x$statistic) * (sum(m) - 1) / sum(m)
  g <- 2 * sum(ifelse(m > 0, m * log(m / e), 0)); df <- (nrow(m) - 1) * (ncol(m) - 1)
  emit(paste0("chi.", name), c(x$statistic, x$p.value, y$statistic, y$p.value, n1, pchisq(n1, 1, lower.tail = FALSE),
                              g, pchisq(g, df, lower.tail = FALSE)))
}
chi("elmekaty", rbind(c(35, 5), c(37, 3)))
chi("close", rbind(c(3, 4), c(4, 5))) # Yates's correction is cut at |O - E|
chi("zero", rbind(c(0, 11), c(5, 7)))
chi("table", rbind(c(12, 5, 3), c(4, 8, 9)))

effects <- function(name, a, n1, c, n2, z = qnorm(.975)) {
  b <- n1 - a; d <- n2 - c
  or <- a * d / (b * c); se <- sqrt(1/a + 1/b + 1/c + 1/d); if (!is.finite(se)) se <- NA # no interval
  dev <- function(l) { # profile deviance of the log odds ratio, by the nuisance intercept
    g <- function(p2) { p1 <- plogis(qlogis(p2) + l); dbinom(a, n1, p1, log = TRUE) + dbinom(c, n2, p2, log = TRUE) }
    best <- optimize(g, c(1e-9, 1 - 1e-9), maximum = TRUE, tol = 1e-14)$objective
    2 * (dbinom(a, n1, a / n1, log = TRUE) + dbinom(c, n2, c / n2, log = TRUE) - best) - qchisq(.95, 1) }
  plo <- if (a == 0 || d == 0) 0 else exp(uniroot(dev, c(log(or) - 12, log(or)), tol = 1e-13)$root)
  phi <- if (b == 0 || c == 0) Inf else exp(uniroot(dev, c(if (or == 0) -20 else log(or), (if (or == 0) 0 else log(or)) + 12), tol = 1e-13)$root)
  emit(paste0("or.", name), c(or, exp(log(or) - z * se), exp(log(or) + z * se), 2 * pnorm(-abs(log(or) / se)), plo, phi))
  rr <- (a / n1) / (c / n2); sr <- sqrt(1/a - 1/n1 + 1/c - 1/n2); if (!is.finite(sr)) sr <- NA
  emit(paste0("rr.", name), c(rr, exp(log(rr) - z * sr), exp(log(rr) + z * sr)))
  p1 <- a / n1; p2 <- c / n2; rd <- p1 - p2; sd <- sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
  w <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
  w1 <- suppressWarnings(w(a, n1)); w2 <- suppressWarnings(w(c, n2))
  # Miettinen-Nurminen with the restricted estimate by direct maximisation.
  mn <- function(delta) {
    ll <- function(q) { s <- function(k, n, p) (if (k > 0) k * log(p) else 0) + (if (n > k) (n - k) * log1p(-p) else 0)
                        s(a, n1, q + delta) + s(c, n2, q) }
    lo <- max(0, -delta) + 1e-13; hi <- min(1, 1 - delta) - 1e-13
    q <- optimize(ll, c(lo, hi), maximum = TRUE, tol = 1e-14)$maximum
    v <- ((q + delta) * (1 - q - delta) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
    (rd - delta) / sqrt(v) }
  lo <- uniroot(function(x) mn(x) - z, c(-0.9999, rd - 1e-6), tol = 1e-12)$root
  hi <- uniroot(function(x) mn(x) + z, c(rd + 1e-6, 0.9999), tol = 1e-12)$root
  emit(paste0("rd.", name), c(rd, rd - z * sd, rd + z * sd, rd - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2),
                             rd + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2), lo, hi))
}
effects("elmekaty", 35, 40, 37, 40)
effects("uneven", 7, 20, 31, 45)
effects("zero", 0, 11, 5, 12)

one <- function(name, k, n) {
  w <- suppressWarnings(prop.test(k, n, correct = FALSE)$conf.int)
  emit(paste0("one.", name), c(k / n, binom.test(k, n)$conf.int, w,
                              if (k == 0) 0 else qbeta(.025, k + .5, n - k + .5), if (k == n) 1 else qbeta(.975, k + .5, n - k + .5)))
}
one("none", 0, 11); one("one", 1, 11); one("larosee", 12, 14); one("sustained", 11, 14); one("all", 14, 14); one("large", 5012, 1e5)
emit("binomial", c(binom.test(12, 14)$p.value, binom.test(3, 20, 0.3)$p.value, binom.test(0, 11, 0.2)$p.value,
                   binom.test(50312, 1e5, 0.5)$p.value, binom.test(9, 20, 0.3, alternative = "greater")$p.value,
                   binom.test(10, 20)$p.value))
mc <- function(b, c) { p <- binom.test(b, b + c)$p.value
  emit(paste0("mcnemar.", b, ".", c), c((b - c)^2 / (b + c), mcnemar.test(matrix(c(1, c, b, 1), 2))$statistic, p,
                                        if (b == c) 1 else 2 * pbinom(min(b, c), b + c, .5) - dbinom(min(b, c), b + c, .5))) }
mc(6, 0); mc(10, 4); mc(5, 5)

# ---- Means ----
t_of <- function(name, t, est) emit(name, c(est, t$statistic, t$parameter, t$p.value, t$conf.int))
x <- two$v[two$g == "x"]; y <- two$v[two$g == "y"]
tt <- t.test(x, y); t_of("t.welch", tt, mean(x) - mean(y))
tt <- t.test(x, y, var.equal = TRUE); t_of("t.pooled", tt, mean(x) - mean(y))
tt <- t.test(pairs$a, pairs$b, paired = TRUE); t_of("t.paired", tt, mean(pairs$a - pairs$b))
tt <- t.test(pairs$a, mu = 3, alternative = "greater"); t_of("t.one", tt, mean(pairs$a))
tt <- t.test(v ~ g, large); t_of("t.large", tt, diff(rev(tt$estimate)))

q <- sort(two$v); for (type in 1:9) emit(paste0("quantile.", type), quantile(q, c(.25, .5, .75), type = type))
odd <- c(1, 2, 4, 8, 9, 12, 13); for (type in 1:9) emit(paste0("quantile.odd.", type), quantile(odd, c(.25, .5, .75), type = type))
export(data.frame(v = odd), "seven.csv")

# ---- Ranks ----
hl <- function(x, y) median(outer(x, y, "-"))
w <- suppressWarnings(wilcox.test(x, y)); emit("wilcoxon.ties", c(w$statistic, w$p.value, hl(x, y)))
w <- suppressWarnings(wilcox.test(x, y, correct = FALSE)); emit("wilcoxon.plain", c(w$statistic, w$p.value))
a <- clean$v[clean$g == "a"]; b <- clean$v[clean$g == "b"]
w <- wilcox.test(a, b, conf.int = TRUE); emit("wilcoxon.exact", c(w$statistic, w$p.value, hl(a, b), w$conf.int))
emit("wilcoxon.sides", c(wilcox.test(a, b, alternative = "less")$p.value, wilcox.test(a, b, alternative = "greater")$p.value))
# Exact with ties: all 352716 ways to choose the ten.
r <- rank(two$v); sums <- combn(21, 10, function(i) sum(r[i])); seen <- sum(r[1:10]); mid <- 10 * 22 / 2
emit("wilcoxon.ties.exact", c(mean(abs(sums - mid) >= abs(seen - mid) - 1e-9), mean(sums <= seen + 1e-9), mean(sums >= seen - 1e-9)))
w <- wilcox.test(v ~ g, large); emit("wilcoxon.large", c(w$statistic, w$p.value))
d <- sofa$d0 - sofa$d14; walsh <- function(d) { m <- outer(d, d, "+") / 2; median(m[lower.tri(m, TRUE)]) }
s <- suppressWarnings(wilcox.test(d)); emit("signed.ties", c(s$statistic, s$p.value, walsh(d)))
s <- wilcox.test(pairs$a, pairs$b, paired = TRUE, conf.int = TRUE); emit("signed.exact", c(s$statistic, s$p.value, walsh(pairs$a - pairs$b), s$conf.int))
# With zeros and ties, exact: all signs.
dz <- sofa$d0 - sofa$d3; nz <- dz[dz != 0]; r <- rank(abs(nz)); signs <- as.matrix(expand.grid(rep(list(0:1), length(nz))))
v <- as.vector(signs %*% r); seen <- sum(r[nz > 0]); mid <- sum(r) / 2
s <- suppressWarnings(wilcox.test(dz)); emit("signed.zeros", c(s$statistic, s$p.value, mean(abs(v - mid) >= abs(seen - mid) - 1e-9)))
# SAS's UNIVARIATE: exact up to 20 differences, ties or not; beyond, S sqrt((n - 1) / (n var - S^2)) is Student's t.
d <- two$v - 5.5; n <- length(d); r <- rank(abs(d)); tie <- table(r); S <- sum(r[d > 0]) - n * (n + 1) / 4
var <- n * (n + 1) * (2 * n + 1) / 24 - sum(tie^3 - tie) / 48; t <- S * sqrt((n - 1) / (n * var - S^2))
emit("signed.sas", c(sum(r[d > 0]), 2 * pt(-abs(t), n - 1), pt(t, n - 1), pt(-t, n - 1)))
emit("sign", binom.test(sum(dz > 0), sum(dz != 0))$p.value)
k <- kruskal.test(v ~ g, three); emit("kruskal", c(k$statistic, k$parameter, k$p.value))
k <- kruskal.test(v ~ g, large); emit("kruskal.large", c(k$statistic, k$parameter, k$p.value))
f <- friedman.test(as.matrix(sofa)); emit("friedman", c(f$statistic, f$parameter, f$p.value))

# ---- Repeated measures ----
m <- as.matrix(sofa); n <- nrow(m); k <- ncol(m)
fit <- lm(m ~ 1); mt <- mauchly.test(fit, X = ~1)
av <- anova(fit, X = ~1, test = "Spherical")
# Mauchly's p by the formula (Anderson 1958, 10.7.4). R's mauchly.test has 3 * p with p the number of occasions where the
# formula has the number of contrasts, and so prints 0.14024 where 0.14019 is right (stats:::mauchly.test.SSD, w2).
pp <- k - 1; nu <- n - 1; rho <- 1 - (2 * pp^2 + pp + 2) / (6 * pp * nu)
w2 <- (pp + 2) * (pp - 1) * (pp - 2) * (2 * pp^3 + 6 * pp^2 + 3 * pp + 2) / (288 * (nu * pp * rho)^2)
z <- -nu * rho * log(mt$statistic); fq <- pp * (pp + 1) / 2 - 1
mauchly <- pchisq(z, fq, lower.tail = FALSE) + w2 * (pchisq(z, fq + 4, lower.tail = FALSE) - pchisq(z, fq, lower.tail = FALSE))
# Both approximate; inverting the characteristic function of log W (its moments are products of gamma functions) gives
# 0.140248 for these data.
stopifnot(abs(mt$p.value - 0.14024) < 1e-5)
emit("rm.mauchly.r", mt$p.value)
emit("rm", c(av$F[1], av$`num Df`[1], av$`den Df`[1], av$`Pr(>F)`[1], mt$statistic, mauchly, av$`G-G Pr`[1], av$`H-F Pr`[1]))
C <- contr.helmert(k); C <- sweep(C, 2, sqrt(colSums(C^2)), "/"); S <- t(C) %*% cov(m) %*% C
gg <- sum(diag(S))^2 / ((k - 1) * sum(S^2)); hf <- (n * (k - 1) * gg - 2) / ((k - 1) * (n - 1 - (k - 1) * gg))
emit("rm.eps", c(gg, hf))
resid <- m - outer(rowMeans(m), rep(1, k)) - outer(rep(1, n), colMeans(m)) + mean(m); mse <- sum(resid^2) / ((n - 1) * (k - 1))
ij <- combn(k, 2); diffs <- colMeans(m)[ij[1, ]] - colMeans(m)[ij[2, ]]
step_sidak <- function(p) { o <- order(p); a <- cummax(-expm1((length(p):1) * log1p(-p[o]))); a[order(o)] }
pp <- 2 * pt(-abs(diffs / sqrt(2 * mse / n)), (n - 1) * (k - 1))
pq <- apply(ij, 2, function(i) t.test(m[, i[1]], m[, i[2]], paired = TRUE)$p.value)
emit("rm.pooled", c(pp, step_sidak(pp))); emit("rm.paired", c(pq, step_sidak(pq)))

# ---- Several p values ----
p <- c(0.0001, 0.04, 0.012, 0.03, 0.2, 0.6, 0.0119)
for (method in c("bonferroni", "holm", "hochberg", "hommel", "BH", "BY")) emit(paste0("adjust.", tolower(method)), p.adjust(p, method))
emit("adjust.sidak", -expm1(length(p) * log1p(-p))); emit("adjust.holm-sidak", step_sidak(p))
emit_end()
