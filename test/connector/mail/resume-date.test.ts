import { expect } from 'chai';
import fc from 'fast-check';
import { resumeDate } from '../../../connector/src/mail/resume-date.ts';

const RECEIVED_AT = new Date('2026-11-20T10:00:00Z');

function resumes(subject: string, original?: string): string | undefined {
  return resumeDate(subject, RECEIVED_AT, original)?.toISOString();
}

const DEC_3 = '2026-12-03T23:59:59.999Z';
const DEC_14 = '2026-12-14T23:59:59.999Z';

describe('the day that an out-of-office subject names', () => {
  const cases: [subject: string, end: string][] = [
    ['Out of office, back on 3 Dec', DEC_3],
    ['OOO until 2026-12-03', DEC_3],
    ['OOO back in the office on Thursday, the 3rd of December', DEC_3],
    ['AUTO: Ann Lee is out of the office (returning 12/14/2026)', DEC_14],
    ['AUTO: Ann Lee is out of the office (returning Dec 14, 2026)', DEC_14],
    ['Out of Office 3-14 December', DEC_14],
    ['Out of office Dec 3 - 14', DEC_14],
    ['Out of office December 3rd, 2026 to December 14th, 2026', DEC_14],
    ['Abwesend bis 14.12.', DEC_14],
    ['Abwesend bis 14.12', DEC_14],
    ['Abwesend 3.-14.12.', DEC_14],
    ['Abwesend vom 3.12.-14.12.2026', DEC_14],
    ['Abwesenheitsnotiz: bis einschließlich 14. Dezember 2026', DEC_14],
    ['Außer Haus, zurück am Montag, 14.12.26', DEC_14],
    ['Absent du 3 au 14 décembre', DEC_14],
    ["Absence jusqu'au 14 décembre 2026", DEC_14],
    ['Absence jusqu’au jeudi 3 décembre', DEC_3],
    ['Fuera de la oficina hasta el 3 de diciembre de 2026', DEC_3],
    ['Ausente del 3 al 14 de diciembre', DEC_14],
    ['Fuori ufficio fino al 14 dicembre', DEC_14],
    ['Ausente do escritório até 3 de dezembro', DEC_3],
    ['Afwezig t/m 14 december', DEC_14],
    ['Afwezig tot en met 14 december', DEC_14],
    ['Frånvaro t.o.m. 14 dec', DEC_14],
    ['Fravær til og med 14. desember', DEC_14],
    ['Poissa 14.12. asti', DEC_14],
    ['Nieobecność do 14 grudnia', DEC_14],
    ['Вне офиса до 14 декабря', DEC_14],
    ['Ofis dışındayım, 14 Aralık 2026 tarihine kadar', DEC_14],
    ['不在:12月14日まで', DEC_14],
    ['休假至2026年12月14日', DEC_14],
    ['부재중 12월 14일까지', DEC_14],
    ['=?utf-8?Q?Absence_jusqu=27au_14_d=C3=A9cembre?=', DEC_14],
    ['Out of office till 14 Dec', DEC_14],
    ['Out of office til 14 Dec', DEC_14],
    ['Out of office through 14 Dec', DEC_14],
    ['Out of office thru 14 Dec', DEC_14],
    ['Out of office, return 14 Dec', DEC_14],
    ['Ann returns to work on Mon 14 Dec', DEC_14],
    ['Out of office until and including Thu. 3 Dec', DEC_3],
    ['Out of office 3 Dec until 14 Dec', DEC_14],
    ['Out of office 3 til 14 Dec', DEC_14],
    ['Out of office 3 – 14 Dec', DEC_14],
    ['Out of office 3 — 14 Dec', DEC_14],
    ['Out of office 3 ~ 14 Dec', DEC_14],
    ['Abwesend vom 3. bis 14. Dezember', DEC_14],
    ['Abwesend, Rückkehr am Donnerstag den 3. Dezember', DEC_3],
    ['Abwesend, wieder erreichbar ab dem 14.12.', DEC_14],
    ['Abwesend bis inkl. 14.12.2026', DEC_14],
    ['Abwesend bis einschl. Mo. 14.12.', DEC_14],
    ['Zurück im Büro Montag 14. Dezember', DEC_14],
    ['Absent, de retour au bureau le lundi 14 décembre', DEC_14],
    ['Absente, je reviens le jeudi 3 décembre', DEC_3],
    ['Fuera de la oficina, vuelta el jueves 3 de diciembre', DEC_3],
    ['Ausente, regreso el lunes 14 de diciembre', DEC_14],
    ['Ausente, vuelvo a la oficina el lunes 14 de diciembre', DEC_14],
    ['Ausente, volta no dia 14 de dezembro', DEC_14],
    ['Ausente, retorno em 14 de dezembro', DEC_14],
    ['Ausente, regresso segunda-feira 14 de dezembro', DEC_14],
    ['Ausente, volto ao escritório quinta 3 de dezembro', DEC_3],
    ['Ausente de 3 a 14 de dezembro', DEC_14],
    ['Fuori sede, rientro in ufficio lunedì 14 dicembre', DEC_14],
    ['Fuori sede, ritorno il giovedì 3 dicembre', DEC_3],
    ['Fuori sede, torno lo 3 dicembre', DEC_3],
    ['Fuori sede dal 3 al 14 dicembre', DEC_14],
    ['Afwezig, terug op kantoor op maandag 14 december', DEC_14],
    ['Afwezig van 3 tot 14 december', DEC_14],
    ['Frånvaro, tillbaka på kontoret torsdag den 3 december', DEC_3],
    ['Frånvaro, åter måndag 14 december', DEC_14],
    ['Fravær, tilbage på kontoret mandag den 14. december', DEC_14],
    ['Fravær, tilbake torsdag 3. desember', DEC_3],
    ['Poissa 14.12. saakka', DEC_14],
    ['Poza biurem, wracam w dniu 14 grudnia', DEC_14],
    ['Poza biurem, wracam 14 grudnia', DEC_14],
    ['Poza biurem od 3 do 14 grudnia', DEC_14],
    ['Mimo kancelář, zpět dne 14. prosince', DEC_14],
    ['Mimo kanceláriu, späť 14.12.2026', DEC_14],
    ['Вне офиса, вернусь 14 декабря', DEC_14],
    ['Вне офиса с 3 по 14 декабря', DEC_14],
    ['Вне офиса по 14 декабря', DEC_14],
    ['Вне офиса с 3 до 14 декабря', DEC_14],
    ['不在:12月3日~12月14日', DEC_14],
    ['不在:12月14日までお休みします', DEC_14],
    ['Frånvaro t.o.m 14 dec', DEC_14],
    ['Out of office 12-14 December', DEC_14],
    ['Out of office 30 - 3 December', DEC_3],
    ['Out of office until 28/3', '2027-03-28T23:59:59.999Z'],
    ['Out of office, back to work in the office on Thursday the 3 Dec', DEC_3],
    ['부재중 12월 3일 ~ 12월 14일', DEC_14],
    ['休假到2026年12月14日', DEC_14],
    ['休假 12月3日至12月14日', DEC_14],
    ['休假 12月3日到12月14日', DEC_14],
    ['부재중 12월 14일 까지', DEC_14],
    ['Out of office until 14/12', DEC_14],
    ['Out of office until 03/12', DEC_3],
    ['Out of office until 3/12/2026, back 14/12/2026', DEC_14],
    ['Out of office until today, 20 November', '2026-11-20T23:59:59.999Z'],
    ['Out of office until 5 January', '2027-01-05T23:59:59.999Z'],
    ['Out of office until 7/7/2027', '2027-07-07T23:59:59.999Z'],
  ];
  for (const [subject, end] of cases) {
    it(`is ${end.slice(0, 10)} in "${subject}"`, () => expect(resumes(subject)).to.equal(end));
  }
});

