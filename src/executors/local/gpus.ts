/** Assigns GPUs to the workers of this machine; workers that use no GPU ignore the assignment. */
export interface GpuPool {
  /** @returns the id of the device with the fewest workers */
  acquire(): string;
  release(id: string): void;
}

/** @param ids - of devices, in the notation of CUDA_VISIBLE_DEVICES */
export function createGpuPool(ids: readonly string[]): GpuPool {
  const users = new Map(ids.map((id) => [id, 0]));
  return {
    acquire() {
      const [id, count] = [...users].reduce((least, other) => (other[1] < least[1] ? other : least));
      users.set(id, count + 1);
      return id;
    },
    release: (id) => void users.set(id, Math.max(0, (users.get(id) ?? 0) - 1)),
  };
}

/** Devices in the CUDA_VISIBLE_DEVICES of the service; otherwise the first `count` devices. */
export function machineGpus(
  count: number,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const listed = (environment.CUDA_VISIBLE_DEVICES ?? '').split(',').map((id) => id.trim());
  const given = listed.filter((id) => id !== '');
  return given.length > 0 ? given : Array.from({ length: count }, (_, i) => `${i}`);
}
