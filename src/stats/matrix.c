#include "stats/matrix.h"

#include <math.h>
#include <string.h>

size_t cholesky_factor(double *a, size_t p, double tolerance) {
    size_t rank = 0;
    for (size_t i = 0; i < p; i++) {
        double *row = a + i * p;
        double diagonal = row[i];
        for (size_t j = 0; j < i; j++) {
            const double *other = a + j * p;
            double sum = row[j] - dot(row, other, j);
            row[j] = other[j] > 0.0 ? sum / other[j] : 0.0;
        }
        double pivot = diagonal - dot(row, row, i);
        if (pivot > tolerance * diagonal && pivot > 0.0) {
            row[i] = sqrt(pivot);
            rank++;
        } else {
            row[i] = 0.0;
        }
    }
    return rank;
}

size_t cholesky_deficient(const double *l, size_t p) {
    size_t i = 0;
    while (i < p && l[i * p + i] > 0.0) {
        i++;
    }
    return i;
}

void cholesky_solve(const double *l, size_t p, double *b) {
    for (size_t i = 0; i < p; i++) {
        double pivot = l[i * p + i];
        b[i] = pivot > 0.0 ? (b[i] - dot(l + i * p, b, i)) / pivot : 0.0;
    }
    for (size_t i = p; i-- > 0;) {
        double sum = b[i];
        for (size_t j = i + 1; j < p; j++) {
            sum -= l[j * p + i] * b[j];
        }
        double pivot = l[i * p + i];
        b[i] = pivot > 0.0 ? sum / pivot : 0.0;
    }
}

void cholesky_invert(const double *l, size_t p, double *inverse) {
    for (size_t k = 0; k < p; k++) {
        double *column = inverse + k * p; /* symmetric: a row is a column */
        memset(column, 0, p * sizeof *column);
        column[k] = l[k * p + k] > 0.0 ? 1.0 : 0.0;
        cholesky_solve(l, p, column);
    }
}

double cholesky_quadratic(const double *l, size_t p, const double *b, double *work) {
    memcpy(work, b, p * sizeof *work);
    cholesky_solve(l, p, work);
    return dot(b, work, p);
}

double dot(const double *a, const double *b, size_t p) {
    double sum = 0.0;
    for (size_t i = 0; i < p; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}
