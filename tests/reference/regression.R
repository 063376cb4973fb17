# Expected numbers of src/stats/regression.h: R 4.2.2 (glm, lm), emmeans. NIST's certified values stand in
# the C test.
suppressMessages(library(emmeans))
source("emit.R")
b <- MASS::birthwt
b <- data.frame(low = b$low, bwt = b$bwt, age = b$age, lwt = b$lwt, race2 = as.integer(b$race == 2), race3 = as.integer(b$race == 3),
                smoke = b$smoke, ht = b$ht, ui = b$ui)
export(b, "birthwt.csv")
a <- MASS::anorexia
a <- data.frame(post = a$Postwt, pre = a$Prewt, cont = as.integer(a$Treat == "Cont"), ft = as.integer(a$Treat == "FT"))
export(a, "anorexia.csv")
export(longley[, c("Employed", "GNP.deflator", "GNP", "Unemployed", "Armed.Forces", "Population", "Year")], "longley.csv")
awk <- rbind(
  data.frame(case = 1, y = c(0, 0, 0, 1, 1, 1), x = 1:6),                                # complete separation
  data.frame(case = 2, y = c(0, 0, 0, 0, 1, 0, 1, 1), x = c(0, 0, 0, 0, 1, 1, 1, 1)),    # a zero cell: quasi-complete
  data.frame(case = 3, y = c(0, 1), x = c(0, 1)),                                        # n = 2
  data.frame(case = 4, y = 1, x = 1:5),                                                  # all the same
  data.frame(case = 5, y = c(0, 1, 0, 0, 0, 0), x = 1:6),                                # one event
  data.frame(case = 6, y = rep(0:1, 4), x = 3),                                          # does not vary
  data.frame(case = 7, y = c(0, 1, 0, 1, 1, 0), x = 1e7 + c(1, 2, 3, 4, 5, 6)))          # far from 0
export(awk, "logistic_awkward.csv")

emit_begin("regression.txt")
tight <- glm.control(epsilon = 1e-15, maxit = 100)
profile_bound <- function(f, d, formula, j, direction) {           # solved tightly; confint() interpolates by splines
  X <- model.matrix(formula, d); y <- model.response(model.frame(formula, d))
  target <- deviance(f) + qchisq(.95, 1)
  g <- function(v) deviance(glm.fit(X[, -j, drop = FALSE], y, offset = v * X[, j], family = binomial(), control = tight)) - target
  centre <- coef(f)[j]; far <- centre + direction * 8 * sqrt(vcov(f)[j, j])
  uniroot(g, sort(c(centre, far)), tol = 1e-13)$root
}
logit <- function(name, formula, d, profile = TRUE) {
  f <- glm(formula, binomial(), d, control = tight)
  environment(formula) <- environment(); f <- glm(formula, binomial(), d, control = tight, start = coef(f)) # so that the weights are the last ones
  emit(paste0(name, ".coef"), coef(f)); emit(paste0(name, ".se"), sqrt(diag(vcov(f))))
  emit(paste0(name, ".fit"), c(-f$null.deviance / 2, logLik(f), f$null.deviance - f$deviance))
  if (profile) for (k in 1:2)
    emit(paste0(name, c(".low", ".high")[k]), sapply(2:length(coef(f)), function(j) profile_bound(f, d, formula, j, c(-1, 1)[k])))
}
logit("birthwt", low ~ age + lwt + race2 + race3 + smoke + ht + ui, b)
two <- data.frame(y = rep(c(1, 0, 1, 0), c(5, 35, 3, 37)), x = rep(c(1, 0), c(40, 40)))    # Elmekaty: failure
logit("elmekaty", y ~ x, two)
logit("awk5", y ~ x, awk[awk$case == 5, ])
logit("awk7", y ~ I(x - 1e7), awk[awk$case == 7, ], FALSE)          # the same model, moved: only slope and fit agree
u <- park_miller(300000, 11); n <- 1e5; i <- 1:n
big <- data.frame(x1 = u[i], x2 = floor(4 * u[n + i])); big$y <- as.integer(u[2 * n + i] < 0.1 + 0.3 * big$x1 + 0.1 * big$x2)
logit("big", y ~ x1 + x2, big, FALSE)

