/** What is asked before a sequence writes to somebody again, by the state it is in. */
const RESUME_QUESTIONS = {
  Paused: 'The next mail goes out when it is due, although the pause is not over. Resume now?',
  Replied: 'This person has answered. If you resume, the sequence writes to them again as if they had not. Resume?',
  Bounced: 'The last mail could not be delivered. Correct the address first, or the next one bounces too. Resume?',
  Stopped: 'Somebody stopped this sequence by hand. The next mail goes out when it is due. Resume?',
};

/**
 * The question before an action, and what is said when it is done.
 * @param {'resume' | 'stop'} action what the user chose
 * @param {object} status as statusOfRecord makes it
 * @returns {{label: string, message: string, done: string}} heading and text of the question; the message afterwards
 */
export function actionWords(action, { state, sequence }) {
  if (action === 'stop') {
    return {
      label: 'Stop this sequence?',
      message: `${sequence.name} sends no more mails to this person. You can resume it later.`,
      done: `${sequence.name} is stopped for this person.`,
    };
  }
  return {
    label: 'Resume this sequence?',
    message: RESUME_QUESTIONS[state],
    done: `${sequence.name} goes on for this person.`,
  };
}
