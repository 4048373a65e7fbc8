import { expect } from 'chai';

import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import { kindOf } from '../../../connector/src/mail/kind.ts';

/** A report whose machine-readable part could not be read: what became of the mail stands in the subject alone. */
const unread = (subject: string): HeaderBlock => [
  ['From', 'postmaster@lead.example.org'],
  ['Subject', subject],
  ['Content-Type', 'multipart/report; report-type=delivery-status; boundary="b"'],
];

/** A mail that a machine sent as an answer to ours, from an address that says nothing. */
const byMachine = (subject: string): HeaderBlock => [
  ['From', 'robot@lead.example.org'],
  ['Subject', subject],
  ['Auto-Submitted', 'auto-generated'],
  ['In-Reply-To', '<offer@rep.example.com>'],
];

/** A mail with no sign of a machine but its words. */
const byNobody = (subject: string): HeaderBlock => [
  ['From', 'robot@lead.example.org'],
  ['Subject', subject],
];

describe('the subject of a report about a delay', () => {
  const subjects = [
    'Delayed Mail (still being retried)',
    'Your mail is still being retried',
    'Delivery Status Notification (Delay)',
    'Notice of delivery delay',
    'Delay notification for your mail',
    'Warning: could not send message for past 4 hours',
    'Your mail will be retried',
    'Delivery Status Notification: Warning',
    'Message delayed (lena@lead.example.org)',
    'Delivery warning: Spring offer',
    'Transient delivery failure',
    'Zustellung verzögert: Frühlingsangebot',
    'Verzögerte Zustellung: Frühlingsangebot',
    'Ihre Nachricht ist verzögert',
    'Remise retardée : Offre de printemps',
    'Message retardé : Offre de printemps',
    'Votre remise est retardée',
    'Entrega retrasada: Oferta de primavera',
    'Su mensaje está retrasado',
    'Entrega atrasada: Oferta de primavera',
    'A sua mensagem está atrasada',
    'Consegna ritardata: Offerta di primavera',
    'Recapito ritardato: Offerta di primavera',
    'Bezorging vertraagd: Voorjaarsaanbod',
    'Leveransen är försenad: Vårerbjudande',
    'Levering forsinket: Vårtilbud',
    'Dostarczenie opóźnione: Oferta wiosenna',
    'Doručení zpožděno: Jarní nabídka',
    'Сообщение задержано: Весеннее предложение',
    'Задержка доставки: Весеннее предложение',
    '配信の遅延: 春のご提案',
    '邮件传递延迟: 春季报价',
    '배달 지연: 봄 제안',
  ];
  for (const subject of subjects) it(`is: ${subject}`, () => expect(kindOf(unread(subject)).kind).to.equal('delay'));

  const beginnings = [
    'Delayed: Spring offer',
    'Message delayed: Spring offer',
    'Verzögert: Frühlingsangebot',
    'Zustellung verzögert: Frühlingsangebot',
    'Remise retardée : Offre de printemps',
    'Entrega atrasada: Oferta de primavera',
  ];
  for (const subject of beginnings)
    it(`begins as any machine may: ${subject}`, () => expect(kindOf(byMachine(subject)).kind).to.equal('delay'));
});

describe('the subject of a report about a mail that arrived', () => {
  const subjects = [
    'Successful Mail Delivery Report',
    'Mail Delivery Status Report',
    'Delivery Status Notification (Success)',
    'Delivery Status Notification (Relay)',
    'Delivery Status Notification (Expanded)',
    'Delivery Receipt',
    'Delivery Status Notification: Success',
    'Your delivery has been successful',
    'Delivered: Spring offer',
    'Relayed: Spring offer',
    'Expanded: Spring offer',
    'Zugestellt: Frühlingsangebot',
    'Weitergeleitet (Relay): Frühlingsangebot',
    'Remis : Offre de printemps',
    'Entregado: Oferta de primavera',
    'Entregue: Oferta de primavera',
    'Consegnato: Offerta di primavera',
    'Recapitato: Offerta di primavera',
    'Bezorgd: Voorjaarsaanbod',
    'Levererat: Vårerbjudande',
    'Leveret: Forårstilbud',
    'Levert: Vårtilbud',
    'Toimitettu: Kevättarjous',
    'Dostarczono: Oferta wiosenna',
    'Doručeno: Jarní nabídka',
  ];
  for (const subject of subjects)
    it(`is: ${subject}`, () => expect(kindOf(unread(subject)).kind).to.equal('delivery_ok'));

  it('is none where its words do not stand before a colon', () => {
    expect(kindOf(unread('Delivered too late')).kind).to.equal('bounce');
  });
});

