# Expected numbers of src/stats/survival.h: R 4.2.2, survival 3.5-3, cmprsk.
library(survival)
suppressMessages(library(cmprsk))
source("emit.R")

gehan <- MASS::gehan
export(data.frame(time = gehan$time, event = gehan$cens, group = as.integer(gehan$treat == "control"),
                  pair = gehan$pair - 1), "gehan.csv")
v <- survival::veteran
celltype <- as.integer(v$celltype) - 1
export(data.frame(time = v$time, event = v$status, trt = v$trt - 1, cell = celltype, karno = v$karno), "veteran.csv")
l <- survival::lung
export(data.frame(time = l$time, event = l$status - 1, sex = l$sex - 1, age = l$age), "lung.csv")
co <- survival::colon[survival::colon$etype == 2, ]
export(data.frame(time = co$time, event = co$status, rx = as.integer(co$rx) - 1, lev = as.integer(co$rx == "Lev"),
                  lev5fu = as.integer(co$rx == "Lev+5FU")), "colon.csv")
m <- survival::mgus2
etime <- ifelse(m$pstat == 0, m$futime, m$ptime)
cause <- ifelse(m$pstat == 0, 2 * m$death, 1)
export(data.frame(time = etime, event = cause, sex = as.integer(m$sex == "M"), stratum = as.integer(m$age > 70)), "mgus2.csv")
# Late entry: follow-up from age, as delayed entry; rounded so that ties occur.
entry <- round(l$age); exit <- round(l$age + l$time / 30)
late <- data.frame(entry = entry, time = ifelse(exit > entry, exit, entry + 1), event = l$status - 1, group = l$sex - 1)
export(late, "late.csv")

# Awkward cases, a number each.
awk <- rbind(
  data.frame(case = 1, time = 5, event = c(1, 0, 1, 1, 0, 1), group = c(0, 0, 0, 1, 1, 1)),        # all tied
  data.frame(case = 2, time = c(3, 8, 2, 9), event = c(1, 1, 1, 0), group = c(0, 0, 1, 1)),        # a third group is empty
  data.frame(case = 3, time = 1:6, event = c(0, 0, 1, 0, 0, 0), group = c(0, 1, 0, 1, 0, 1)),      # one event
  data.frame(case = 4, time = c(4, 7), event = c(1, 1), group = c(0, 1)),                          # n = 2
  data.frame(case = 5, time = 1:30, event = as.integer(1:30 %in% c(11, 17)), group = rep(0:1, 15)),# heavy censoring
  data.frame(case = 6, time = 1:8, event = 0, group = rep(0:1, 4)),                                # no event
  data.frame(case = 7, time = c(1, 1, 2, 2, 3, 4), event = 1, group = c(0, 0, 0, 0, 1, 1)))        # separated in time
export(awk, "survival_awkward.csv")

emit_begin("survival.txt")

km <- function(name, f) {
  emit(paste0(name, ".time"), f$time); emit(paste0(name, ".risk"), f$n.risk)
  emit(paste0(name, ".surv"), f$surv); emit(paste0(name, ".se"), f$std.err)
}
# Quantiles as print(survfit) has the median: first crossing, the middle of a flat stretch, its left end
# where the curve never falls further. quantile(survfit) differs from it there (it takes the last time),
# and for bounds that are not monotone, which late entry brings about (it sorts them).
crossing <- function(y, x, p) {
  tol <- sqrt(.Machine$double.eps)
  keep <- !is.na(y) & y < p + tol
  if (!any(keep)) return(NA_real_)
  x <- x[keep]; y <- y[keep]
  if (abs(y[1] - p) < tol && any(y < y[1])) (x[1] + x[min(which(y < y[1]))]) / 2 else x[1]
}
bounds <- function(name, d, formula, type) {
  f <- survfit(formula, d, conf.type = type)
  emit(paste0(name, ".", type, ".low"), f$lower); emit(paste0(name, ".", type, ".high"), f$upper)
  q <- sapply(c(.25, .5, .75), function(p) sapply(list(f$surv, f$lower, f$upper), crossing, x = f$time, p = 1 - p))
  stopifnot(identical(unname(q[, 2]), unname(summary(f)$table[c("median", "0.95LCL", "0.95UCL")])))
  emit(paste0(name, ".", type, ".q"), q)
}
sets <- list(gehan = list(time = gehan$time, event = gehan$cens, group = as.integer(gehan$treat == "control")),
             veteran = list(time = v$time, event = v$status, group = v$trt - 1),
             lung = list(time = l$time, event = l$status - 1, group = l$sex - 1),
             late = late)
