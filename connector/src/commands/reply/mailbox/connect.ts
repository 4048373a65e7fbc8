import process from 'node:process';
import type { Interfaces } from '@oclif/core';
import type {
  ConnectedMailbox,
  ConnectRequest,
  Facade,
  MailboxCheck,
  MailboxCredential,
  MailboxSettings,
  ProviderName,
} from '../../../facade.ts';
import { readCredential, readOauthFile, type CredentialSources, type OAuthClient } from '../../connect-credential.ts';
import { connectFlags } from '../../connect-flags.ts';
import { connectProvider } from '../../connect-provider.ts';
import { ewsSettings, gmailSettings, graphSettings, imapSettings } from '../../connect-settings.ts';
import { certificateEnd } from '../../../mailbox/graph/parse-application-certificate.ts';
import { countInWords, instantInWords } from '../../in-words.ts';
import { loadMessages } from '../../load-messages.ts';
import { openBrowser } from '../../open-browser.ts';
import { printMailboxCheck } from '../../print-mailbox-check.ts';
import { readInput, STANDARD_INPUT } from '../../read-input.ts';
import { LONGEST_SECRET_BYTES } from '../../read-secret.ts';
import { readSince } from '../../read-since.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';

const messages = loadMessages('reply.mailbox.connect');
const EXIT_USAGE = 2;
const LONGEST_FILE_BYTES = 1024 * 1024;
const PATIENCE_MS = 10 * 60_000;

type ConnectFlags = Interfaces.InferredFlags<typeof connectFlags>;

