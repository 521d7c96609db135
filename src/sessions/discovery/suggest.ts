import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readEpuXml } from '../../formats/epu-xml.ts';
import { inspectMovie } from '../../formats/open.ts';
import { baseOf } from '../../pipeline/names.ts';
import type { Suggestion } from './messages.ts';

/** Values to begin a form with, read beside and in one movie of the session; each names its source. */
export async function suggestFrom(raw: string, movie: string): Promise<Record<string, Suggestion>> {
  return { ...fromHeader(raw, movie), ...fromEpu(raw, join(dirname(movie), `${baseOf(movie)}.xml`)) };
}

function fromHeader(raw: string, movie: string): Record<string, Suggestion> {
  const found = inspectMovie(join(raw, movie));
  const pixelSizeA = found.complete ? found.structure.pixelSizeA : null;
  return pixelSizeA === null ? {} : { apix: { value: round(pixelSizeA), source: `header of ${movie}` } };
}

function fromEpu(raw: string, xml: string): Record<string, Suggestion> {
  let text: string;
  try {
    text = readFileSync(join(raw, xml), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  const { pixelSizeA, voltageKv, doseEA2, superResolutionFactor } = readEpuXml(text);
  const factor = superResolutionFactor ?? 1;
  const values = {
    // EPU gives the pixel of its picture; a super-resolution movie has smaller ones.
    apix: pixelSizeA === null ? null : round(pixelSizeA / Math.max(1, factor)),
    kev: voltageKv === null ? null : round(voltageKv),
    dose: doseEA2 === null ? null : round(doseEA2),
    superresolution: factor > 1 ? true : null,
  };
  const source = `EPU's ${xml}`;
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, { value, source }]])),
  );
}

/** To six digits: more is noise of unit conversions. */
const round = (value: number): number => Number(value.toPrecision(6));
