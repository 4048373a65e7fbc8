import { poxAnswer } from '../../connector/src/mailbox/ews/autodiscover-answer.ts';
import { EwsFailure } from '../../connector/src/mailbox/ews/ews-failure.ts';
import { faultIn, readEnvelope } from '../../connector/src/mailbox/ews/read-envelope.ts';
import { withoutEnvelopePrefix } from '../../connector/src/mailbox/ews/cut-envelopes.ts';
import { element, text, writeDocument } from '../../test/simulators/ews/xml.ts';
import { demand, unlessRefused } from './demand.ts';

/**
 * Sends bytes through everything that reads what an Exchange server answers, before its client library sees it. Throws
 * when something else than a refusal comes of it, or when what is let through could still lead the library astray.
 */
export function checkExchange(bytes: Uint8Array): void {
  const answer = new TextDecoder().decode(bytes);
  unlessRefused(EwsFailure, () => poxAnswer(answer));
  const envelope = unlessRefused(EwsFailure, () => readEnvelope(answer));
  if (envelope === undefined) return;
  demand(!/<[!?]/.test(envelope), 'no document type, comment, CDATA section or instruction is let through');
  demand(readEnvelope(envelope) === envelope, 'an envelope that was read is read again as it is');
  const fault = unlessRefused(EwsFailure, () => faultIn(envelope));
  demand(fault === undefined || fault.message.length <= 300, 'the words of a fault are short');
  demand(fault?.backOffMs === undefined || fault.backOffMs <= 86_400_000, 'nobody makes us wait longer than a day');
  withoutEnvelopePrefix(envelope);
}

/** The inputs to begin with: answers in every style, faults, and what has no place in them. */
export function exchangeSeeds(): string[] {
  const message = element('t:Message', {}, element('t:ItemId', { Id: 'AAMk+/=', ChangeKey: 'CQ==' }));
  const header = element('t:InternetMessageHeader', { HeaderName: 'Subject' }, 'a & b <c> \u0001 ä');
  const changes = element('m:Changes', {}, element('t:Create', {}, message), element('t:Delete', {}, header));
  const sync = element('m:SyncFolderItemsResponseMessage', {}, text('m:SyncState', 'H4s='), changes);
  const wait = element('t:MessageXml', {}, element('t:Value', { Name: 'BackOffMilliseconds' }, '1500'));
  const detail = element(':detail', {}, text('e:ResponseCode', 'ErrorServerBusy'), wait);
  const fault = element('s:Fault', {}, text(':faultcode', 's:Client'), text(':faultstring', 'Busy.'), detail);
  const bodies = [sync, fault].map((body) => element('s:Envelope', {}, element('s:Body', {}, body)));
  const styles = ['s', 'soap', 'default'] as const;
  const written = bodies.flatMap((body) =>
    styles.flatMap((style) => [false, true].map((cdata) => writeDocument(body, { style, cdata }))),
  );
  const odd = [
    ...['', '<html><body>Sorry</body></html>', '<Envelope><!-- x --><Body>&boom;</Body></Envelope>', '<Envelope>'],
    '<!DOCTYPE a [<!ENTITY e "e">]><Envelope><Body>&e;&#x1F;&#0;</Body></Envelope>',
    '<Envelope><Body><![CDATA[<![CDATA[]]>]]&gt;<?x y?><t:Booking xmlns:t="t"/></Body></Envelope>',
    '<Autodiscover><Response><Account><Action>redirectUrl</Action><RedirectUrl>https://x/</RedirectUrl></Account></Response></Autodiscover>',
    '<Autodiscover><Response><Account><Protocol><Type>EXPR</Type><EwsUrl>https://x/</EwsUrl></Protocol></Account></Response></Autodiscover>',
  ];
  return [...written, ...odd].map((one) => Buffer.from(one).toString('latin1'));
}
