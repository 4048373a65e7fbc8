/**
 * What mail servers write into the subject of a report about delivery, compared as `plainText`. But for the unmistakable
 * ones a phrase decides only together with a sign that a mail server wrote the message; see delivery-rules.ts.
 */

/** Postfix, sendmail, Exim, Gmail, Exchange, OpenSMTPD, Oracle and Domino, and Exchange in other languages. */
export const DELAY_SUBJECTS: readonly string[] = [
  ...['delayed', '(delay)', 'delivery delay', 'delay notification', 'warning: could not send', 'still being retried'],
  ...[
    'will be retried',
    'delivery status notification: warning',
    'message delayed',
    'delivery warning',
    'transient delivery failure',
  ],
  ...['zustellung verzögert', 'verzögert', 'remise retardée', 'message retardé', 'retardée'],
  ...['entrega retrasada', 'retrasado', 'entrega atrasada', 'atrasada', 'consegna ritardata', 'recapito ritardato'],
  ...['vertraagd', 'försenad', 'forsinket', 'opóźnion', 'zpožděn', 'задержан', 'задержка', '遅延', '延迟', '지연'],
];

/** Postfix, Gmail, Exchange and Oracle. */
export const DELIVERED_SUBJECTS: readonly string[] = [
  ...['successful mail delivery report', 'mail delivery status report', '(success)', '(relay)', 'delivery receipt'],
  ...['delivery status notification: success', 'delivery has been successful', '(expanded)'],
];

/** As Exchange begins them: nothing but a colon and the original subject follows. */
export const DELIVERED_PREFIXES: readonly string[] = [
  ...['delivered', 'relayed', 'expanded', 'zugestellt', 'remis', 'entregado', 'entregue'],
  ...['consegnato', 'recapitato', 'bezorgd', 'levererat', 'leveret', 'levert', 'toimitettu', 'dostarczono', 'doručeno'],
];

/** The phrases of more than one mail server or of more than one program that reads bounces. */
export const BOUNCE_SUBJECTS: readonly string[] = [
  ...['undeliverable', 'undelivered', 'non-deliverable', 'not deliverable', 'not delivered'],
  ...['delivery status notification', 'delivery notification', 'delivery report', 'delivery status'],
  ...['mail delivery failed', 'mail delivery failure', 'mail failure', 'mail delivery error', 'delivery failure'],
  ...['delivery failed', 'delivery has failed', 'delivery unsuccessful', 'failure notice', 'failure delivery'],
  ...['returned mail', 'returned to sender', 'returning message to sender', 'mail returned', 'returned email'],
  ...[
    'could not be delivered',
    "couldn't be delivered",
    'cannot be delivered',
    'could not deliver',
    'unable to deliver',
  ],
  ...['mail system error', 'error sending your mail', 'message rejected', 'rejected mail'],
  ...['user unknown', 'unknown user', 'no such user', 'mailbox full', 'quota exceeded', 'over quota', 'nondeliverable'],
  ...['message status - undeliverable', 'permanent error', 'non-delivery', 'nondelivery'],
  ...['unzustellbar', 'nicht zustellbar', 'nicht zugestellt', 'zustellung fehlgeschlagen'],
  ...['non remis', 'non distribuable', 'échec de la remise', 'échec de remise', 'non délivré', 'echec de distribution'],
  ...['no se puede entregar', 'no se pudo entregar', 'no entregado', 'no entregable', 'devuelto', 'error de entrega'],
  ...['impossibile recapitare', 'mancato recapito', 'non recapitabile', 'impossibile consegnare', 'non consegnato'],
  ...[
    'não é possível entregar',
    'não foi possível entregar',
    'não entregue',
    'falha na entrega',
    'não pode ser entregue',
  ],
  ...[
    'onbestelbaar',
    'niet bezorgd',
    'kan niet worden bezorgd',
    'olevererbart',
    'gick inte att leverera',
    'kan ej levereras',
  ],
  ...[
    'kunne ikke leveres',
    'ikke leveret',
    'ikke levert',
    'kan ikke leveres',
    'perille toimittamatta',
    'ei voi toimittaa',
  ],
  ...['niedostarczalna', 'nie można dostarczyć', 'nie dostarczono', 'nedoručiteln', 'nelze doručit', 'nedoručené'],
  ...['nem kézbesíthető', 'kézbesíthetetlen', 'imposibil de livrat', 'teslim edilemedi', 'teslim edilemeyen'],
  ...[
    'не доставлен',
    'недоставлен',
    'не удается доставить',
    'не удалось доставить',
    'недоставк',
    'не може бути доставлен',
  ],
  ...[
    '配信不能',
    '配信できません',
    '送信できません',
    'メールを配信',
    'エラーメール',
    '无法送达',
    '未送达',
    '退信',
    '系统退信',
    '無法傳遞',
  ],
  ...['배달할 수 없음', '배달되지', '반송'],
];

/** As Exchange, sendmail and AOL begin the report of a failure: nothing but a colon and the original subject follows. */
export const FAILED_PREFIXES: readonly string[] = [
  ...['undeliverable', 'undelivered', 'returned mail', 'unzustellbar', 'nicht zustellbar', 'non remis', 'onbestelbaar'],
  ...['no se puede entregar', 'no entregado', 'impossibile recapitare', 'não é possível entregar', 'não entregue'],
  ...['kan ej levereras', 'kan ikke leveres', 'ei voi toimittaa', 'nie można dostarczyć', 'nelze doručit'],
  ...['не удается доставить', 'teslim edilemedi', '配信不能', '无法送达', '배달할 수 없음'],
];

/** The whole phrases of the most used mail servers: nobody begins the subject of a new mail like this. */
export const UNMISTAKABLE_SUBJECTS: readonly string[] = [
  // Postfix, Exim, Gmail and Exchange, sendmail, qmail
  ...[
    'undelivered mail',
    'mail delivery failed',
    'delivery status notification (',
    'returned mail: ',
    'failure notice',
  ],
  ...['warning: could not send message for past', 'undeliverable: ', 'undeliverable mail', 'undeliverable message'],
  // Domino, Oracle, IMail, MDaemon, InterScan, Courier, and antivirus gateways
  ...['delivery failure: ', 'delivery failure notification', 'delivery notification: delivery has failed'],
  ...[
    'mail delivery failure',
    'mail could not be delivered',
    'mail system error - returned mail',
    'nondeliverable mail',
  ],
  ...['non-delivery: '],
  // Exchange in German, French, Spanish, Portuguese, Italian, Dutch, Swedish
  ...['unzustellbar: ', 'non remis : ', 'non remis: ', 'no se puede entregar: ', 'nao e possivel entregar: '],
  ...['non recapitabile: ', 'onbestelbaar: ', 'olevererbart: '],
];
