# Expected numbers of src/stats/sample_size.h, group_sequential.h and single_arm.h: R 4.2.2 (stats), Hmisc,
# rpact; Fisher's power and Simon's designs by their definition.
suppressMessages({library(Hmisc); library(rpact)})
source("emit.R")
emit_begin("design.txt")
pp <- function(...) power.prop.test(..., tol = 1e-13)
emit("prop.n", c(pp(p1 = .5, p2 = .8, power = .8)$n, pp(p1 = .1, p2 = .05, power = .9, sig.level = .01)$n, pp(p1 = .3, p2 = .4, power = .8, alternative = "one.sided")$n,
                 pp(p1 = .5, p2 = .6, power = .3, strict = TRUE)$n))
emit("prop.power", c(pp(p1 = .875, p2 = .925, n = 40)$power, pp(p1 = .5, p2 = .52, n = 20, strict = TRUE)$power, pp(p1 = 0, p2 = .2, n = 30)$power))
pt <- function(...) power.t.test(..., tol = 1e-13)
emit("t.n", c(pt(delta = 1, sd = 2, power = .8)$n, pt(delta = .5, sd = 1, power = .9, sig.level = .025, alternative = "one.sided")$n,
              pt(delta = 1, sd = 2, power = .8, type = "one.sample")$n, pt(delta = 3, sd = 1, power = .8)$n))
emit("t.power", c(pt(delta = 1, sd = 2, n = 20)$power, pt(delta = .2, sd = 1, n = 5, strict = TRUE)$power, pt(delta = 1, sd = 2, n = 12, type = "paired")$power, pt(delta = 1, sd = 1, n = 2)$power))
fisher <- function(n1, n2, p1, p2, alpha, side = "two.sided") {
  s <- 0
  for (x in 0:n1) for (y in 0:n2)
    if (fisher.test(matrix(c(x, n1 - x, y, n2 - y), 2), alternative = side)$p.value <= alpha) s <- s + dbinom(x, n1, p1) * dbinom(y, n2, p2)
  s
}
emit("fisher.power", c(fisher(40, 40, .875, .925, .05), fisher(15, 15, .2, .7, .05), fisher(12, 18, .5, .9, .05), fisher(15, 15, .7, .2, .025, "greater"), fisher(1, 1, .1, .9, .05)))
n <- 20; while (fisher(n, n, .2, .6, .05) < .8) n <- n + 1; emit("fisher.n", c(n, fisher(n, n, .2, .6, .05)))
z <- function(a, b) (qnorm(1 - a) + qnorm(b))^2
emit("logrank", c(4 * z(.025, .8) / log(.6)^2, z(.025, .8) * (1 + .6)^2 / (1 - .6)^2, z(.05, .9) * 9 / (2 * log(1.5)^2)))
# Events and subjects with even recruitment, constant hazards and loss to follow-up: rpact, whose group 2 is the control.
accrual <- function(beta, hr, median, accrual, follow, loss, ratio) {
  s <- getSampleSizeSurvival(getDesignGroupSequential(kMax = 1, alpha = .025, beta = beta, sided = 1), hazardRatio = hr, median2 = median,
    accrualTime = c(0, accrual), followUpTime = follow, dropoutRate1 = 1 - exp(-loss), dropoutRate2 = 1 - exp(-loss), dropoutTime = 1, allocationRatioPlanned = ratio)
  c(s$eventsFixed, s$nFixed)
}
emit("accrual", c(accrual(.1, .7, 12, 18, 12, .005, 1), accrual(.2, .5, 6, 10, 4, 0, 2), accrual(.2, 1.6, 3, .25, 6, .1, 1)))
p <- c(.2, .3, .25, .15, .1); or <- 1.8; q <- diff(c(0, or * cumsum(p) / (1 - cumsum(p) + or * cumsum(p)))); q[5] <- 1 - sum(q[1:4])
emit("ordinal", c(posamsize((p + q) / 2, or, fraction = .5, alpha = .05, power = .9)$n / 2, uniroot(function(w) posamsize((p + q) / 2, or, fraction = .5, alpha = .05, power = w)$n - 300, c(.5, .99), tol = 1e-14)$root))

gs <- function(name, k, type, sided, alpha, rates = (1:k) / k, beta = .1) {
  d <- getDesignGroupSequential(kMax = k, typeOfDesign = type, sided = sided, alpha = alpha, informationRates = rates, beta = beta, tolerance = 1e-10, twoSidedPower = TRUE)
  s <- getDesignCharacteristics(d)
  emit(paste0(name, ".critical"), d$criticalValues); emit(paste0(name, ".spent"), d$alphaSpent)
  emit(paste0(name, ".power"), c(s$inflationFactor, s$averageSampleNumber0, s$averageSampleNumber1))
}
gs("of3", 3, "OF", 1, .025); gs("of5two", 5, "OF", 2, .05); gs("p2", 2, "P", 1, .025); gs("p4two", 4, "P", 2, .05)
gs("asof3", 3, "asOF", 1, .025); gs("asp4", 4, "asP", 1, .025); gs("asof.uneven", 3, "asOF", 1, .025, c(.4, .7, 1)); gs("asof4two", 4, "asOF", 2, .05)
gs("of1", 1, "OF", 2, .05); gs("asof10", 10, "asOF", 1, .025)

simon <- function(p0, p1, alpha, power, most) {              # every design up to `most`
  best <- NULL
  for (n in 2:most) for (n1 in 1:(n - 1)) { n2 <- n - n1; b0 <- dbinom(0:n1, n1, p0); b1 <- dbinom(0:n1, n1, p1)
    for (r in 0:(n - 1)) {
      u0 <- rev(cumsum(rev(b0 * pbinom(r - 0:n1, n2, p0, lower.tail = FALSE)))); u1 <- rev(cumsum(rev(b1 * pbinom(r - 0:n1, n2, p1, lower.tail = FALSE))))
      r1 <- 0:min(n1 - 1, r); ok <- u0[r1 + 2] <= alpha & u1[r1 + 2] >= power
      if (any(ok)) { r1 <- r1[ok]; best <- rbind(best, cbind(r1, n1, r, n, n1 + (1 - pbinom(r1, n1, p0)) * n2, pbinom(r1, n1, p0), u0[r1 + 2], u1[r1 + 2])) }
    } }
  c(best[order(best[, 5])[1], ], best[order(best[, 4], best[, 5])[1], ])
}
emit("simon.10.30", simon(.1, .3, .05, .8, 40)); emit("simon.05.25", simon(.05, .25, .05, .9, 50)); emit("simon.20.40", simon(.2, .4, .1, .9, 55))
ahern <- function(p0, p1, alpha, power) for (n in 1:200) for (k in 0:n) { a <- pbinom(k - 1, n, p0, lower.tail = FALSE); b <- pbinom(k - 1, n, p1, lower.tail = FALSE)
  if (a <= alpha && b >= power) return(c(n, k, a, b)) }
emit("ahern", c(ahern(.05, .25, .05, .8), ahern(.3, .5, .05, .9)))
emit_end()
