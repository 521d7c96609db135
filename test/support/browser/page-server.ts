import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { FakeApi } from './fake-api.ts';
import type { PageBundle, PageEntry } from './page-bundle.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface PageServer {
  readonly url: string;
  readonly api: FakeApi;
  close(): Promise<void>;
}

/**
 * Serves one entry of the bundle at every path that is not a file, and a fake API, on the loopback interface.
 */
export async function servePage(bundle: PageBundle, entry: PageEntry): Promise<PageServer> {
  const api = new FakeApi();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    if (pathname.startsWith('/api/')) {
      api.respond(request, response).catch((error: unknown) => fail(response, error));
      return;
    }
    const file = bundle.files.get(pathname);
    response.writeHead(200, {
      'content-type': file ? (CONTENT_TYPES[extname(pathname)] ?? '') : 'text/html',
    });
    response.end(file ?? bundle.html.get(entry));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    api,
    async close() {
      api.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function fail(response: ServerResponse, error: unknown): void {
  response.writeHead(500);
  response.end(String(error));
}
