/** A token as it is, or a function that asks for a new one each time it is called. */
export type AccessTokenSource = string | (() => Promise<string>);

/** The token that calls are made with at present. */
export interface AccessToken {
  current(): Promise<string>;
  /** A token to replace one that the org refused, or undefined when there is no way to get one. */
  replace(refused: string): Promise<string | undefined>;
}

/** Keeps the token of a source. However many calls want a new one at a time, the source is asked once. */
export function keepAccessToken(source: AccessTokenSource): AccessToken {
  if (typeof source === 'string') {
    return { current: () => Promise.resolve(source), replace: () => Promise.resolve(undefined) };
  }
  let token: Promise<string> | undefined;
  const ask = (): Promise<string> => {
    const asked = source();
    token = asked;
    asked.catch(() => {
      if (token === asked) token = undefined;
    });
    return asked;
  };
  const current = (): Promise<string> => token ?? ask();
  const replace = async (refused: string): Promise<string> => {
    const before = token;
    const held = await current();
    if (held !== refused) return held;
    return token === before ? ask() : current();
  };
  return { current, replace };
}
