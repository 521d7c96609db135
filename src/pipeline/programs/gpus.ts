/**
 * Numbers for a `-Gpu` flag. CUDA numbers the devices in CUDA_VISIBLE_DEVICES from 0; an executor sets this
 * variable to the devices of the worker. Without the variable: the first device.
 */
export function visibleGpus(environment: Readonly<Record<string, string | undefined>>): string[] {
  const ids = (environment.CUDA_VISIBLE_DEVICES ?? '').split(',').filter((id) => id.trim() !== '');
  return Array.from({ length: Math.max(1, ids.length) }, (_, i) => `${i}`);
}
