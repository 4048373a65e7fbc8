import { expect } from 'chai';

import { FREE_MAIL_DOMAINS } from '../../../connector/src/match/free-mail-domains.ts';
import { identifyReplier, type Replier } from '../../../connector/src/match/replier.ts';
import { trackedMail } from './sample-mail.ts';

const mail = trackedMail({
  recipients: [
    { address: 'lena@lead.example.org', role: 'To' },
    { address: 'carl@partner.example.net', role: 'Cc' },
    { address: 'max@gmail.com', role: 'To' },
    { address: 'uma@rep.example.com', role: 'Cc' },
  ],
});
const ownSide = {
  addresses: new Set(['ida@rep.example.com', 'ida.private@gmail.com']),
  domains: new Set(['rep.example.com', 'gmail.com']),
};

describe('who answered a tracked mail', () => {
  const cases: [title: string, from: string, replier: Replier][] = [
    ['is the recipient', 'lena@lead.example.org', 'Recipient'],
    ['is the recipient whatever the case of the address', 'Lena@LEAD.example.org', 'Recipient'],
    ['is the copied recipient', 'carl@partner.example.net', 'Copied Recipient'],
    ['is a colleague of the recipient', 'boss@lead.example.org', 'Same Domain'],
    ['is a colleague of the copied recipient', 'boss@partner.example.net', 'Same Domain'],
    ['is someone else at a subdomain', 'lena@mail.lead.example.org', 'Someone Else'],
    ['is someone else', 'stranger@elsewhere.example', 'Someone Else'],
    ['is a stranger who shares a free-mail domain with the recipient and with us', 'other@gmail.com', 'Someone Else'],
    ['is the recipient at a free-mail domain that we use as well', 'max@gmail.com', 'Recipient'],
    ['is the rep', 'ida@rep.example.com', 'Internal'],
    ['is the rep under an alias at a free-mail domain', 'ida.private@gmail.com', 'Internal'],
    ['is a colleague of the rep', 'otto@rep.example.com', 'Internal'],
    ['is a colleague of the rep to whom the mail was sent', 'uma@rep.example.com', 'Copied Recipient'],
    ['is unknown when the message names nobody', '', 'Someone Else'],
    ['is unknown when the address is none', 'lena', 'Someone Else'],
  ];
  for (const [title, from, replier] of cases) {
    it(title, () => expect(identifyReplier(from, mail, ownSide)).to.equal(replier));
  }

  it('is the rep even where a copy went to the rep', () => {
    const recipients = [...mail.recipients, { address: 'ida@rep.example.com', role: 'To' as const }];
    expect(identifyReplier('ida@rep.example.com', { ...mail, recipients }, ownSide)).to.equal('Internal');
  });

  it('is unknown when neither the message nor the mail names an address in full', () => {
    const recipients = [{ address: 'undisclosed-recipients', role: 'To' as const }];
    const unaddressed = { ...mail, senderAddress: '', recipients };
    for (const from of ['', 'lena', 'other@gmail.com'])
      expect(identifyReplier(from, unaddressed, ownSide), from).to.equal('Someone Else');
  });

  it('is nobody of our side while no mailbox is connected', () => {
    const { senderAddress: _, ...unsigned } = mail;
    const nobody = { addresses: new Set<string>(), domains: new Set<string>() };
    expect(identifyReplier('otto@rep.example.com', unsigned, nobody)).to.equal('Same Domain');
  });
});

describe('the free-mail domains', () => {
  it('are written as addresses are compared', () => {
    for (const domain of FREE_MAIL_DOMAINS) expect(domain).to.match(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
  });

  it('include the largest providers', () => {
    for (const domain of ['gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'gmx.de', 'web.de'])
      expect(FREE_MAIL_DOMAINS.has(domain), domain).to.equal(true);
  });
});
