import { expect, it } from 'vitest';
import { describeComponent } from '../../support/browser/describe-component.ts';
import { EXAMPLE_API_PATH } from '../example/service.ts';
import { EXAMPLE_PREVIEW, EXAMPLE_SESSIONS, exampleDetail } from '../example/session.ts';

const FORM = 'start/parameter-form';
const START = `${EXAMPLE_API_PATH}/start`;
const RESUME = `${EXAMPLE_API_PATH}/resume`;
/** The service suggests 0.83 Angstrom and 300 kV for a start; the last start had a dose per frame of 1.2. */
const SESSION = exampleDetail();

describeComponent('ParameterForm', (shared) => {
  const page = () => shared.harness.page;
  const api = () => shared.harness.api;
  const dialog = () => page().getByRole('dialog');
  const field = (name: string) => dialog().getByRole('textbox', { name });
  /** Name of the field that has the focus. */
  const focusedName = () => page().locator(':focus').getAttribute('name');
  const submit = (name = 'Start processing') => dialog().getByRole('button', { name, exact: true });
  const mount = async (kind: 'start' | 'resume' = 'start', contradictions: object[] = []) => {
    api().clear();
    api()
      .on('GET', `${EXAMPLE_API_PATH}/preview`, { ...EXAMPLE_PREVIEW, contradictions })
      .on('GET', `${EXAMPLE_API_PATH}/trial`, { trial: null })
      .on('GET', `${EXAMPLE_API_PATH}/movies`, { movies: [], nextCursor: null })
      .on('POST', START, EXAMPLE_SESSIONS[0] ?? null)
      .on('POST', RESUME, EXAMPLE_SESSIONS[0] ?? null);
    await shared.harness.mount(FORM, { session: SESSION, kind });
    await field('Pixel size').waitFor();
  };
  const lastPreview = () =>
    api()
      .calls.filter(({ path }) => path.endsWith('/preview'))
      .at(-1)?.query;

  it('focuses the first field, and shows values of the metadata with their source', async () => {
    await mount();
    await expect.poll(focusedName).toBe('apix');
    await expect.poll(() => field('Pixel size').inputValue()).toBe('0.83');
    await expect.poll(() => field('Accelerating voltage').inputValue()).toBe('300');
    await expect.poll(() => dialog().getByText('from EPU: FoilHole_29273600_Data_1.xml').count()).toBe(2);
    await field('Pixel size').fill('0.9');
    await expect.poll(() => dialog().getByText('from EPU: FoilHole_29273600_Data_1.xml').count()).toBe(1);
  });

  it('shows what a start with these values would do, and updates the preview after typing', async () => {
    await mount();
    await dialog()
      .getByRole('region', { name: 'What this does' })
      .getByText('25 movies will be processed')
      .waitFor();
    expect(lastPreview()?.get('apix')).toBe('0.83');
    await field('Pixel size').fill('1.05');
    await expect.poll(() => lastPreview()?.get('apix')).toBe('1.05');
  });

  it('shows a contradiction at its field, and allows a start anyway', async () => {
    await mount('start', EXAMPLE_PREVIEW.contradictions);
    await dialog().getByText('Check: The metadata of the movies says 0.83 Å.').waitFor();
    await submit('Start anyway').click();
    await expect.poll(() => api().bodiesOf(START)).toHaveLength(1);
  });

  it('sends nothing while a value is missing or invalid, and focuses the first such field', async () => {
    await mount();
    await field('Pixel size').fill('');
    await field('Spherical aberration').fill('abc');
    await field('Spherical aberration').press('Enter');
    await dialog().getByText('2 fields need your attention.').waitFor();
    await dialog().getByText('Pixel size is missing.').waitFor();
    await dialog().getByText('Spherical aberration must be a number (mm).').waitFor();
    await expect.poll(focusedName).toBe('apix');
    expect(api().bodiesOf(START)).toEqual([]);
  });

  it('starts with Enter, sends values that differ from the defaults, and closes', async () => {
    await mount();
    await field('Dose per frame').fill('1.5');
    await field('Dose per frame').press('Enter');
    await page().getByText('Processing is starting.').waitFor();
    expect(api().bodiesOf(START)).toEqual([
      { apix: '0.83', kev: '300', fmdose: '1.5', rawgainref: 'gain/K3-0412_gain.tiff' },
    ]);
    await expect.poll(() => shared.last('closed')).toBe(true);
  });

  it('shows an error of the service at its field', async () => {
    await mount();
    api().refuse('POST', START, 400, {
      code: 'BAD_PARAMETERS',
      message: 'Parameters are wrong.',
      remedy: 'Correct them.',
      faults: [{ field: 'rawgainref', message: 'rawgainref does not have the size of the movies' }],
    });
    await submit().click();
    await dialog().getByText('Gain reference does not have the size of the movies.').waitFor();
    await dialog().getByText('One field needs your attention.').waitFor();
    await expect.poll(() => shared.harness.reported('closed')).toEqual([]);
    shared.harness.pageErrors.length = 0; // Chromium reports the status 400 on its console.
  });

  it('sends only the values that a resume changes, and shows the previous values', async () => {
    await mount('resume');
    await expect.poll(() => field('Dose per frame').inputValue()).toBe('1.2');
    await dialog().getByText('No value was changed.').waitFor();
    await field('Dose per frame').fill('1.4');
    await dialog().getByText('was 1.2').waitFor();
    await dialog().getByText('1 value changed').waitFor();
    await submit('Resume with changes').click();
    await page().getByText('Processing resumed.').waitFor();
    expect(api().bodiesOf(RESUME)).toEqual([{ fmdose: '1.4' }]);
  });

  it('closes on Escape', async () => {
    await mount();
    await page().keyboard.press('Escape');
    await expect.poll(() => shared.harness.reported('closed')).toEqual([true]);
  });
});