for (k in 1:7) sets[[paste0("awk", k)]] <- awk[awk$case == k, ]
for (s in names(sets)) for (g in 0:1) {
  d <- as.data.frame(sets[[s]]); d <- d[d$group == g, ]
  formula <- if (s == "late") Surv(entry, time, event) ~ 1 else Surv(time, event) ~ 1
  name <- paste0("km.", s, ".", g)
  km(name, survfit(formula, d))
  for (type in c("plain", "log", "log-log")) bounds(name, d, formula, type)
}

# Restricted means.
rmean <- function(name, d, formula, tau) {
  x <- summary(survfit(formula, d), rmean = tau)$table
  emit(name, c(x["rmean"], x["se(rmean)"]))
}
rmean("rmst.gehan.35", gehan[gehan$treat == "6-MP", ], Surv(time, cens) ~ 1, 35)
rmean("rmst.gehan.20", gehan[gehan$treat == "6-MP", ], Surv(time, cens) ~ 1, 20)
rmean("rmst.gehan.control.30", gehan[gehan$treat == "control", ], Surv(time, cens) ~ 1, 30)
for (g in 1:2) rmean(paste0("rmst.veteran.", g - 1), v[v$trt == g, ], Surv(time, status) ~ 1, 300)

# Log-rank and its kin by their definition, for weights that survdiff lacks and for late entry; checked
# against survdiff where it has them.
naive <- function(time, event, group, stratum = 0 * time, entry = -Inf + 0 * time, w = function(n, S) 1) {
  groups <- sort(unique(group)); k <- length(groups)
  u <- numeric(k); V <- matrix(0, k, k); O <- E <- numeric(k)
  for (s in unique(stratum)) {
    S <- 1
    for (t in sort(unique(time[event > 0 & stratum == s]))) {
      risk <- stratum == s & entry < t & time >= t
      dead <- stratum == s & time == t & event > 0
      n <- sum(risk); d <- sum(dead)
      nj <- sapply(groups, function(g) sum(risk & group == g)); dj <- sapply(groups, function(g) sum(dead & group == g))
      wt <- w(n, S)
      O <- O + wt * dj; E <- E + wt * d * nj / n
      if (n > 1) V <- V + wt^2 * d * (n - d) / (n - 1) * (diag(nj / n, k) - outer(nj / n, nj / n))
      S <- S * (n - d) / n
    }
  }
  u <- (O - E)[-1]; W <- V[-1, -1, drop = FALSE]
  c(O, E, drop(u %*% solve(W, u)), k - 1)
}
check <- function(a, fit) stopifnot(abs(a[length(a) - 1] - fit$chisq) < 1e-9 * (1 + fit$chisq))
x <- naive(v$time, v$status, v$trt); check(x, survdiff(Surv(time, status) ~ trt, v)); emit("rank.veteran", x)
x <- naive(v$time, v$status, v$trt, celltype); check(x, survdiff(Surv(time, status) ~ trt + strata(celltype), v)); emit("rank.veteran.strata", x)
x <- naive(v$time, v$status, v$trt, w = function(n, S) S); check(x, survdiff(Surv(time, status) ~ trt, v, rho = 1)); emit("rank.veteran.fh10", x)
emit("rank.veteran.fh01", naive(v$time, v$status, v$trt, w = function(n, S) 1 - S))
emit("rank.veteran.gehan", naive(v$time, v$status, v$trt, w = function(n, S) n))
emit("rank.veteran.tarone", naive(v$time, v$status, v$trt, w = function(n, S) sqrt(n)))
x <- naive(co$time, co$status, as.integer(co$rx)); check(x, survdiff(Surv(time, status) ~ rx, co)); emit("rank.colon", x)
x <- naive(gehan$time, gehan$cens, as.integer(gehan$treat == "control")); check(x, survdiff(Surv(time, cens) ~ treat, gehan)); emit("rank.gehan", x)
x <- naive(gehan$time, gehan$cens, as.integer(gehan$treat == "control"), gehan$pair)
check(x, survdiff(Surv(time, cens) ~ treat + strata(pair), gehan)); emit("rank.gehan.pair", x)
p <- survival::pbc[!is.na(survival::pbc$trt), ]
x <- naive(p$time, as.integer(p$status == 2), p$trt); check(x, survdiff(Surv(time, status == 2) ~ trt, p)); emit("rank.pbc", x)
emit("rank.late", naive(late$time, late$event, late$group, entry = late$entry))
for (k in c(2, 3, 4, 5, 7)) {
  d <- awk[awk$case == k, ]
  x <- naive(d$time, d$event, d$group); check(x, survdiff(Surv(time, event) ~ group, d)); emit(paste0("rank.awk", k), x)
}
d <- awk[awk$case == 1, ]; emit("rank.awk1", naive(d$time, d$event, d$group))

