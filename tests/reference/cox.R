# Expected numbers of src/stats/cox.h: R 4.2.2, survival 3.5-3. Iterated to convergence (eps 1e-12).
library(survival)
source("emit.R")
tight <- coxph.control(eps = 1e-13, iter.max = 50, toler.chol = 1e-14)
gehan <- MASS::gehan; gehan$g <- as.integer(gehan$treat == "control")
v <- survival::veteran; v$t <- v$trt - 1
for (k in c("smallcell", "adeno", "large")) v[[k]] <- as.integer(v$celltype == k)
# All 418, of whom 312 were randomised; two without a prothrombin time are in no model.
p <- survival::pbc; p <- p[!is.na(p$protime), ]
p <- data.frame(randomised = as.integer(!is.na(p$trt)), time = p$time, event = as.integer(p$status == 2), age = p$age,
                lbili = log(p$bili), lprotime = log(p$protime), lalb = log(p$albumin), edema = p$edema, trt = p$trt - 1)
p[, 5:7] <- signif(p[, 5:7], 10)
export(p, "pbc.csv")
late <- read.csv("data/late.csv"); lung <- read.csv("data/lung.csv")
awk <- rbind(
  data.frame(case = 1, time = 5, event = c(1, 0, 1, 1, 0, 1), x = c(0, 0, 0, 1, 1, 1)),       # all tied
  data.frame(case = 2, time = c(4, 7), event = c(1, 1), x = c(0, 1)),                          # n = 2: monotone
  data.frame(case = 3, time = 1:6, event = c(0, 0, 1, 0, 0, 0), x = c(0, 1, 3, 2, 5, 4)),      # one event, in the middle
  data.frame(case = 4, time = 1:30, event = as.integer(1:30 %in% c(11, 18)), x = rep(0:1, 15)),# heavy censoring
  data.frame(case = 5, time = 1:8, event = 1, x = c(1, 1, 1, 1, 0, 0, 0, 0)),                  # separated
  data.frame(case = 6, time = 1:8, event = rep(1:0, 4), x = 2),                                # does not vary
  data.frame(case = 7, time = 1:8, event = 0, x = rep(0:1, 4)),                                # no event
  data.frame(case = 8, time = c(1, 1, 2, 2, 3, 3, 4, 4), event = 1, x = 1e6 + c(3, 1, 4, 1, 5, 9, 2, 6))) # far from 0
export(awk, "cox_awkward.csv")

emit_begin("cox.txt")
fit <- function(name, formula, data, ties = "efron", zph = TRUE) {
  rows <<- data; how <<- ties; shape <<- formula
  f <- coxph(shape, rows, ties = how, control = tight, x = TRUE, y = TRUE, model = TRUE)
  emit(paste0(name, ".coef"), coef(f)); emit(paste0(name, ".se"), sqrt(diag(as.matrix(f$var))))

  emit(paste0(name, ".tests"), c(f$loglik, 2 * diff(f$loglik), coef(f) %*% solve(f$var, coef(f)), f$score))
  if (zph) for (tr in c("km", "rank", "identity", "log")) if (tr != "log" || all(data$time > 0))
    emit(paste0(name, ".zph.", tr), cox.zph(f, tr, terms = FALSE)$table[, 1])
}
for (ties in c("efron", "breslow", "exact")) {
  fit(paste0("gehan.", ties), Surv(time, cens) ~ g, gehan, ties, ties != "exact")
  fit(paste0("veteran.", ties), Surv(time, status) ~ t + smallcell + adeno + large + karno, v, ties, ties != "exact")
}
f <- coxph(Surv(time, status) ~ t + celltype + karno, v, control = tight)
emit("veteran.terms", cox.zph(f)$table[, 1:2])
b <- coef(f)[2:4]; emit("veteran.cell.wald", b %*% solve(vcov(f)[2:4, 2:4], b))
fit("veteran.strata", Surv(time, status) ~ t + karno + strata(celltype), v)
fit("lung", Surv(time, event) ~ sex + age, lung)
fit("pbc.all", Surv(time, event) ~ age + lbili + lprotime + lalb + edema, p)
fit("pbc", Surv(time, event) ~ age + lbili + lprotime + lalb + edema, p[p$randomised == 1, ])
colon <- read.csv("data/colon.csv")
fit("colon", Surv(time, event) ~ lev + lev5fu, colon, zph = FALSE)
fit("late", Surv(entry, time, event) ~ group, late)
fit("late.breslow", Surv(entry, time, event) ~ group, late, "breslow")
small <- data.frame(entry = c(0, 1, 2, 0, 3, 1, 4, 2, 0, 5), time = c(4, 4, 6, 6, 6, 8, 8, 9, 9, 9), event = c(1, 1, 1, 0, 1, 1, 1, 0, 1, 1), x = c(1, 0, 1, 1, 0, 1, 0, 0, 1, 0))
export(small, "late_small.csv")
fit("late.exact", Surv(entry, time, event) ~ x, small, "exact", FALSE)
for (k in c(1, 3, 4, 8)) fit(paste0("awk", k), Surv(time, event) ~ x, awk[awk$case == k, ], zph = FALSE)
for (k in c(2, 5)) {                       # the score test does not need the estimates
  d <- awk[awk$case == k, ]
  emit(paste0("awk", k, ".score"), coxph(Surv(time, event) ~ x, d, control = coxph.control(iter.max = 0))$score)
}
u <- park_miller(400000, 7)
n <- 1e5; i <- 1:n
big <- data.frame(time = ceiling(20000 * u[i]^2 * (1.5 - u[n + i])) / 10, event = as.integer(u[2 * n + i] < 0.6), x1 = u[n + i], x2 = floor(3 * u[3 * n + i]))
fit("big", Surv(time, event) ~ x1 + x2, big, zph = FALSE)
fit("big.breslow", Surv(time, event) ~ x1 + x2, big, "breslow", zph = FALSE)
emit_end()
