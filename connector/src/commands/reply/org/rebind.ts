import type { OrgRebinding } from '../../../facade.ts';
import { loadMessages } from '../../load-messages.ts';
import { printable } from '../../printable.ts';
import { ReplyCommand, untold } from '../../reply-command.ts';
import { targetOrgFlag } from '../../target-org-flag.ts';

const messages = loadMessages('reply.org.rebind');

export default class OrgRebind extends ReplyCommand<OrgRebinding> {
  static override readonly summary = messages.getMessage('summary');
  static override readonly description = messages.getMessage('description');
  static override readonly examples = messages.getMessages('examples');
  static override readonly flags = { 'target-org': targetOrgFlag };

  async run(): Promise<OrgRebinding> {
    const { flags } = await this.parse(OrgRebind);
    const rebinding = await this.withFacade({ org: flags['target-org'], needsSalesforce: true }, (facade) =>
      facade.rebindOrg({}, untold),
    );
    const { before, org } = rebinding;
    if (before?.id === org.id) this.log(messages.getMessage('same', [inWords(org)]));
    else this.logSuccess(messages.getMessage('rebound', [inWords(org), before === null ? '-' : inWords(before)]));
    return rebinding;
  }
}

function inWords({ id, name }: OrgRebinding['org']): string {
  return name === null ? id : `${printable(name)} (${id})`;
}
