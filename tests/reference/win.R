# Expected numbers of src/stats/win.h by their definition: every pair, in R 4.2.2.
source("emit.R")
emit_begin("win.txt")
wins <- function(name, group, outcomes, level = 0.95) {
  i <- which(group == 0); j <- which(group == 1); state <- matrix(0, length(i), length(j)); by <- NULL
  for (o in outcomes) {
    a <- outer(o$value[i], o$value[j], "-")
    r <- if (o$kind == "time") {
      ei <- o$event[i] > 0; ej <- o$event[j] > 0; E <- outer(ei, ej, function(x, y) y); F <- outer(ei, ej, function(x, y) x)
      (E & (a > o$margin | (a == 0 & o$margin == 0 & !F))) - (F & (-a > o$margin | (a == 0 & o$margin == 0 & !E)))
    } else (if (o$kind == "lower") -1 else 1) * ((a > o$margin) - (a < -o$margin))
    new <- state == 0 & r != 0; by <- rbind(by, c(sum(r[new] > 0), sum(r[new] < 0))); state[new] <- r[new]
  }
  W <- state > 0; L <- state < 0; w <- mean(W); l <- mean(L)
  S <- cov(cbind(rowMeans(W), rowMeans(L))) / length(i) + cov(cbind(colMeans(W), colMeans(L))) / length(j)
  z <- qnorm((1 + level) / 2)
  g <- c(1 / w, -1 / l); se <- sqrt(drop(t(g) %*% S %*% g)); wr <- w / l
  p <- w + (1 - w - l) / 2; v <- S[1, 1] + S[2, 2] - 2 * S[1, 2]; seo <- sqrt(v / 4) / (p * (1 - p)); wo <- p / (1 - p)
  emit(name, c(sum(W), sum(L), sum(state == 0), wr, se, wr * exp(-z * se), wr * exp(z * se), 2 * pnorm(-abs(log(wr)) / se),
               wo, seo, wo * exp(-z * seo), wo * exp(z * seo), 2 * pnorm(-abs(log(wo)) / seo),
               w - l, sqrt(v), max(w - l - z * sqrt(v), -1), min(w - l + z * sqrt(v), 1), 2 * pnorm(-abs(w - l) / sqrt(v))))
  emit(paste0(name, ".by"), t(by))
}
v <- read.csv("data/veteran.csv")
wins("veteran", v$trt, list(list(kind = "time", value = v$time, event = v$event, margin = 0), list(kind = "higher", value = v$karno, margin = 0)))
wins("veteran.margin", v$trt, list(list(kind = "time", value = v$time, event = v$event, margin = 30), list(kind = "higher", value = v$karno, margin = 10)))
o <- read.csv("data/ordered.csv")
wins("ordered", o$arm, list(list(kind = "lower", value = o$y, margin = 0)))
wins("ordered.higher", o$arm, list(list(kind = "higher", value = o$y, margin = 0)))
g <- read.csv("data/gehan.csv")
wins("gehan", g$group, list(list(kind = "time", value = g$time, event = g$event, margin = 0)))
wins("no.losses", c(0, 0, 0, 1, 1, 1), list(list(kind = "higher", value = c(5, 6, 7, 1, 2, 5), margin = 0)))
u <- park_miller(200000, 5); n <- 1e5; i <- 1:n
# 100 000 rows, by ranks: the placements are mid-ranks.
arm <- as.integer(u[i] < 0.5); y <- floor(20 * u[n + i] + 2 * arm)
a <- y[arm == 0]; b <- y[arm == 1]
less <- function(v, s) findInterval(v, sort(s), left.open = TRUE); atmost <- function(v, s) findInterval(v, sort(s))
W1 <- less(a, b) / length(b); L1 <- 1 - atmost(a, b) / length(b); W2 <- 1 - atmost(b, a) / length(a); L2 <- less(b, a) / length(a)
S <- cov(cbind(W1, L1)) / length(a) + cov(cbind(W2, L2)) / length(b); w <- mean(W1); l <- mean(L1); gr <- c(1 / w, -1 / l)
emit("big", c(sum(less(a, b)), sum(length(b) - atmost(a, b)), w / l, sqrt(drop(t(gr) %*% S %*% gr)), w - l, sqrt(S[1, 1] + S[2, 2] - 2 * S[1, 2])))
emit_end()
