# Expected numbers of src/stats/ordinal.h: R 4.2.2, ordinal's clm (exact derivatives; MASS::polr has them
# numerically), and Brant's test from his formulas on glm fits.
suppressMessages({library(MASS); library(ordinal)})
source("emit.R")
h <- housing[rep(seq_len(nrow(housing)), housing$Freq), ]
d <- data.frame(sat = as.integer(housing$Sat) - 1, infl = as.integer(housing$Infl) - 1, type = as.integer(housing$Type) - 1,
                cont = as.integer(housing$Cont) - 1, freq = housing$Freq)
export(d, "housing.csv")
# A scale of eight steps (0 to 7) in two arms of a small trial, by Park and Miller's numbers.
u <- park_miller(160, 21)
w <- data.frame(y = pmin(7, floor(8 * u[1:80]^1.3 + 1.2 * (1:80 > 40) * u[81:160])), arm = as.integer(1:80 > 40), age = floor(30 + 50 * u[81:160]))
w$y <- as.integer(factor(w$y)) - 1
export(w, "ordered.csv")
awk <- rbind(
  data.frame(case = 1, y = c(0, 0, 1, 1, 2, 2), x = 1:6),               # separated
  data.frame(case = 2, y = c(0, 1), x = c(0, 1)),                       # n = 2
  data.frame(case = 3, y = c(0, 1, 2, 1, 0, 2, 1), x = 4),              # does not vary
  data.frame(case = 4, y = c(0, 1, 2, 1, 0, 2, 1, 1), x = c(0, 0, 0, 0, 1, 1, 1, 1)))
export(awk, "ordered_awkward.csv")
emit_begin("ordinal.txt")
control <- clm.control(gradTol = 1e-13, maxIter = 200)
one <- function(name, f, null) {
  emit(paste0(name, ".coef"), coef(f)); emit(paste0(name, ".se"), sqrt(diag(vcov(f))))
  emit(paste0(name, ".fit"), c(logLik(null), logLik(f), 2 * (logLik(f) - logLik(null))))
}
f <- clm(Sat ~ Infl + Type + Cont, data = h, control = control); one("housing", f, clm(Sat ~ 1, data = h, control = control))
p <- polr(Sat ~ Infl + Type + Cont, weights = Freq, data = housing, Hess = TRUE)
stopifnot(abs(coef(p) - coef(f)[-(1:2)]) < 1e-4, abs(sqrt(diag(vcov(p)))[1:6] - sqrt(diag(vcov(f)))[3:8]) < 1e-4)
o <- w; o$y <- factor(o$y, ordered = TRUE)
one("ordered", clm(y ~ arm + age, data = o, control = control), clm(y ~ 1, data = o, control = control))
o <- awk[awk$case == 4, ]; o$y <- factor(o$y, ordered = TRUE)
one("awk4", clm(y ~ x, data = o, control = control), clm(y ~ 1, data = o, control = control))