export default class MailboxConnect extends ReplyCommand<ConnectedMailbox | undefined> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = connectFlags;

  async run(): Promise<ConnectedMailbox | undefined> {
    const { flags } = await this.parse(MailboxConnect);
    const request = await this.connectRequest(flags);
    return this.withFacade({ org: flags['target-org'], needsSalesforce: true }, async (facade) => {
      const check = await this.whileSpinning('spinner.check', request, () => facade.checkMailbox(request, untold));
      printMailboxCheck(this, check);
      if (await this.isAgreed(check, flags['no-prompt'])) return this.connect(facade, request);
      this.log(messages.getMessage('declined'));
      return undefined;
    });
  }

  private async connectRequest(flags: ConnectFlags): Promise<ConnectRequest> {
    const provider = connectProvider(flags);
    const since = readSince(flags, new Date());
    const caFile = flags['ca-file'];
    const authorities = caFile === undefined ? undefined : await readInput(caFile, LONGEST_FILE_BYTES);
    const oauthFile = flags['oauth-file'];
    const sources = this.credentialSources(flags);
    const oauth = oauthFile === undefined ? undefined : await readOauthFile(oauthFile, sources);
    const credential = oauth?.credential ?? (await readCredential(provider, flags, sources));
    return {
      settings: await this.settings(provider, flags, { authorities, credential, tokenUrl: oauth?.tokenUrl }),
      credential,
      ...(flags.owner !== undefined && { ownerId: flags.owner }),
      ...(since !== undefined && { since }),
      ...(flags.replace && { replace: true }),
    };
  }

  private async settings(
    provider: ProviderName,
    flags: ConnectFlags,
    {
      authorities,
      credential,
      tokenUrl,
    }: {
      readonly authorities: string | undefined;
      readonly credential: MailboxCredential;
      readonly tokenUrl: string | undefined;
    },
  ): Promise<MailboxSettings> {
    if (provider === 'imap') return imapSettings(flags, authorities, tokenUrl);
    if (provider === 'gmail') return gmailSettings(flags);
    const endsAt = credential.kind === 'certificate' ? certificateEnd(credential.certificate) : undefined;
    if (provider === 'graph') return graphSettings(flags, endsAt);
    const url = flags['ews-url']?.href ?? (await this.discoverExchange(flags, credential, authorities));
    return ewsSettings(flags, url, authorities, { tokenUrl, endsAt });
  }

  /** Seam: asks the servers of the address's domain where the mailbox is. */
  protected async discoverExchange(
    flags: ConnectFlags,
    credential: MailboxCredential,
    authorities: string | undefined,
  ): Promise<string> {
    if (!flags.autodiscover) throw messages.createError('error.missingEwsUrl', [], [], EXIT_USAGE);
    const { discoverEwsUrl } = await import('../../../mailbox/ews/discover-ews-url.ts');
    const url = await discoverEwsUrl({
      address: flags.address,
      namedHosts: flags['autodiscover-host'] ?? [],
      ...(credential.kind === 'password' && {
        login: {
          kind: flags.authentication ?? 'ntlm',
          user: flags.user ?? flags.address,
          password: credential.password,
        },
      }),
      ...(authorities !== undefined && { certificateAuthorities: authorities }),
    });
    this.log(messages.getMessage('discovered', [url]));
    return url;
  }

  private credentialSources(flags: ConnectFlags): CredentialSources {
    return {
      variables: process.env,
      file: (path) => readInput(path, LONGEST_FILE_BYTES),
      standardInput: () => this.readStandardInput(),
      consent: (client) => this.requestConsent(client, flags),
      ...(this.interactive() && { ask: (message) => this.secretPrompt({ message, ms: PATIENCE_MS }) }),
    };
  }

  /** Seam: what is piped in; a terminal would show a secret while it is typed. */
  protected readStandardInput(): Promise<string> {
    if (process.stdin.isTTY) throw messages.createError('error.missingInput', [], [], EXIT_USAGE);
    return readInput(STANDARD_INPUT, LONGEST_SECRET_BYTES);
  }

  /** Seam: asks the owner of the mailbox in a browser. */
  protected async requestConsent(client: OAuthClient, flags: ConnectFlags): Promise<string> {
    if (connectProvider(flags) === 'graph') return this.requestMicrosoftConsent(client, flags);
    const { requestConsent } = await import('../../../consent/request-consent.ts');
    const { 'auth-url': authUrl, 'token-url': tokenUrl, 'root-url': rootUrl } = flags;
    const consent = await requestConsent({
      ...client,
      address: flags.address,
      openBrowser: (url) => this.showInBrowser(url),
      ...(authUrl && { authUrl: authUrl.href }),
      ...(tokenUrl && { tokenUrl: tokenUrl.href }),
      ...(rootUrl && { rootUrl: rootUrl.href }),
    });
    return consent.refreshToken;
  }

  private async requestMicrosoftConsent({ clientId }: OAuthClient, flags: ConnectFlags): Promise<string> {
    const { requestMicrosoftConsent } = await import('../../../consent/request-microsoft-consent.ts');
    const { address, tenantId, loginUrl, rootUrl } = graphSettings(flags);
    const consent = await requestMicrosoftConsent({
      ...{ address, tenantId, clientId, openBrowser: (url) => this.showInBrowser(url) },
      ...(loginUrl !== undefined && { loginUrl }),
      ...(rootUrl !== undefined && { rootUrl }),
    });
    return consent.refreshToken;
  }

  private showInBrowser(url: string): void {
    this.logToStderr(messages.getMessage('consent.open', [url]));
    openBrowser(url);
  }

  private async connect(facade: Facade, request: ConnectRequest): Promise<ConnectedMailbox> {
    const connected = await this.whileSpinning('spinner.connect', request, () =>
      facade.connectMailbox(request, untold),
    );
    const { address, beingRead, replaced, movedFrom, since } = connected;
    this.logSuccess(
      movedFrom === null
        ? messages.getMessage(replaced ? 'replaced' : 'connected', [address])
        : messages.getMessage('moved', [address, movedFrom, instantInWords(since)]),
    );
    this.log(
      beingRead
        ? messages.getMessage('next.beingRead', [this.typed('status')])
        : messages.getMessage('next.notRead', [this.typed('sync'), this.typed('serve')]),
    );
    return connected;
  }

  private async isAgreed({ messages: count, since }: MailboxCheck, noPrompt: boolean): Promise<boolean> {
    if (noPrompt || !this.interactive()) return true;
    const question =
      count === null
        ? messages.getMessage('prompt.connect', [instantInWords(since)])
        : messages.getMessage('prompt.connectCounted', [countInWords(count), instantInWords(since)]);
    return this.confirm({ message: question, ms: PATIENCE_MS });
  }

  private async whileSpinning<T>(key: string, { settings }: ConnectRequest, work: () => Promise<T>): Promise<T> {
    this.spinner.start(messages.getMessage(key, [settings.address]));
    const result = await work();
    this.spinner.stop();
    return result;
  }
}