# Firth's penalty by its definition, with leverages from a QR decomposition; profiles by root finding.
firth_fit <- function(X, y, fixed = integer(0), value = 0, start = rep(0, ncol(X))) {
  b <- start; b[fixed] <- value; free <- setdiff(seq_len(ncol(X)), fixed)
  pen <- function(b) { m <- plogis(drop(X %*% b)); sum(ifelse(y == 1, log(m), log1p(-m))) + determinant(t(X) %*% (X * (m * (1 - m))))$modulus / 2 }
  for (i in 1:5000) {
    m <- plogis(drop(X %*% b)); w <- m * (1 - m); h <- rowSums(qr.Q(qr(X * sqrt(w)))^2)
    if (length(free) == 0) break
    u <- drop(t(X) %*% (y - m + h * (0.5 - m)))[free]; step <- solve((t(X) %*% (X * (w * (1 + h))))[free, free], u)
    while (max(abs(step)) > 1e-14 && pen({ c <- b; c[free] <- c[free] + step; c }) < pen(b) - 1e-13) step <- step / 2
    b[free] <- b[free] + step
    if (max(abs(step)) < 1e-14) break
  }
  m <- plogis(drop(X %*% b))
  list(b = b, loglik = as.numeric(pen(b)), se = sqrt(diag(solve(t(X) %*% (X * (m * (1 - m)))))))
}
firth <- function(name, y, X) {
  X <- cbind(1, X); f <- firth_fit(X, y); emit(paste0(name, ".coef"), f$b); emit(paste0(name, ".se"), f$se); emit(paste0(name, ".loglik"), f$loglik)
  at <- function(j, v) firth_fit(X, y, j, v, f$b)$loglik; target <- f$loglik - qchisq(.95, 1) / 2
  bound <- function(j, s) { far <- 2 * f$se[j]; while (at(j, f$b[j] + s * far) > target) far <- 2 * far; uniroot(function(v) at(j, v) - target, sort(c(f$b[j], f$b[j] + s * far)), tol = 1e-12)$root }
  js <- 2:ncol(X)
  emit(paste0(name, ".low"), sapply(js, bound, s = -1)); emit(paste0(name, ".high"), sapply(js, bound, s = 1))
  emit(paste0(name, ".p"), pchisq(2 * (f$loglik - sapply(js, at, v = 0)), 1, lower.tail = FALSE))
}
firth("firth.birthwt", b$low, as.matrix(b[, c("age", "lwt", "smoke", "ht")]))
for (k in 1:3) firth(paste0("firth.awk", k), awk$y[awk$case == k], awk$x[awk$case == k])

line <- function(name, f) {
  s <- summary(f)
  emit(paste0(name, ".coef"), coef(f)); emit(paste0(name, ".se"), s$coefficients[, 2]); emit(paste0(name, ".rss"), c(deviance(f), f$df.residual))
}
terms3 <- function(name, f) { d <- drop1(f, test = "F")[-1, ]; emit(paste0(name, ".terms"), t(cbind(d[["Sum of Sq"]], d$Df, d[["F value"]], d[["Pr(>F)"]]))) }
a$treat <- factor(ifelse(a$cont == 1, "cont", ifelse(a$ft == 1, "ft", "cbt")), c("cbt", "cont", "ft"))
f <- lm(post ~ treat + pre, a); line("anorexia", f); terms3("anorexia", f)
e <- summary(emmeans(f, "treat")); emit("anorexia.means", t(as.matrix(e[, c("emmean", "SE", "lower.CL", "upper.CL")])))
e <- summary(pairs(emmeans(f, "treat"), reverse = TRUE, adjust = "none"), infer = TRUE); emit("anorexia.pairs", t(as.matrix(e[, c("estimate", "SE", "lower.CL", "upper.CL", "p.value")])))
f <- lm(post ~ treat, a); line("anorexia.one", f); terms3("anorexia.one", f)
b$race <- factor(1 + b$race2 + 2 * b$race3); b$smoker <- factor(b$smoke); b$hyper <- factor(b$ht)
f <- lm(bwt ~ race + smoker + hyper + lwt, b); line("birthwt.lm", f); terms3("birthwt.lm", f)
for (w in c("equal", "proportional")) {
  e <- summary(emmeans(f, "race", weights = w)); emit(paste0("birthwt.", w), t(as.matrix(e[, c("emmean", "SE", "lower.CL", "upper.CL")])))
}
# Interactions of race with smoking and with weight: terms by emmeans' joint_tests (it rounds F), means and differences averaged over the
# other factor and within its levels.
joint <- function(name, f) { j <- joint_tests(f); j <- j[match(attr(terms(f), "term.labels"), j[["model term"]]), ]; emit(paste0(name, ".terms"), t(cbind(j$df1, j$p.value))) }
f <- lm(bwt ~ race + lwt + smoker + race:smoker + race:lwt, b); line("birthwt.by", f); joint("birthwt.by", f)
for (w in c("equal", "proportional")) {
  e <- emmeans(f, "race", weights = w); s <- summary(e); emit(paste0("birthwt.by.", w), t(as.matrix(s[, c("emmean", "SE", "lower.CL", "upper.CL")])))
}
s <- summary(pairs(emmeans(f, "race", by = "smoker"), reverse = TRUE, adjust = "none"), infer = TRUE)
s <- s[!grepl("race3 - race2", s$contrast), ]; emit("birthwt.by.pairs", t(as.matrix(s[, c("estimate", "SE", "lower.CL", "upper.CL", "p.value")])))
big$z <- 100 + 3 * big$x1 - 0.5 * big$x2 + u[2 * n + i]
line("big.lm", lm(z ~ x1 + x2, big))
emit_end()
