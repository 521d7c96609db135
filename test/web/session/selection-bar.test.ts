import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeComponent } from '../../support/browser/describe-component.ts';
import { EXAMPLE_API_PATH } from '../example/service.ts';

const REVIEWS = `${EXAMPLE_API_PATH}/reviews`;
const WITHIN_25 = { criteria: { limits: { motionTotal: { high: 25 } } } };
const BOTH_VERDICTS = ['Reject', 'Accept'];

describeComponent('SelectionBar', (shared) => {
  const page = () => shared.harness.page;
  const bar = () => page().getByRole('region', { name: 'Selection' });
  const status = () => bar().getByRole('status').innerText();
  const button = (name: string) => bar().getByRole('button', { name, exact: true });
  const mount = async (args: object = WITHIN_25) => {
    shared.harness.api.clear();
    shared.harness.api.on('POST', REVIEWS, {});
    await shared.harness.mount('session/selection-bar', args);
    await page().locator('[data-fixture]').waitFor({ state: 'attached' });
  };

  it('is hidden while nothing is selected', async () => {
    await mount({});
    await expect.poll(() => shared.last('criteria')).toBeDefined();
    await expect.poll(() => bar().count()).toBe(0);
  });

  it('shows how many movies are selected, and by which criteria', async () => {
    await mount();
    await expect.poll(status).toBe('2 selected of 4');
    await bar().getByText('Total motion ≤ 25 Å').waitFor();
  });

  it('selects the movies outside the limits by keyboard', async () => {
    await mount({ criteria: { limits: { motionTotal: { high: 35 } } } });
    await expect.poll(status).toBe('3 selected of 4');
    await bar().getByRole('radio', { name: 'Within limits' }).focus();
    await page().keyboard.press('ArrowRight');
    await expect.poll(status).toBe('1 selected of 4');
    await expect.poll(() => shared.last('criteria')).toMatchObject({ limitMode: 'beyond' });
  });

  it('rejects the selected movies with the reason, and undoes it', async () => {
    await mount();
    await expect.poll(() => button('Undo').isDisabled()).toBe(true);
    await button('Reject').focus();
    await page().keyboard.press('Enter');
    await page().getByText('2 movies: rejected.').waitFor();
    const bases = ['movie_1', 'movie_2'];
    await expect.poll(() => shared.last('verdict')).toEqual([bases, 'rejected']);
    await expect
      .poll(() => shared.harness.api.bodiesOf(REVIEWS))
      .toEqual([{ bases, verdict: 'rejected', note: 'Total motion ≤ 25 Å' }]);
    await button('Undo').click();
    await page().getByText('Review of 2 movies undone.').waitFor();
    await expect.poll(() => shared.last('verdict')).toEqual([bases, null]);
    await expect.poll(() => button('Undo').isDisabled()).toBe(true);
  });

  it('disables review and export if the selection is empty', async () => {
    await mount({ criteria: { limits: { motionTotal: { high: 5 } } } });
    await expect.poll(status).toBe('0 selected of 4');
    for (const name of [...BOTH_VERDICTS, 'Export'])
      await expect.poll(() => button(name).isDisabled()).toBe(true);
  });

  it('saves the selected movies as a file', async () => {
    await mount();
    const download = page().waitForEvent('download');
    await button('Export').click();
    await page().getByRole('menuitem', { name: 'CSV with units' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('20260302_krios2_transporter_selection.csv');
    const [head, ...rows] = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/);
    expect(head).toContain('Total motion');
    expect(rows.map((row) => row.includes('movie_1') || row.includes('movie_2'))).toEqual([true, true]);
  });

  it('disappears when the selection is cleared', async () => {
    await mount();
    await button('Clear selection').click();
    await expect.poll(() => bar().count()).toBe(0);
    await expect.poll(() => shared.last('criteria')).toMatchObject({ limits: {} });
  });
});