describe('the subject of a report about a failure', () => {
  const subjects = [
    'Undeliverable mail',
    'Undelivered message to lena@lead.example.org',
    'Non-deliverable: Spring offer',
    'Not deliverable: Spring offer',
    'Not delivered: Spring offer',
    'Delivery Status Notification',
    'Delivery notification: Spring offer',
    'Delivery report for lena@lead.example.org',
    'Delivery status: Spring offer',
    'Mail delivery failed',
    'Mail delivery failure',
    'Mail failure',
    'Mail delivery error',
    'Delivery failure (lena@lead.example.org)',
    'Delivery failed',
    'Delivery has failed on Spring offer',
    'Delivery unsuccessful: Spring offer',
    'Failure notice',
    'Failure delivery',
    'Returned mail: see transcript for details',
    'Returned to sender: Spring offer',
    'Returning message to sender',
    'Mail returned: Spring offer',
    'Returned email: Spring offer',
    'Could not be delivered: Spring offer',
    "Couldn't be delivered: Spring offer",
    'Cannot be delivered: Spring offer',
    'Could not deliver Spring offer',
    'Unable to deliver Spring offer',
    'Mail System Error - Returned Mail',
    'Error sending your mail',
    'Message rejected: Spring offer',
    'Rejected mail: Spring offer',
    'User unknown: lena@lead.example.org',
    'Unknown user: lena@lead.example.org',
    'No such user: lena@lead.example.org',
    'Mailbox full: lena@lead.example.org',
    'Quota exceeded (lena@lead.example.org)',
    'Over quota: lena@lead.example.org',
    'Nondeliverable mail',
    'Message status - undeliverable',
    'Permanent error: Spring offer',
    'Non-delivery: Spring offer',
    'Nondelivery report',
    'Unzustellbar: Frühlingsangebot',
    'Unzustellbare Nachricht',
    'Nicht zustellbar: Frühlingsangebot',
    'Nicht zugestellt: Frühlingsangebot',
    'Zustellung fehlgeschlagen: Frühlingsangebot',
    'Non remis : Offre de printemps',
    'Non distribuable : Offre de printemps',
    'Échec de la remise : Offre de printemps',
    'Échec de remise : Offre de printemps',
    'Non délivré : Offre de printemps',
    'Echec de distribution : Offre de printemps',
    'No se puede entregar: Oferta de primavera',
    'No se pudo entregar: Oferta de primavera',
    'No entregado: Oferta de primavera',
    'No entregable: Oferta de primavera',
    'Devuelto: Oferta de primavera',
    'Error de entrega: Oferta de primavera',
    'Impossibile recapitare: Offerta di primavera',
    'Mancato recapito: Offerta di primavera',
    'Non recapitabile: Offerta di primavera',
    'Impossibile consegnare: Offerta di primavera',
    'Non consegnato: Offerta di primavera',
    'Não é possível entregar: Oferta de primavera',
    'Não foi possível entregar: Oferta de primavera',
    'Não entregue: Oferta de primavera',
    'Falha na entrega: Oferta de primavera',
    'Não pode ser entregue: Oferta de primavera',
    'Onbestelbaar: Voorjaarsaanbod',
    'Niet bezorgd: Voorjaarsaanbod',
    'Kan niet worden bezorgd: Voorjaarsaanbod',
    'Olevererbart: Vårerbjudande',
    'Gick inte att leverera: Vårerbjudande',
    'Kan ej levereras: Vårerbjudande',
    'Kunne ikke leveres: Vårtilbud',
    'Ikke leveret: Forårstilbud',
    'Ikke levert: Vårtilbud',
    'Kan ikke leveres: Vårtilbud',
    'Perille toimittamatta: Kevättarjous',
    'Ei voi toimittaa: Kevättarjous',
    'Niedostarczalna: Oferta wiosenna',
    'Nie można dostarczyć: Oferta wiosenna',
    'Nie dostarczono: Oferta wiosenna',
    'Nedoručitelné: Jarní nabídka',
    'Nelze doručit: Jarní nabídka',
    'Nedoručené: Jarná ponuka',
    'Nem kézbesíthető: Tavaszi ajánlat',
    'Kézbesíthetetlen: Tavaszi ajánlat',
    'Imposibil de livrat: Ofertă de primăvară',
    'Teslim edilemedi: Bahar teklifi',
    'Teslim edilemeyen ileti: Bahar teklifi',
    'Не доставлено: Весеннее предложение',
    'Недоставлено: Весеннее предложение',
    'Не удается доставить: Весеннее предложение',
    'Не удалось доставить: Весеннее предложение',
    'Недоставка почты',
    'Не може бути доставлено: Весняна пропозиція',
    '配信不能: 春のご提案',
    '配信できませんでした: 春のご提案',
    '送信できませんでした: 春のご提案',
    'メールを配信できません',
    'エラーメール: 春のご提案',
    '无法送达: 春季报价',
    '未送达: 春季报价',
    '退信: 春季报价',
    '系统退信',
    '無法傳遞: 春季報價',
    '배달할 수 없음: 봄 제안',
    '배달되지 않음: 봄 제안',
    '반송: 봄 제안',
  ];
  for (const subject of subjects)
    it(`is: ${subject}`, () => expect(kindOf(byMachine(subject)).kind).to.equal('bounce'));

  it('is none in the answer of a machine about something else', () => {
    expect(kindOf(byMachine('Your spring offer has reached us')).kind).to.equal('auto_reply');
  });
});

