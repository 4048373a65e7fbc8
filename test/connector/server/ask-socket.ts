import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

export interface SocketQuestion {
  readonly socketPath: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface SocketAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly lines: readonly unknown[];
}

/** Speaks to a local socket as a program that is not ours would. */
export function askSocket({ body, headers, ...question }: SocketQuestion): Promise<SocketAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ method: 'POST', headers: { host: 'localhost', ...headers }, ...question }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.once('error', reject);
      response.once('end', () => {
        const lines = text.split('\n').filter((line) => line !== '');
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, lines: lines.map((line): unknown => JSON.parse(line)) });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
