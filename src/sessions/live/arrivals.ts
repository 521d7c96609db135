import { RATE_WINDOW_MS } from './progress.ts';

const BUCKET_MS = 60_000;

interface Bucket {
  readonly bucket: number;
  readonly firstMs: number;
  count: number;
}

/**
 * Movies that arrived in the last `RATE_WINDOW_MS`, counted by minute, so that memory and time do not grow
 * with their number.
 */
export class Arrivals {
  private buckets: Bucket[] = [];

  /** Called when a new movie was seen. @param nowMs - monotonic */
  add(nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    const last = this.buckets.at(-1);
    if (last?.bucket === bucket) last.count++;
    else this.buckets = [...this.recentBuckets(nowMs), { bucket, firstMs: nowMs, count: 1 }];
  }

  /** Number of arrivals, and the time of the first, for `ratePerHour`. @param nowMs - monotonic */
  recent(nowMs: number): { count: number; firstMs: number | null } {
    const recent = this.recentBuckets(nowMs);
    const count = recent.reduce((sum, bucket) => sum + bucket.count, 0);
    return { count, firstMs: recent[0]?.firstMs ?? null };
  }

  private recentBuckets(nowMs: number): Bucket[] {
    return this.buckets.filter(({ firstMs }) => nowMs - firstMs < RATE_WINDOW_MS);
  }
}