# Competing risks.
ci <- function(name, d) {
  f <- survfit(Surv(time, factor(event, 0:2)) ~ 1, d)
  f2 <- survfit(Surv(time, factor(event, 0:2)) ~ 1, d, conf.type = "log-log")
  f3 <- survfit(Surv(time, factor(event, 0:2)) ~ 1, d, conf.type = "plain")
  for (j in 1:2) {
    emit(paste0(name, ".", j, ".f"), f$pstate[, j + 1]); emit(paste0(name, ".", j, ".se"), f$std.err[, j + 1])
    emit(paste0(name, ".", j, ".log.low"), f$lower[, j + 1]); emit(paste0(name, ".", j, ".log.high"), f$upper[, j + 1])
    emit(paste0(name, ".", j, ".log-log.low"), f2$lower[, j + 1]); emit(paste0(name, ".", j, ".log-log.high"), f2$upper[, j + 1])
    emit(paste0(name, ".", j, ".plain.low"), f3$lower[, j + 1]); emit(paste0(name, ".", j, ".plain.high"), f3$upper[, j + 1])
  }
}
mg <- data.frame(time = etime, event = cause, sex = as.integer(m$sex == "M"), stratum = as.integer(m$age > 70))
for (g in 0:1) ci(paste0("ci.mgus2.", g), mg[mg$sex == g, ])
small <- data.frame(time = c(1, 1, 2, 3, 3, 3, 4, 5, 6, 6), event = c(1, 2, 0, 1, 1, 2, 0, 2, 1, 1))
export(small, "competing.csv"); ci("ci.small", small)
gr <- function(name, ...) emit(name, t(cuminc(...)$Tests))
gr("gray.mgus2", mg$time, mg$event, mg$sex)
gr("gray.mgus2.rho1", mg$time, mg$event, mg$sex, rho = 1)
gr("gray.mgus2.strata", mg$time, mg$event, mg$sex, strata = mg$stratum)
three <- findInterval(m$age, c(60, 75))
export(data.frame(time = etime, event = cause, group = three)[seq(1, nrow(m), 3), ], "mgus2_age.csv")
gr("gray.age", etime[seq(1, nrow(m), 3)], cause[seq(1, nrow(m), 3)], three[seq(1, nrow(m), 3)])

# 100 000 rows.
u <- park_miller(300000, 1)
big <- data.frame(time = ceiling(1000 * u[1:1e5]^2) / 10, group = floor(2 * u[1e5 + 1:1e5]), event = as.integer(u[2e5 + 1:1e5] < 0.6))
f <- survfit(Surv(time, event) ~ 1, big[big$group == 0, ])
emit("big.km", c(tail(f$surv, 3), tail(f$std.err[is.finite(f$std.err)], 1), summary(f)$table["median"]))
emit("big.rank", survdiff(Surv(time, event) ~ group, big)$chisq)
emit_end()
