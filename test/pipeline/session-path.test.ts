import { describe, expect, it } from 'vitest';
import { pathInSession } from '../../src/pipeline/session-path.ts';

const SESSION = { rawDir: '/data/p/sessions/u/s/raw', processedDir: '/data/p/sessions/u/s/processed' };

describe('a path in a STAR file', () => {
  it('is relative to the session directory for all files of the session, so that the session can be moved', () => {
    const inSession = (path: string) => pathInSession(SESSION, `/data/p/sessions/u/s/${path}`);
    for (const path of [
      'raw/a_fractions.tiff',
      'raw/Grid 1/Größe.mrc',
      'processed/references/gain-1234.mrc',
      'raw/camera_gain.tiff',
    ])
      expect(inSession(path)).toBe(path);
  });

  it('is the same for the trial of a session', () => {
    const trial = { ...SESSION, processedDir: '/data/p/sessions/u/s/workflow/trials/1/processed' };
    expect(pathInSession(trial, '/data/p/sessions/u/s/raw/a.tiff')).toBe('raw/a.tiff');
  });

  it('is absolute outside of the session', () => {
    expect(pathInSession(SESSION, '/camera/gain.mrc')).toBe('/camera/gain.mrc');
    expect(pathInSession(SESSION, '/data/p/sessions/u/s2/raw/a.tiff')).toBe(
      '/data/p/sessions/u/s2/raw/a.tiff',
    );
  });

  it('is absolute if the movies are not in a session', () => {
    const folders = { rawDir: '/home/me/movies', processedDir: '/home/me/out' };
    expect(pathInSession(folders, '/home/me/movies/a.tiff')).toBe('/home/me/movies/a.tiff');
  });
});
