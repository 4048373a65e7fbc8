import { expect } from 'chai';
import { kindOf } from '../../../connector/src/mail/kind.ts';

const kindOfSubject = (subject: string) => kindOf([['Subject', subject]]).kind;

describe('the subject of an automatic reply', () => {
  const automatic = [
    'Automatic reply: Offer',
    'Out of Office AutoReply: Offer',
    'Out of Office: Offer',
    'Out of office',
    'OOO: back on Monday',
    'Out of the office until 5 May',
    'AUTO: Ann Lee is out of the office (returning 05/01/2026)',
    'Ann Lee is out of the office.',
    '[EXTERNAL] Automatic reply: Offer',
    'Automatische Antwort: Angebot',
    'Abwesenheitsnotiz: Angebot',
    'Automatisch antwoord: Aanbod',
    'Réponse automatique : Offre',
    "Réponse automatique d'absence du bureau",
    'Respuesta automática: Oferta',
    'Risposta automatica: Offerta',
    'Fuori sede: Offerta',
    'Resposta automática: Oferta',
    'Resposta automàtica: Oferta',
    'Răspuns automat: Ofertă',
    'Autosvar: Tilbud',
    'Automatiskt svar: Erbjudande',
    'Automatisk svar: Tilbud',
    'Automaattinen vastaus: Tarjous',
    'Sjálfvirkt svar: Tilboð',
    'Odpowiedź automatyczna: Oferta',
    'Automatická odpověď: Nabídka',
    'Automatická odpoveď: Ponuka',
    'Automatikus válasz: Ajánlat',
    'Samodejni odgovor: Ponudba',
    'Automatski odgovor: Ponuda',
    'Automaatvastus: Pakkumine',
    'Automātiska atbilde: Piedāvājums',
    'Automatinis atsakymas: Pasiūlymas',
    'Автоматический ответ: Предложение',
    'Автоответ: Предложение',
    'Автоматична відповідь: Пропозиція',
    'Автоматичен отговор: Оферта',
    'Αυτόματη απάντηση: Προσφορά',
    'Otomatik yanıt: Teklif',
    '自动答复: 报价',
    '自動回覆: 報價',
    '自動応答: 見積もり',
    '자동 회신: 제안',
    'ตอบกลับอัตโนมัติ: ข้อเสนอ',
    'Trả lời tự động: Chào hàng',
    'Balasan otomatis: Penawaran',
    'תשובה אוטומטית: הצעה',
    'رد تلقائي: عرض',
    '=?utf-8?Q?R=C3=A9ponse_automatique?= : Offre',
    'Reponse automatique: Offre',
  ];
  for (const subject of automatic) {
    it(`is told by: ${subject}`, () => {
      expect(kindOfSubject(subject)).to.equal('auto_reply');
    });
  }

  const human = [
    'Re: Automatic reply: Offer',
    'AW: Abwesenheitsnotiz: Angebot',
    'Out of office next week',
    'Away on Friday, can we talk on Monday?',
    'Question about automatic reply',
    'Absence of evidence',
    'Autosvarare till växeln',
    'Automation of your replies',
    'Auto insurance quote',
    'Ooops',
    'I am away',
    'Vacation plans',
    '不在時間のご相談',
  ];
  for (const subject of human) {
    it(`is not seen in what a person writes: ${subject}`, () => {
      expect(kindOfSubject(subject)).to.equal('human');
    });
  }
});