describe('no day is named', () => {
  const cases: [what: string, subject: string][] = [
    ['nothing', ''],
    ['no date', 'Out of office until further notice'],
    ['a weekday alone', 'Out of office until Friday'],
    ['a year alone', 'Out of office until 2027'],
    ['a month alone', 'Out of office until December'],
    ['a time', 'Out of office until 14:30'],
    ['a date that nothing calls an end', 'Automatic reply: 3 December'],
    ['the first day alone', 'Out of office from 3 December'],
    ['a version number', 'Automatic reply: back to 3.12.4'],
    ['a version number that looks like a date', 'Automatic reply: frozen until 3.12 is out'],
    ['an address of a network', 'Automatic reply: until 12.12.12.12'],
    ['an invoice number', 'Automatic reply: Invoice 2026-12-03'],
    ['an invoice number behind a word of an end', 'Automatic reply: back to invoice RE-2026-12-03'],
    ['a number with a slash', 'Automatic reply: back to order 4711/12'],
    ['a phone number', 'Out of office, until then +49 30 12-12-26'],
    ['another phone number', 'Out of office until then 03/12345678'],
    ['a day in the past', 'Out of office until 3 November'],
    ['a day in the past with its year', 'Out of office until 2026-11-19'],
    ['a day years ahead', 'Out of office until 2028-12-03'],
    ['a day that no month has', 'Out of office until 31.02.2027'],
    ['a month that no year has', 'Out of office until 13/13'],
    ['a day that no month has, though a year of such days leads to one', '不在:2026年12月380日まで'],
    ['a word that ends where a word of an end begins', 'Automatic reply: 至急 12月14日'],
    ['two dates that nothing joins', 'Automatic reply: 3 Dec, 14 Dec'],
    ['a word and a mark before a date', 'Automatic reply: offer - 14 Dec'],
    ['a ticket and a date', 'Automatic reply: Ticket #3 - 14 Dec'],
    ['a number that is no day before a date', 'Automatic reply: order 113 - 14 Dec'],
    ['another number that is no day before a date', 'Automatic reply: order 32 - 14 Dec'],
    ['a long number before a date', 'Automatic reply: order 3012 - 14 Dec'],
    ['a word of an end that stands far off', 'OOO back to work in the office on Thursday, the 3 Dec'],
    ['a word of an end beyond any subject', `${'x '.repeat(250)}until 3 Dec`],
    ['either of two days', 'Out of office until 01/02'],
    ['either of two days that are both far', 'Out of office until 05/06/2027'],
  ];
  for (const [what, subject] of cases) {
    it(`by ${what}`, () => expect(resumes(subject)).to.equal(undefined));
  }

  it('by the subject of the mail that was answered', () => {
    expect(resumes('Automatic reply: Offer valid until 3 Dec', 'Offer valid until 3 Dec')).to.equal(undefined);
    expect(resumes('OOO until 14 Dec: Offer valid until 3 Dec', 'Offer valid until 3 Dec')).to.equal(DEC_14);
    expect(resumes('OOO until 14 Dec', 'x')).to.equal(DEC_14);
    expect(resumes('OOO until 14 Dec', 'Dec')).to.equal(DEC_14);
    expect(resumes('Automatic reply: until 3.12', '3.12')).to.equal(undefined);
  });
});

