/** Assigns GPUs to the workers of this machine; workers that use no GPU ignore the assignment. */
export interface GpuPool {
  /** @returns the id of the device with the fewest workers */
  acquire(): string;
  release(id: string): void;
}

/** @param ids - of devices, in the notation of CUDA_VISIBLE_DEVICES */
export function createGpuPool(ids: readonly string[]): GpuPool {
  const workerCounts = new Map(ids.map((id) => [id, 0]));
  return {
    acquire() {
      const [id, count] = [...workerCounts].reduce((least, other) => (other[1] < least[1] ? other : least));
      workerCounts.set(id, count + 1);
      return id;
    },
    release: (id) => void workerCounts.set(id, Math.max(0, (workerCounts.get(id) ?? 0) - 1)),
  };
}

/** Devices in the CUDA_VISIBLE_DEVICES of the service; otherwise the first `count` devices. */
export function machineGpus(
  count: number,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const ids = (environment.CUDA_VISIBLE_DEVICES ?? '').split(',').map((id) => id.trim());
  const visibleIds = ids.filter((id) => id !== '');
  return visibleIds.length > 0 ? visibleIds : Array.from({ length: count }, (_, i) => `${i}`);
}
