/** Movies by how their points are painted; indices ascend in each. */
export interface PointClasses {
  readonly normal: Uint32Array;
  /** Of a fit that is not reliable. */
  readonly faint: Uint32Array;
  readonly rejected: Uint32Array;
  /** Not in the selection, if there is one. */
  readonly others: Uint32Array;
}

/** Sorted once per change of movies or selection, so that a frame of a drag looks at each point once. */
export function classify(
  size: number,
  mask: Uint8Array | null,
  isRejected: (index: number) => boolean,
  isFaint: ((index: number) => boolean) | null,
): PointClasses {
  const normal = new IndexList(size);
  const faint = new IndexList(size);
  const rejected = new IndexList(size);
  const others = new IndexList(size);
  for (let i = 0; i < size; i++) {
    if (isRejected(i)) rejected.add(i);
    else if (mask !== null && mask[i] !== 1) others.add(i);
    else if (isFaint?.(i)) faint.add(i);
    else normal.add(i);
  }
  return {
    normal: normal.indices(),
    faint: faint.indices(),
    rejected: rejected.indices(),
    others: others.indices(),
  };
}

/** Indices in the order in which they were added. */
class IndexList {
  readonly #all: Uint32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#all = new Uint32Array(capacity);
  }

  add(index: number): void {
    this.#all[this.#count++] = index;
  }

  indices(): Uint32Array {
    return this.#all.slice(0, this.#count);
  }
}