brant <- function(y, X, terms) {
  J <- max(y); p <- ncol(X); X1 <- cbind(1, X)
  fits <- lapply(0:(J - 1), function(c) { f <- glm.fit(X1, as.integer(y > c), family = binomial(), control = glm.control(epsilon = 1e-15, maxit = 50)); f$coefficients })
  pi <- sapply(fits, function(b) plogis(X1 %*% b))
  inv <- lapply(1:J, function(j) solve(t(X1) %*% (X1 * (pi[, j] * (1 - pi[, j])))))
  V <- matrix(0, J * p, J * p); b <- unlist(lapply(fits, function(f) f[-1]))
  for (j in 1:J) for (l in j:J) {
    v <- (inv[[j]] %*% (t(X1) %*% (X1 * (pi[, l] - pi[, j] * pi[, l]))) %*% inv[[l]])[-1, -1, drop = FALSE]
    V[(j - 1) * p + 1:p, (l - 1) * p + 1:p] <- v; V[(l - 1) * p + 1:p, (j - 1) * p + 1:p] <- t(v)
  }
  test <- function(k) {
    D <- do.call(rbind, lapply(2:J, function(j) { m <- matrix(0, length(k), J * p); m[cbind(seq_along(k), k)] <- 1; m[cbind(seq_along(k), (j - 1) * p + k)] <- -1; m }))
    c(t(D %*% b) %*% solve(D %*% V %*% t(D), D %*% b), nrow(D))
  }
  c(unlist(lapply(terms, test)), test(1:p))
}
X <- model.matrix(~ Infl + Type + Cont, h)[, -1]
emit("housing.brant", brant(as.integer(h$Sat) - 1, X, list(1:2, 3:5, 6)))
o <- w; o$y <- pmin(o$y, 4) ; emit("ordered.brant", brant(o$y, as.matrix(o[, c("arm", "age")]), list(1, 2)))
# The score test against slopes of their own at each cut: the score and the expected and the observed information through
# the Jacobian of the categories' probabilities. The observed information may be singular: Moore and Penrose's inverse.
score_test <- function(name, y, X, f) {
  K <- max(y); p <- ncol(X); th <- coef(f)[1:K]; be <- coef(f)[-(1:K)]; expected <- observed <- U <- 0
  for (i in seq_along(y)) {
    eta <- th - sum(X[i, ] * be); pi <- diff(c(0, plogis(eta), 1)); D <- matrix(0, K + 1, K)
    D[cbind(1:K, 1:K)] <- dlogis(eta); D[cbind(2:(K + 1), 1:K)] <- -dlogis(eta)
    Z <- kronecker(diag(K), t(c(1, -X[i, ]))); J <- D %*% Z; s <- J[y[i] + 1, ] / pi[y[i] + 1]
    curve <- dlogis(eta) * (1 - 2 * plogis(eta)) * ((1:K == y[i] + 1) - (1:K == y[i])) / pi[y[i] + 1]
    U <- U + s; expected <- expected + t(J) %*% (J / pi); observed <- observed + s %o% s - t(Z) %*% (curve * Z)
  }
  one <- function(x) c(x, (K - 1) * p, pchisq(x, (K - 1) * p, lower.tail = FALSE))
  emit(paste0(name, ".score"), one(drop(U %*% solve(expected, U))))
  emit(paste0(name, ".observed"), one(drop(U %*% ginv(observed, 1e-12) %*% U)))
}
score_test("housing", as.integer(h$Sat) - 1, X, f)
o <- w; o$y <- factor(o$y, ordered = TRUE)
score_test("ordered", w$y, as.matrix(w[, c("arm", "age")]), clm(y ~ arm + age, data = o, control = control))
o <- awk[awk$case == 4, ]; o$f <- factor(o$y, ordered = TRUE)
score_test("awk4", o$y, as.matrix(o[, "x", drop = FALSE]), clm(f ~ x, data = o, control = control))
# Tables of which SAS's "Score Test for the Proportional Odds Assumption" is printed (see the test): tastes of four
# cheeses (McCullagh and Nelder 1989, table 5.1), arthritis by treatment and sex (Koch and Edwards 1988), satisfaction
# after hip replacement by volume and year. A row of counts for each covariate pattern.
tables <- list(
  cheese = list(n = rbind(c(0, 0, 1, 7, 8, 8, 19, 8, 1), c(6, 9, 12, 11, 7, 6, 1, 0, 0), c(1, 1, 6, 8, 23, 7, 5, 1, 0),
                          c(0, 0, 0, 1, 3, 7, 14, 16, 11)), x = rbind(diag(3), 0)),
  arthritis = list(n = rbind(c(16, 5, 6), c(6, 7, 19), c(5, 2, 7), c(1, 0, 10)), x = cbind(c(1, 1, 0, 0), c(1, 0, 1, 0))),
  hip = list(n = rbind(c(84, 231, 99), c(473, 493, 93), c(150, 347, 117), c(332, 387, 62), c(257, 889, 234), c(571, 793, 112)),
             x = cbind(c(0, 1, 0, 1, 0, 1), c(1, 1, 0, 0, 0, 0), c(0, 0, 1, 1, 0, 0))))
tasted <- NULL
for (case in seq_along(tables)) {
  t <- tables[[case]]; count <- c(t(t$n)); row <- rep(seq_len(nrow(t$n)), each = ncol(t$n))
  x <- cbind(t$x, 0)[, 1:3]; y <- rep(seq_len(ncol(t$n)) - 1, nrow(t$n))
  d <- data.frame(case = case, y = y, x1 = x[row, 1], x2 = x[row, 2], x3 = x[row, 3], freq = count)
  d <- d[d$freq > 0, ]; tasted <- rbind(tasted, d); o <- d[rep(seq_len(nrow(d)), d$freq), ]; o$f <- factor(o$y, ordered = TRUE)
  names <- paste0("x", seq_len(ncol(t$x)))
  score_test(names(tables)[case], o$y, as.matrix(o[, names]), clm(reformulate(names, "f"), data = o, control = control))
}
export(tasted, "ordered_tables.csv")
u <- park_miller(300000, 31); n <- 1e5; i <- 1:n
big <- data.frame(x1 = u[i], x2 = floor(2 * u[n + i])); e <- u[2 * n + i]
big$y <- factor(findInterval(e + 0.3 * big$x1 + 0.1 * big$x2, c(0.3, 0.6, 0.9, 1.2)), ordered = TRUE)
one("big", clm(y ~ x1 + x2, data = big, control = control), clm(y ~ 1, data = big, control = control))
emit_end()
