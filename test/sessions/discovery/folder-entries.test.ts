import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { entriesBelowUndecodable, entriesOf } from '../../../src/sessions/discovery/folder-entries.ts';
import { ownActivity } from '../../../src/sessions/discovery/own-activity.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-entries-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

it('each folder below a folder whose name is not UTF-8 counts as a step of the scan, so that the scan does not seem hung', () => {
  const folder = Buffer.concat([Buffer.from(`${top}/a`), Buffer.from([0xff])]);
  for (let i = 0; i < 20; i++)
    mkdirSync(Buffer.concat([folder, Buffer.from(`/b${i}/c`)]), { recursive: true });
  const [entry] = entriesOf(top).undecodableEntries;
  const before = ownActivity.step;
  entriesBelowUndecodable(top, entry!);
  expect(ownActivity.step - before).toBe(41); // itself, 20 folders, and one in each
});
