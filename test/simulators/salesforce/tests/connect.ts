import { Connection } from 'jsforce';
import type { LocalOrg } from '../local-org.ts';

/** A jsforce connection of the administrator, or of the user of another token. */
export function connect(org: LocalOrg, accessToken: string = org.accessToken): Connection {
  return new Connection({ instanceUrl: org.url, accessToken, version: '67.0', maxRequest: 20 });
}

/** The error that a promise rejects with; fails when it does not reject. */
export async function refusalOf(promise: PromiseLike<unknown>): Promise<{ errorCode: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    const { errorCode = '', message } = error as { errorCode?: string; message: string };
    return { errorCode, message };
  }
  throw new Error('The request was not refused');
}