describe('whatever the subject, the day', () => {
  const words = [
    'until ',
    'bis ',
    'back on ',
    '3',
    '14',
    '12',
    '2026',
    '.',
    '/',
    '-',
    ' ',
    'Dec',
    'März',
    '月',
    '日',
    ':',
  ];

  it('is none or the end of a day of the next 400', () => {
    const subject = fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((parts) => parts.join(''));
    const receivedAt = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(subject, receivedAt, (text, at) => {
        const end = resumeDate(text, at);
        if (end === undefined) return;
        expect(end.toISOString()).to.match(/T23:59:59\.999Z$/);
        expect(end.getTime() - at.getTime()).to.be.within(0, 400 * 86_400_000);
      }),
    );
  });

  it('is the one that was written in full', () => {
    const ahead = fc.integer({ min: 0, max: 390 });
    fc.assert(
      fc.property(ahead, fc.constantFrom('until', 'bis', 'hasta', 'returning'), (days, word) => {
        const day = new Date(RECEIVED_AT.getTime() + days * 86_400_000).toISOString().slice(0, 10);
        expect(resumes(`Out of office ${word} ${day}`)).to.equal(`${day}T23:59:59.999Z`);
      }),
    );
  });

  for (const unit of ['until ', '3.', '3/', '- ', '2026-', 'dec 3 - ', '月', 't/m', '. ']) {
    it(`is looked for in a megabyte of ${JSON.stringify(unit)}`, () => {
      expect(resumes(unit.repeat(1_000_000 / unit.length))).to.be.oneOf([undefined, DEC_3]);
    });
  }
});
