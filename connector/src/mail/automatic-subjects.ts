/**
 * How the subject of an automatic reply begins, language by language. Compared as `plainText`.
 *
 * `AUTOMATIC_REPLIES` are the words with which Exchange and Outlook ("Automatic reply: ...") and the vacation programs
 * of web mailers begin; they mean nothing else, so any text may follow.
 */
export const AUTOMATIC_REPLIES: readonly string[] = [
  // English
  ...['automatic reply', 'automated reply', 'auto reply', 'auto-reply', 'autoreply', 'automatic response'],
  ...['automated response', 'auto response', 'auto-response', 'autoresponse', 'autoresponder', 'auto responder'],
  ...['vacation reply', 'vacation response', 'vacation message', 'out of office autoreply', 'out of office auto-reply'],
  // German, Dutch
  ...[
    'automatische antwort',
    'abwesenheitsnotiz',
    'abwesenheitsnachricht',
    'abwesenheitsmeldung',
    'abwesenheitsbenachrichtigung',
  ],
  ...[
    'automatisch antwoord',
    'automatische beantwoording',
    'automatisch beantwoord',
    'afwezigheidsbericht',
    'afwezigheidsmelding',
  ],
  // French, Italian, Spanish, Catalan, Galician, Basque, Portuguese, Romanian
  ...['réponse automatique', "message d'absence", "notification d'absence", "réponse d'absence"],
  ...['risposta automatica', 'risposta automatico', 'messaggio di assenza', 'respuesta automática'],
  ...['resposta automàtica', 'resposta automática', 'erantzun automatikoa', 'mensagem de ausência', 'răspuns automat'],
  // Swedish, Danish, Norwegian, Finnish, Icelandic
  ...['autosvar', 'automatiskt svar', 'automatisk svar', 'automatisk besvarelse', 'frånvaromeddelande'],
  ...[
    'fraværsmeddelelse',
    'fraværsmelding',
    'automaattinen vastaus',
    'poissaoloilmoitus',
    'poissaoloviesti',
    'sjálfvirkt svar',
  ],
  // Polish, Czech, Slovak, Hungarian, Slovenian, Croatian, Bosnian, Serbian
  ...['odpowiedź automatyczna', 'automatyczna odpowiedź', 'automatická odpověď', 'automatická odpoveď'],
  ...['automatikus válasz', 'samodejni odgovor', 'automatski odgovor', 'аутоматски одговор'],
  // Estonian, Latvian, Lithuanian
  ...['automaatvastus', 'automaatne vastus', 'automātiska atbilde', 'automātiskā atbilde', 'automatinis atsakymas'],
  // Russian, Ukrainian, Bulgarian, Macedonian, Greek, Turkish
  ...['автоматический ответ', 'автоответ', 'автоматична відповідь', 'автовідповідь', 'автоматичен отговор'],
  ...['автоматски одговор', 'αυτόματη απάντηση', 'otomatik yanıt', 'otomatik cevap'],
  // Chinese, Japanese, Korean, Thai, Vietnamese, Indonesian, Malay, Hindi
  ...[
    '自动答复',
    '自动回复',
    '自動回覆',
    '自動答覆',
    '自動回應',
    '自動応答',
    '自動返信',
    '不在通知',
    '자동 회신',
    '자동 응답',
    '자동회신',
    '자동응답',
  ],
  ...[
    'การตอบกลับอัตโนมัติ',
    'ตอบกลับอัตโนมัติ',
    'trả lời tự động',
    'thư trả lời tự động',
    'balasan otomatis',
    'balasan automatik',
  ],
  ...['स्वचालित उत्तर'],
  // Hebrew, Arabic, Persian
  ...['תשובה אוטומטית', 'מענה אוטומטי', 'רגע אוטומטי', 'رد تلقائي', 'الرد التلقائي', 'پاسخ خودکار'],
];

/**
 * Words for being away. A person writes them too ("Out of office next week"), so they decide only where nothing, a
 * colon or another mark follows, or words of an automatic reply.
 */
export const ABSENCES: readonly string[] = [
  ...[
    'out of office',
    'out of the office',
    'out-of-office',
    'ooo',
    'oof',
    'away from the office',
    'away from my mail',
    'on vacation',
  ],
  ...[
    'abwesenheit',
    'abwesend',
    'außer haus',
    'nicht im büro',
    'im urlaub',
    'afwezig',
    'afwezigheid',
    'niet aanwezig',
    'niet op kantoor',
  ],
  ...['absence du bureau', 'absent du bureau', 'absente du bureau', 'absence', 'absent', 'en congés', 'hors du bureau'],
  ...['fuori sede', 'fuori ufficio', 'assenza', 'fuera de la oficina', 'fuera de oficina', 'ausente', 'ausencia'],
  ...[
    'fora do escritório',
    'ausência',
    'ausência temporária',
    'ausente do escritório',
    'absența din birou',
    'în afara biroului',
  ],
  ...[
    'frånvaro',
    'frånvarande',
    'fravær',
    'fraværende',
    'ikke til stede',
    'ikke på kontoret',
    'poissa',
    'poissa toimistosta',
  ],
  ...[
    'nieobecność',
    'poza biurem',
    'nieobecność w biurze',
    'mimo kancelář',
    'mimo kanceláriu',
    'mimo pracoviska',
    'nepřítomnost',
  ],
  ...[
    'házon kívül',
    'irodán kívül',
    'távollét',
    'odsoten',
    'odsotnost',
    'odsutan',
    'odsutnost',
    'izvan ureda',
    'van kancelarije',
  ],
  ...['ārpus biroja', 'prombūtnē', 'atvaļinājums', 'ne biure', 'atostogos', 'kontorist väljas', 'puhkus'],
  ...[
    'вне офиса',
    'нет на месте',
    'отсутствие',
    'відсутність на роботі',
    'поза офісом',
    'извън офиса',
    'εκτός γραφείου',
  ],
  ...[
    'ofis dışında',
    'ofis dışındayım',
    'iş yerinde değil',
    'işyeri dışında',
    '不在',
    '外出',
    '休假',
    '부재중',
    'di luar kantor',
  ],
];

/** What follows the words of `ABSENCES` in the subject of an automatic reply. */
export const ABSENCE_NOTICES: readonly string[] = [
  ...['reply', 'response', 'message', 'notification', 'notice', 'auto', 're:', 'aw:', 'sv:', 'antwort', 'nachricht'],
  ...[
    'bericht',
    'réponse',
    'risposta',
    'respuesta',
    'resposta',
    'until',
    'till',
    'bis zum',
    'bis einschl',
    "jusqu'au",
    'fino al',
    'hasta el',
  ],
];
