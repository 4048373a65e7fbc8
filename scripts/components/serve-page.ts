import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const DESIGN_SYSTEM = join(import.meta.dirname, '../../node_modules/@salesforce-ux/design-system/assets');
const STYLES = '/styles/salesforce-lightning-design-system.min.css';

const DOCUMENT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Components</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${STYLES}" />
    <style>
      body { background: var(--slds-g-color-surface-2); padding: 12px; }
    </style>
  </head>
  <body class="slds-scope">
    <main></main>
    <script src="/page.js"></script>
  </body>
</html>`;

/** A page that is being served; disposing it ends the server. */
export interface ServedPage extends AsyncDisposable {
  readonly url: string;
}

/** Serves the script together with the styles and icons of the design system, on this machine alone. */
export async function servePage(script: string): Promise<ServedPage> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    const asset = join(DESIGN_SYSTEM, path);
    if (path === '/') response.setHeader('content-type', 'text/html; charset=utf-8').end(DOCUMENT);
    else if (path === '/page.js') response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
    else if (path.endsWith('/') || !existsSync(asset)) response.writeHead(404).end();
    else {
      if (path.endsWith('.css')) response.setHeader('content-type', 'text/css; charset=utf-8');
      createReadStream(asset).pipe(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
