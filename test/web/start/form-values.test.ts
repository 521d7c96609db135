import { describe, expect, it } from 'vitest';
import { PARAMETER_TABLE } from '../../../src/contract/parameters.ts';
import { parseParameters } from '../../../src/contract/parse-parameters.ts';
import { FORM_GROUPS } from '../../../web/src/data/parameter-groups.ts';
import { byField, changedFields, errorsOf, prefill, toBody } from '../../../web/src/start/form-values.ts';

const suggested = {
  apix: { value: 0.813, source: 'EPU metadata' },
  kev: { value: 300, source: 'config file' },
};

describe('start form', () => {
  it('has a group for every declared parameter', () => {
    for (const p of PARAMETER_TABLE) expect(FORM_GROUPS).toContain(p.group);
  });

  it('begins with the suggested values and shows their source', () => {
    const { values, sources } = prefill({ suggested, parameters: null }, 'start');
    expect(values.apix).toBe('0.813');
    expect(sources).toEqual({ apix: 'EPU metadata', kev: 'config file' });
    expect(values.superresolution).toBe(false);
    expect(values.fmdose).toBe('');
  });

  it('reports all missing and invalid fields at once', () => {
    const { values } = prefill({ suggested: {}, parameters: null }, 'start');
    const errors = errorsOf({ ...values, cs: 'abc', throw: '1.5' });
    expect(Object.keys(errors).sort()).toEqual(['apix', 'cs', 'kev', 'throw']);
    expect(errors.apix).toBe('Pixel size is missing.');
    expect(errors.cs).toMatch(/^Spherical aberration must be a number/);
  });

  it('assigns errors of the service to their fields', () => {
    const errors = [{ field: 'apix', message: 'apix contradicts the header' }];
    expect(byField(errors, { apix: '9' })).toEqual({ apix: 'Pixel size contradicts the header.' });
  });

  it('sends only the given values, in a format that the service accepts', () => {
    const { values, sources } = prefill({ suggested, parameters: null }, 'start');
    const body = toBody({ ...values, fmdose: ' 1.2 ', superresolution: true }, sources);
    expect(body).toEqual({ apix: '0.813', kev: '300', fmdose: '1.2', superresolution: true });
    const parsed = parseParameters(body);
    expect(parsed.ok && parsed.values).toEqual({ apix: 0.813, kev: 300, fmdose: 1.2, superresolution: true });
  });
});

describe('resume form', () => {
  it('begins with the parameters of the last start', () => {
    const { values } = prefill(
      { suggested, parameters: { apix: 1.1, kev: 200, superresolution: true } },
      'resume',
    );
    expect(values).toMatchObject({ apix: '1.1', kev: '200', superresolution: true, fmdose: '' });
  });

  it('sends only changed values, and the default for a field that was cleared', () => {
    const { values } = prefill({ suggested: {}, parameters: { apix: 1.1, kev: 200, cs: 2 } }, 'resume');
    expect(changedFields(values, values)).toEqual({});
    expect(changedFields(values, { ...values, apix: '1.2', cs: '' })).toEqual({ apix: '1.2', cs: '2.7' });
  });
});
