/** Movies by how their points are painted; indices grow within each. */
export interface PointClasses {
  readonly normal: Uint32Array;
  /** Of a fit that cannot be believed. */
  readonly faint: Uint32Array;
  readonly rejected: Uint32Array;
  /** Not of the selection, where there is one. */
  readonly others: Uint32Array;
}

/** Sorted once per change of movies or selection, so that a frame of a drag looks at each point once. */
export function classify(
  size: number,
  mask: Uint8Array | null,
  isRejected: (index: number) => boolean,
  isFaint: ((index: number) => boolean) | null,
): PointClasses {
  const lists = [0, 1, 2, 3].map(() => new Uint32Array(size));
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < size; i++) {
    const which = isRejected(i) ? 2 : mask !== null && mask[i] !== 1 ? 3 : isFaint?.(i) ? 1 : 0;
    lists[which]![counts[which]!++] = i;
  }
  const [normal, faint, rejected, others] = lists.map((list, k) => list.slice(0, counts[k])) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  return { normal, faint, rejected, others };
}
