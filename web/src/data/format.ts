import { metricWords } from './metric-words.ts';
import { METRICS, type MetricKey } from './metrics.ts';
import { NONE, timeWords } from './words.ts';

/** Numbers and times as shown on the screen. Times are in the viewer's time zone. */

export const integerText = (n: number) => Math.round(n).toLocaleString('en');

export function numberText(value: number | null | undefined, digits: number, unit = ''): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '' ? number : `${number} ${unit}`;
}

export const metricText = (key: MetricKey, value: number | null) =>
  numberText(value, METRICS[key].digits, metricWords[key].unit);

/** Rounded down, so that 100 % means all. */
export function percentText(count: number, total: number): string {
  if (total <= 0) return '0 %';
  return `${Math.floor((100 * count) / total)} %`;
}

export function durationText(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NONE;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function ageText(iso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000));
  if (seconds < 10) return timeWords.justNow;
  if (seconds < 60) return timeWords.secondsAgo(seconds);
  if (seconds < 3600) return timeWords.minutesAgo(Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return timeWords.hoursAgo(Math.floor(seconds / 3600));
  return timeWords.daysAgo(Math.floor(seconds / 86_400));
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export const dateTimeText = (time: string | number | null) =>
  time === null || Number.isNaN(time) ? NONE : dateTime.format(new Date(time));
/** A time from a file: converted to the viewer's time zone if it has a UTC offset, otherwise as written. */
export const fileTimeText = (time: string) =>
  /(Z|[+-]\d\d:?\d\d)$/.test(time) && !Number.isNaN(Date.parse(time)) ? dateTimeText(time) : time;
export const timeText = (ms: number) => (Number.isNaN(ms) ? NONE : timeOnly.format(new Date(ms)));

export function bytesText(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = n;
  let i = 0;
  while (value >= 1000 && i < units.length - 1) {
    value /= 1000;
    i++;
  }
  return `${i === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[i]}`;
}

/** The end of a long name: names of movies of one session begin with the same text. */
export const shortName = (base: string, length = 26) =>
  base.length <= length ? base : `…${base.slice(base.length - length + 1)}`;
