/** A bearer token as an authorization server issues it. */
export interface IssuedToken {
  readonly token: string;
  /** How long it is valid from its issue on, in milliseconds; 0 where the server does not say. */
  readonly lifetimeMs: number;
}

/**
 * A bearer token that is valid now. Given the token that the server has just refused, a newer one, where there is one:
 * a token may die before its time, by a withdrawn consent or a new password.
 */
export type AccessTokenSource = (refused?: string) => Promise<string>;

/** A life of a token in milliseconds, as a server or a library tells it: none where that is past or no number. */
export function lifetimeOf(toldMs: number): number {
  return toldMs > 0 ? toldMs : 0;
}

/** The part of its life that a token is handed out for; the rest leaves time to use it. */
const USABLE = 0.9;

/**
 * Keeps a token until a tenth of its life is left. However many callers want a new one at a time, it is asked for once;
 * a failure is not kept.
 *
 * @param now the time in milliseconds, from any beginning
 */
export function keepToken(request: () => Promise<IssuedToken>, now: () => number): AccessTokenSource {
  let held: { readonly token: string; readonly until: number } | undefined;
  let asked: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const { token, lifetimeMs } = await request();
    held = { token, until: now() + lifetimeMs * USABLE };
    return token;
  }

  return (refused) => {
    if (held !== undefined && held.token !== refused && now() < held.until) return Promise.resolve(held.token);
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  };
}
