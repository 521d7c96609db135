/** A `Date` header has whole seconds, and answers take a moment: less than this is no difference. */
const TOLERANCE_MS = 3000;

let aheadMs = 0;

/** Notes the service's time as an answer tells it: ages on screen are by its clock, whatever the viewer's says. */
export function noteServiceTime(date: string | null): void {
  const ahead = Date.parse(date ?? '') - Date.now();
  if (Number.isFinite(ahead)) aheadMs = Math.abs(ahead) > TOLERANCE_MS ? ahead : 0;
}

/** Now, by the service's clock, epoch ms. */
export const serviceNow = (): number => Date.now() + aheadMs;
