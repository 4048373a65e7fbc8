import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { PAGE_HEADERS, renderPage, type ConsentPage } from './consent-page.ts';

/** The browser, back from the authorization server and waiting for a page. */
export interface Arrival {
  readonly parameters: URLSearchParams;
  /** Resolves once the page is on its way or the browser has gone. */
  answer(page: ConsentPage): Promise<void>;
}

/** A redirect URI of an installed app (RFC 8252 section 7.3), as long as it is open. */
export interface LoopbackRedirect {
  /** With a random port, and a random path unless it was told another. */
  readonly redirectUri: string;
  /** The first request that carries the state. */
  readonly arrival: Promise<Arrival>;
  close(): Promise<void>;
}

/** Nobody else can close the address: what does not carry the state is refused, and the wait goes on. */
const STRANGER: ConsentPage = {
  status: 400,
  title: 'This page does not belong to a connection under way',
  text: 'Nothing was connected. Close this page and use the one that was opened last.',
};

/** How a redirect URI looks, where a provider does not take any loopback address. */
export interface RedirectShape {
  /** Default `127.0.0.1`. */
  readonly host: 'localhost' | '127.0.0.1';
  /** Default a random one. */
  readonly path: string;
}

/**
 * Listens on 127.0.0.1 for the one GET request with which a browser comes back. Everything else is answered with 404:
 * other methods, other paths, other names of this machine (a page of a stranger could reach it by one of its own), and
 * whatever comes after the arrival.
 *
 * @param state the value that the authorization server has to hand back (RFC 6749 section 10.12)
 */
export async function listenForRedirect(state: string, shape?: RedirectShape): Promise<LoopbackRedirect> {
  const path = shape?.path ?? `/${randomBytes(16).toString('base64url')}`;
  const { promise: arrival, resolve: arrive } = Promise.withResolvers<Arrival>();
  let host = '';
  let arrived = false;
  const server = createServer((request, response) => {
    const parameters = host === request.headers.host ? parametersOf(request, path) : undefined;
    if (parameters === undefined || arrived) return void answer(response, undefined);
    if (!carries(parameters, state)) return void answer(response, STRANGER);
    arrived = true;
    arrive({ parameters, answer: (page) => answer(response, page) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `${shape?.host ?? '127.0.0.1'}:${(server.address() as AddressInfo).port}`;
  return {
    redirectUri: `http://${host}${path}`,
    arrival,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The query of a GET request to exactly this path; undefined for every other request. */
function parametersOf({ method, url = '' }: IncomingMessage, path: string): URLSearchParams | undefined {
  const [asked, query = ''] = url.split('?', 2);
  return method === 'GET' && asked === path ? new URLSearchParams(query) : undefined;
}

/** Compared in constant time, so that no answer's delay tells how much of a guess is right. */
function carries(parameters: URLSearchParams, state: string): boolean {
  const [given = '', ...more] = parameters.getAll('state');
  const expected = Buffer.from(state);
  const actual = Buffer.from(given);
  return more.length === 0 && actual.length === expected.length && timingSafeEqual(actual, expected);
}

async function answer(response: ServerResponse, page: ConsentPage | undefined): Promise<void> {
  if (response.destroyed) return;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  response.once('finish', resolve).once('close', resolve);
  if (page === undefined) response.writeHead(404, { connection: 'close' }).end();
  else response.writeHead(page.status, PAGE_HEADERS).end(renderPage(page));
  await over;
}
