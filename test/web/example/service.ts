import { encodeColumns } from '../../../src/contract/columns.ts';
import type { TileInfo } from '../../../src/contract/tiles.ts';
import type { FakeApi } from '../../support/browser/fake-api.ts';
import { columnsOf } from '../rows.ts';
import { exampleGrid, exampleHoles } from './grid.ts';
import { EXAMPLE_NOW } from './movies.ts';
import { exampleGainPicture, exampleMicrograph, exampleSpectrum } from './pictures.ts';
import {
  EXAMPLE_CAUSES,
  EXAMPLE_FAILED_ROWS,
  EXAMPLE_GAIN,
  EXAMPLE_KEY,
  EXAMPLE_PREVIEW,
  EXAMPLE_ROWS,
  EXAMPLE_SESSIONS,
  EXAMPLE_TIMELINE,
  exampleDetail,
  exampleMovie,
} from './session.ts';

const { project, user, session } = EXAMPLE_KEY;
/** Path of the session in the API, below `/api/v1`. */
export const EXAMPLE_API_PATH = `/sessions/${project}/${user}/${session}`;
/** Path of the session in the URLs of the page. */
export const EXAMPLE_ADDRESS = `/s/${project}/${user}/${session}`;

const TILES: TileInfo = { width: 1440, height: 1023, pixelSizeA: 3.32, tilePx: 512, maxPower: 2 };
const LOG = 'worker started\n"movie" aligned in 7.4 s\n"movie" CTF estimated in 1.9 s\n';

/** Makes a fake API respond like a service with the example sessions. */
export async function serveExample(api: FakeApi): Promise<void> {
  const jpeg = async (body: Promise<Buffer>) => ({ type: 'image/jpeg', body: await body });
  const micrograph = await jpeg(exampleMicrograph(480, 341));
  const spectrum = await jpeg(exampleSpectrum(256));
  const gainPicture = await jpeg(exampleGainPicture(480, 240));
  const tile = await jpeg(exampleMicrograph(TILES.tilePx, TILES.tilePx));
  const rowOfPath = (path: string) => EXAMPLE_ROWS.find(({ base }) => path.split('/').includes(base));
  api.nowMs = Date.parse(EXAMPLE_NOW);
  api
    .on('GET', '/sessions', [...EXAMPLE_SESSIONS])
    .on('GET', EXAMPLE_API_PATH, exampleDetail())
    .on('GET', `${EXAMPLE_API_PATH}/columns`, () => ({ body: encodeColumns(columnsOf(EXAMPLE_ROWS)) }))
    .on('GET', `${EXAMPLE_API_PATH}/gain`, EXAMPLE_GAIN)
    .on('GET', `${EXAMPLE_API_PATH}/grid`, exampleGrid(EXAMPLE_ROWS))
    .on('GET', new RegExp(`^${EXAMPLE_API_PATH}/grid/`), exampleHoles(EXAMPLE_ROWS))
    .on('GET', `${EXAMPLE_API_PATH}/failures`, EXAMPLE_CAUSES)
    .on('GET', new RegExp(`^${EXAMPLE_API_PATH}/failures/`), ({ path }) => ({
      body: {
        movies: EXAMPLE_FAILED_ROWS.filter(({ errorCode }) => errorCode !== null && path.endsWith(errorCode)),
        nextCursor: null,
      },
    }))
    .on('GET', `${EXAMPLE_API_PATH}/timeline`, EXAMPLE_TIMELINE)
    .on('GET', `${EXAMPLE_API_PATH}/preview`, EXAMPLE_PREVIEW)
    .on('GET', `${EXAMPLE_API_PATH}/trial`, { trial: null })
    .on('GET', `${EXAMPLE_API_PATH}/movies`, ({ query }) => ({
      body: { movies: query.get('state') === 'done' ? EXAMPLE_ROWS.slice(-3) : [], nextCursor: null },
    }))
    .on('GET', new RegExp(`^${EXAMPLE_API_PATH}/movies/[^/]+$`), ({ path }) => {
      const row = rowOfPath(path);
      return row === undefined ? { status: 404, body: null } : { body: exampleMovie(row) };
    })
    .on('GET', /\/log$/, { file: 'workflow/cycle-000001/batch-000001.log', text: LOG, isCut: false })
    .on('GET', /\/tiles\/[^/]+$/, TILES)
    .on('GET', /\/tiles\/[^/]+\//, () => tile)
    .on('GET', /\/pictures\/thumbnail$/, () => micrograph)
    .on('GET', /\/pictures\/(ctfPicture|spectrum)$/, () => spectrum)
    .on('GET', /\/pictures\/gain$/, () => gainPicture);
}
