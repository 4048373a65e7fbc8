import { parseArgs } from 'node:util';

/** What a person asks `npm run org` for. */
export interface Options {
  /** An org that is there already, by alias or username. */
  readonly targetOrg: string | undefined;
  /** The scratch org to make, or to go on with, where no org is named. */
  readonly alias: string;
  /** The Dev Hub that makes it; the default one of the sf command otherwise. */
  readonly devHub: string | undefined;
  /** Whether to open the org in a browser in the end. */
  readonly open: boolean;
  readonly help: boolean;
}

export const USAGE = `usage: npm run org [-- --target-org ALIAS | --alias NAME] [--dev-hub ALIAS] [--no-open]

Sets up an org to try Reply Tracking in: makes a scratch org, deploys the package, gives you its
permission sets, imports sample data with replies that halt sequences, and opens the org. Run it
again at any time: what is there already stays as it is.

  --target-org ALIAS  take this org instead: a scratch org, a sandbox or a Developer Edition that the
                      sf command is logged in to
  --alias NAME        name of the scratch org that is made; "reply-tracking" unless given
  --dev-hub ALIAS     the Dev Hub that makes it; the sf command's default one unless given
  --no-open           do not open a browser
  --help              print this
`;

/** Reads the arguments of the command line; throws an error that says which one is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      'target-org': { type: 'string', short: 'o' },
      alias: { type: 'string' },
      'dev-hub': { type: 'string' },
      open: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const { alias, open = true, help = false } = values;
  const targetOrg = values['target-org'];
  if (targetOrg !== undefined && (alias ?? values['dev-hub']) !== undefined) {
    throw new Error('--target-org takes an org that is there; --alias and --dev-hub are for one that is made.');
  }
  return { targetOrg, alias: alias ?? 'reply-tracking', devHub: values['dev-hub'], open, help };
}