describe('the subject of a failed mail that spoke of a delay itself', () => {
  const failures = [
    'Undeliverable: Parcel delayed',
    'Undelivered: Parcel delayed',
    'Returned mail: Parcel delayed',
    'Unzustellbar: Paket verzögert',
    'Nicht zustellbar: Paket verzögert',
    'Non remis : Livraison retardée',
    'Onbestelbaar: Levering vertraagd',
    'No se puede entregar: Entrega retrasada',
    'No entregado: Entrega retrasada',
    'Impossibile recapitare: Consegna ritardata',
    'Não é possível entregar: Entrega atrasada',
    'Não entregue: Entrega atrasada',
    'Kan ej levereras: Paketet är försenat (delay)',
    'Kan ikke leveres: Pakken er forsinket',
    'Ei voi toimittaa: Parcel delayed',
    'Nie można dostarczyć: Paczka opóźniona',
    'Nelze doručit: Balík zpožděn',
    'Не удается доставить: Задержка поставки',
    'Teslim edilemedi: Parcel delayed',
    '配信不能: 納品の遅延',
    '无法送达: 交货延迟',
    '배달할 수 없음: 배송 지연',
  ];
  for (const subject of failures)
    it(`is none of a delay: ${subject}`, () => expect(kindOf(unread(subject)).kind).to.equal('bounce'));
});

describe('the words that nobody begins a new mail with', () => {
  const subjects = [
    'Undelivered Mail Returned to Sender',
    'Mail delivery failed: returning message to sender',
    'Delivery Status Notification (Failure)',
    'Returned mail: see transcript for details',
    'failure notice',
    'Undeliverable: Spring offer',
    'Undeliverable mail',
    'Undeliverable message',
    'DELIVERY FAILURE: User lena not listed in Directory',
    'Delivery failure notification',
    'Delivery Notification: Delivery has failed',
    'Mail delivery failure',
    'Mail could not be delivered',
    'Mail System Error - Returned Mail',
    'Nondeliverable mail',
    'NON-DELIVERY: Spring offer',
    'Unzustellbar: Frühlingsangebot',
    'Non remis : Offre de printemps',
    'Non remis: Offre de printemps',
    'No se puede entregar: Oferta de primavera',
    'Não é possível entregar: Oferta de primavera',
    'Non recapitabile: Offerta di primavera',
    'Onbestelbaar: Voorjaarsaanbod',
    'Olevererbart: Vårerbjudande',
  ];
  for (const subject of subjects)
    it(`are: ${subject}`, () => expect(kindOf(byNobody(subject)).kind).to.equal('bounce'));

  it('are those of a warning as well', () => {
    expect(kindOf(byNobody('Warning: could not send message for past 4 hours')).kind).to.equal('delay');
  });

  it('are none behind the prefix of an answer', () => {
    for (const subject of subjects) expect(kindOf(byNobody(`Re: ${subject}`)).kind, subject).to.equal('human');
  });
});
