/** Indices of movies, ascending, grouped by how their points are painted. */
export interface PointClasses {
  readonly normal: Uint32Array;
  /** Movies whose CTF fit is not reliable. */
  readonly faint: Uint32Array;
  readonly rejected: Uint32Array;
  /** Movies that are not in the selection, if there is one. */
  readonly unselected: Uint32Array;
}

/**
 * Groups the movies. Called once per change of movies or selection, so that each frame of a drag reads every
 * point only once.
 */
export function classify(
  size: number,
  mask: Uint8Array | null,
  isRejected: (index: number) => boolean,
  isFaint: ((index: number) => boolean) | null,
): PointClasses {
  const normal = new IndexList(size);
  const faint = new IndexList(size);
  const rejected = new IndexList(size);
  const unselected = new IndexList(size);
  for (let i = 0; i < size; i++) {
    if (isRejected(i)) rejected.add(i);
    else if (mask !== null && mask[i] !== 1) unselected.add(i);
    else if (isFaint?.(i)) faint.add(i);
    else normal.add(i);
  }
  return {
    normal: normal.indices(),
    faint: faint.indices(),
    rejected: rejected.indices(),
    unselected: unselected.indices(),
  };
}

/** Indices in the order in which they were added. */
class IndexList {
  readonly #buffer: Uint32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#buffer = new Uint32Array(capacity);
  }

  add(index: number): void {
    this.#buffer[this.#count++] = index;
  }

  indices(): Uint32Array {
    return this.#buffer.slice(0, this.#count);
  }
}
