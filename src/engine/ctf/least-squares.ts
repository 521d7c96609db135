/** Ridge term, relative to the diagonal: makes the solution unique if columns are linearly dependent. */
const RIDGE = 1e-6;

/**
 * Weighted linear least squares by the normal equations and Cholesky's decomposition.
 * @param columns - functions, each as long as `target`
 * @returns one coefficient per column
 */
export function solveLeastSquares(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
): Float64Array {
  const product = (a: Float64Array, b: Float64Array) => a.reduce((t, v, i) => t + v * b[i]! * weights[i]!, 0);
  const rows = columns.map((a, i) => Float64Array.from(columns.slice(0, i + 1), (b) => product(a, b)));
  const x = Float64Array.from(columns, (a) => product(a, target));
  return solveSymmetric(rows, x);
}

/**
 * Solves a symmetric positive definite system by Cholesky's decomposition.
 * @param matrix - rows of the matrix; only the part up to the diagonal is used
 */
export function solveSymmetric(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  const n = vector.length;
  const rows = matrix.map((row, i) => row.slice(0, i + 1));
  for (let i = 0; i < n; i++) rows[i]![i] = rows[i]![i]! * (1 + RIDGE) + Number.MIN_VALUE;
  decompose(rows);
  return substitute(rows, vector);
}

/** Replaces the rows of a symmetric matrix, up to its diagonal, by those of its Cholesky factor, in place. */
function decompose(rows: readonly Float64Array[]): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    for (let j = 0; j <= i; j++) {
      let sum = row[j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * rows[j]![k]!;
      row[j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / rows[j]![j]!;
    }
  }
}

/** Solves L Lᵀ x = `vector` by forward and back substitution; `rows` is the lower triangular matrix L. */
function substitute(rows: readonly Float64Array[], vector: Float64Array): Float64Array {
  const n = vector.length;
  const x = vector.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] = x[i]! - rows[i]![k]! * x[k]!;
    x[i] = x[i]! / rows[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] = x[i]! - rows[k]![i]! * x[k]!;
    x[i] = x[i]! / rows[i]![i]!;
  }
  return x;
}
