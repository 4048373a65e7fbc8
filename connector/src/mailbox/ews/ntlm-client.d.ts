/** The part of the package that is used; it brings no types of its own. */
declare module '@ewsjs/ntlm-client' {
  interface Challenge {
    readonly version: 1 | 2;
    readonly encoding: 'ascii' | 'ucs2';
    readonly targetInfo?: unknown;
  }
  const client: {
    createType1Message(workstation: string, target: string): string;
    decodeType2Message(challenge: string): Challenge;
    createType3Message(
      challenge: Challenge,
      user: string,
      password: string,
      workstation: string,
      target: string,
    ): string;
  };
  export default client;
}
