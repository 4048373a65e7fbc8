import { ActionableError } from '../errors.ts';
import { allowedUrl } from '../http/allowed-host.ts';

/** The address of a consent page, to be given its query. @throws ActionableError for one that is not https */
export function authorizationEndpoint(authUrl: string): URL {
  try {
    return allowedUrl(authUrl, [URL.parse(authUrl)?.host ?? '']);
  } catch (error) {
    throw new ActionableError('The address of the consent page cannot be used.', ['It has to begin with https://.'], {
      cause: error,
    });
  }
}
