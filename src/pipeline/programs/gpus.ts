/**
 * Numbers for a `-Gpu` flag. CUDA counts the devices that CUDA_VISIBLE_DEVICES lists from 0; an executor lists there what it gave to the
 * worker. Where nobody did, the first one.
 */
export function visibleGpus(environment: Readonly<Record<string, string | undefined>>): string[] {
  const listed = (environment.CUDA_VISIBLE_DEVICES ?? '').split(',').filter((id) => id.trim() !== '');
  return Array.from({ length: Math.max(1, listed.length) }, (_, i) => `${i}`);
}
