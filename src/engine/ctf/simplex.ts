/**
 * Maximum of a smooth function of a few variables by the downhill simplex of Nelder & Mead (1965), with their
 * coefficients 1, 2, 1/2, 1/2.
 * @param start - first guess
 * @param steps - size of the first simplex along each variable
 * @param stop - `tolerance`: largest side of the simplex at which to end, in units of the variables
 */
export function maximise(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  stop: { readonly tolerance: number; readonly evaluations: number },
): { at: number[]; value: number } {
  let evaluations = 0;
  const point = (at: number[]) => {
    evaluations++;
    return { at, value: f(at) };
  };
  const n = start.length;
  const simplex = [point([...start])];
  for (let i = 0; i < n; i++) simplex.push(point(start.map((v, j) => v + (i === j ? (steps[j] ?? 0) : 0))));
  const byValue = () => simplex.sort((a, b) => b.value - a.value);
  const blend = (a: number[], b: number[], t: number) => a.map((v, i) => v + t * ((b[i] ?? 0) - v));
  for (;;) {
    byValue();
    const best = simplex[0]!;
    const worst = simplex[n]!;
    const size = Math.max(...simplex.map((p) => Math.max(...p.at.map((v, i) => Math.abs(v - best.at[i]!)))));
    if (size < stop.tolerance || evaluations >= stop.evaluations) return best;
    const centre = start.map((_, i) => simplex.slice(0, n).reduce((sum, p) => sum + p.at[i]!, 0) / n);
    const reflected = point(blend(centre, worst.at, -1));
    if (reflected.value > best.value) {
      const expanded = point(blend(centre, worst.at, -2));
      simplex[n] = expanded.value > reflected.value ? expanded : reflected;
    } else if (reflected.value > simplex[n - 1]!.value) {
      simplex[n] = reflected;
    } else {
      const better = reflected.value > worst.value ? reflected : worst;
      const contracted = point(blend(centre, better.at, 0.5));
      if (contracted.value > better.value) {
        simplex[n] = contracted;
      } else {
        for (let i = 1; i <= n; i++) simplex[i] = point(blend(best.at, simplex[i]!.at, 0.5));
      }
    }
  }
}
